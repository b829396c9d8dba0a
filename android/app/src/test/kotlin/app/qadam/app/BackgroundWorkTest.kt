package app.qadam.app

import androidx.work.ListenableWorker
import androidx.work.NetworkType
import androidx.work.WorkInfo
import androidx.work.WorkManager
import androidx.work.testing.TestListenableWorkerBuilder
import androidx.work.testing.WorkManagerTestInitHelper
import app.qadam.core.ContactEdit
import app.qadam.core.Phones
import app.qadam.core.Qadam
import app.qadam.core.SecureStoreException
import com.google.firebase.messaging.RemoteMessage
import java.util.concurrent.TimeUnit
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.seconds
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner

@RunWith(RobolectricTestRunner::class)
class BackgroundWorkTest {
    private val manager get() = WorkManager.getInstance(app)
    private val driver get() = checkNotNull(WorkManagerTestInitHelper.getTestDriver(app))

    private fun work(name: String): List<WorkInfo> = manager.getWorkInfosForUniqueWork(name).get(10, TimeUnit.SECONDS)

    /** Something waits to be sent, and the app is not shown. */
    private fun waiting(qadam: Qadam) = beside {
        qadam.background(5.seconds)
        qadam.contacts.add(ContactEdit(name = "Aigul"))
    }

    private fun onAnotherPhone(login: String): List<String> = beside {
        Phones().use { phones -> phones.another(login).qadam.contacts.page().contacts.map { it.name } }
    }

    @Test
    fun periodicSyncNeedsANetworkAndIsThereOnce() {
        BackgroundWork.schedule(app)
        val info = work(BackgroundWork.PERIODIC).single()
        assertEquals(WorkInfo.State.ENQUEUED, info.state)
        assertEquals(NetworkType.CONNECTED, info.constraints.requiredNetworkType)
        assertTrue(info.constraints.requiresBatteryNotLow())
        assertEquals(TimeUnit.HOURS.toMillis(4), info.periodicityInfo?.repeatIntervalMillis)
    }

    @Test
    fun periodicSyncSendsWhatWaits() {
        val (qadam, login) = signedIn()
        waiting(qadam)
        val id = work(BackgroundWork.PERIODIC).single().id
        driver.setAllConstraintsMet(id)
        driver.setPeriodDelayMet(id)
        settle("it was not sent, or does not wait for the next time") {
            onAnotherPhone(login) == listOf("Aigul") && work(BackgroundWork.PERIODIC).single().state == WorkInfo.State.ENQUEUED
        }
    }

    @Test
    fun pushBringsASync() {
        val (qadam, login) = signedIn()
        waiting(qadam)
        val service = Robolectric.setupService(PushService::class.java)
        service.onMessageReceived(RemoteMessage.Builder("device").addData("qadam", "sync").build())
        val info = work(BackgroundWork.WOKEN).single()
        assertEquals(NetworkType.CONNECTED, info.constraints.requiredNetworkType)
        driver.setAllConstraintsMet(info.id)
        settle("it is not done") { work(BackgroundWork.WOKEN).single().state == WorkInfo.State.SUCCEEDED }
        assertEquals(listOf("Aigul"), onAnotherPhone(login))
    }

    @Test
    fun messagesOfOthersWakeNobody() {
        val service = Robolectric.setupService(PushService::class.java)
        service.onMessageReceived(RemoteMessage.Builder("device").addData("text", "Buy now").build())
        assertEquals(emptyList(), work(BackgroundWork.WOKEN))
        // Unless Firebase says that it dropped some.
        service.onDeletedMessages()
        assertEquals(1, work(BackgroundWork.WOKEN).size)
    }

    @Test
    fun lockedPhoneIsTriedLater() {
        app.key.problem = SecureStoreException.Locked()
        fun run(): ListenableWorker.Result = beside { TestListenableWorkerBuilder<SyncWorker>(app).build().doWork() }
        assertEquals(ListenableWorker.Result.retry(), run())
        app.key.problem = null
        signedIn()
        assertEquals(ListenableWorker.Result.success(), run())
    }
}
