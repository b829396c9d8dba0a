package app.qadam.app

import android.annotation.SuppressLint
import android.app.Notification
import android.app.PendingIntent
import android.content.Context
import android.content.Intent
import android.net.Uri
import androidx.core.app.NotificationCompat
import androidx.core.app.NotificationManagerCompat
import app.qadam.core.NudgeCategory
import app.qadam.core.Qadam
import app.qadam.core.QadamException
import app.qadam.core.ReminderStatus
import app.qadam.core.Texts
import java.time.LocalDate
import java.time.LocalTime
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** What the engine plans is what Android shows. */
class Notifications(private val context: Context) {
    private val alarms = Alarms(context)
    private val manager = NotificationManagerCompat.from(context)
    private val order = Mutex()

    /** Whether the app may show anything. */
    val permitted: Boolean get() = manager.areNotificationsEnabled()

    /** The alarms become those of a fresh plan. Gives its ids, or null where none could be made. */
    suspend fun reconcile(qadam: Qadam): Set<String>? = order.withLock {
        try {
            val plan = qadam.nudges.plan(permitted)
            alarms.reconcile(plan.scheduled, System.currentTimeMillis())
            alarms.planAgain(plan.validUntil)
            plan.scheduled.mapTo(mutableSetOf()) { it.id }
        } catch (_: QadamException.SignedOut) {
            // Nothing of that person comes any more, and what they did not look at goes.
            alarms.cancelAll()
            manager.cancelAll()
            null
        } catch (_: QadamException) {
            // The alarms stay as they were.
            null
        }
    }

    /** Shows what an alarm came for, if the engine still says so. It expires at a time in milliseconds. */
    @SuppressLint("MissingPermission")
    suspend fun show(qadam: Qadam, id: String, expires: Long) {
        // The engine looks at the time: what has become due is noted, what was moved has an alarm again.
        val planned = reconcile(qadam) ?: return
        if (id in planned) return
        val left = expires - System.currentTimeMillis()
        val due = due(qadam, id)
        if (due != null && left > 0 && permitted) manager.notify(id, ID, notification(due, left, Texts(qadam.settings.current().locale)))
        // Whatever was not shown waits in the app.
        alarms.remove(id)
    }

    /** Takes away what is shown. */
    fun hide(id: String) = manager.cancel(id, ID)

    /** What there is to show under this id; null where it was moved, withdrawn or done, or was seen already. */
    private suspend fun due(qadam: Qadam, id: String): Due? {
        qadam.reminders.current().firstOrNull { it.id == id }?.let { reminder ->
            return Due(id, Channels.REMINDER, reminder.text, "").takeIf { reminder.status == ReminderStatus.DUE }
        }
        val message = qadam.nudges.currentMessages().firstOrNull { it.id == id } ?: return null
        val due = Due(id, Channels.of(message.category), message.title, message.body)
        return due.takeIf { message.shown && !message.opened && isAwake() && !isUnwanted(qadam, id, message.category) }
    }

    /** Whether the person chose, after its time had come, that no such thing is to come. */
    private suspend fun isUnwanted(qadam: Qadam, id: String, category: NudgeCategory): Boolean {
        val chosen = qadam.nudges.settings()
        return category in chosen.off || qadam.nudges.why(id).never || chosen.paused.orEmpty() >= LocalDate.now().toString()
    }

    /** An alarm may be late: what the engine planned for the evening is not for the night. It waits in the messages. */
    private fun isAwake(): Boolean = LocalTime.now().hour in AWAKE

    private class Due(val id: String, val channel: Channels, val title: String, val body: String) {
        val isReminder get() = channel == Channels.REMINDER
    }

    private fun notification(due: Due, left: Long, texts: Texts): Notification {
        val why = opening(if (due.isReminder) "qadam://reminders" else "qadam://why/${due.id}")
        val builder = NotificationCompat.Builder(context, due.channel.id)
            .setSmallIcon(R.drawable.notification)
            .setContentTitle(due.title)
            .setContentText(due.body)
            .setStyle(NotificationCompat.BigTextStyle().bigText(due.body))
            .setCategory(if (due.isReminder) NotificationCompat.CATEGORY_REMINDER else NotificationCompat.CATEGORY_RECOMMENDATION)
            .setVisibility(NotificationCompat.VISIBILITY_PRIVATE)
            .setContentIntent(why)
            .setDeleteIntent(answering(NudgeReceiver.DISMISSED, due.id))
            .setAutoCancel(true)
            .setTimeoutAfter(left)
        if (!due.isReminder) {
            builder.addAction(0, texts.messagesWhy, why)
            builder.addAction(0, texts.whyNever, answering(NudgeReceiver.NEVER, due.id))
        }
        return builder.build()
    }

    private fun opening(link: String): PendingIntent {
        val intent = Intent(Intent.ACTION_VIEW, Uri.parse(link), context, MainActivity::class.java)
        return PendingIntent.getActivity(context, 0, intent, PendingIntent.FLAG_IMMUTABLE)
    }

    private fun answering(action: String, id: String): PendingIntent =
        PendingIntent.getBroadcast(context, 0, NudgeReceiver.intent(context, action, id), PendingIntent.FLAG_IMMUTABLE)

    private companion object {
        /** The tag tells them apart; the server's pushes use it too. */
        const val ID = 0

        /** Hours in which rules' nudges may come, as the engine plans them. */
        val AWAKE = 8..20
    }
}
