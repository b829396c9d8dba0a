package app.qadam.app

import android.content.Context
import android.os.Build
import androidx.work.Constraints
import androidx.work.CoroutineWorker
import androidx.work.ExistingPeriodicWorkPolicy
import androidx.work.ExistingWorkPolicy
import androidx.work.NetworkType
import androidx.work.OneTimeWorkRequestBuilder
import androidx.work.OutOfQuotaPolicy
import androidx.work.PeriodicWorkRequestBuilder
import androidx.work.WorkManager
import androidx.work.WorkerParameters
import androidx.work.workDataOf
import app.qadam.core.BackgroundOutcome
import app.qadam.core.QadamException
import java.util.concurrent.TimeUnit
import kotlin.time.Duration.Companion.minutes

/** Syncs while the app is not shown. */
object BackgroundWork {
    const val PERIODIC = "sync"
    const val WOKEN = "woken"
    private const val HOURS = 4L

    fun schedule(context: Context) {
        val constraints = Constraints.Builder().setRequiredNetworkType(NetworkType.CONNECTED).setRequiresBatteryNotLow(true).build()
        val request = PeriodicWorkRequestBuilder<SyncWorker>(HOURS, TimeUnit.HOURS).setConstraints(constraints).build()
        WorkManager.getInstance(context).enqueueUniquePeriodicWork(PERIODIC, ExistingPeriodicWorkPolicy.KEEP, request)
    }

    /** A push came that wakes. */
    fun now(context: Context) {
        val request = OneTimeWorkRequestBuilder<SyncWorker>()
            .setConstraints(Constraints.Builder().setRequiredNetworkType(NetworkType.CONNECTED).build())
            .setInputData(workDataOf(WOKEN to true))
        // Before, it would be a foreground service with a notification of its own: a sync is not worth that.
        if (Build.VERSION.SDK_INT >= 31) request.setExpedited(OutOfQuotaPolicy.RUN_AS_NON_EXPEDITED_WORK_REQUEST)
        // One that waits brings what this one is about; one that runs may be past it.
        WorkManager.getInstance(context).enqueueUniqueWork(WOKEN, ExistingWorkPolicy.APPEND_OR_REPLACE, request.build())
    }
}

/** One bounded sync; what it brought is planned. */
class SyncWorker(context: Context, parameters: WorkerParameters) : CoroutineWorker(context, parameters) {
    override suspend fun doWork(): Result {
        val qadam = applicationContext.core.open() ?: return Result.retry()
        val woken = inputData.getBoolean(BackgroundWork.WOKEN, false)
        val outcome = try {
            if (woken) qadam.push.woken(BUDGET) else qadam.runBackground(BUDGET)
        } catch (_: QadamException) {
            return Result.retry()
        }
        applicationContext.core.notifications.reconcile(qadam)
        return if (outcome == BackgroundOutcome.OutOfTime) Result.retry() else Result.success()
    }

    private companion object {
        /** Android stops a worker after ten. */
        val BUDGET = 2.minutes
    }
}
