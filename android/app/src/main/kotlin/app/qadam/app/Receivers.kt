package app.qadam.app

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.net.Uri
import app.qadam.core.Qadam
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull

/** Comes with an alarm of [Alarms], and with what the person does with a notification. */
class NudgeReceiver : BroadcastReceiver() {
    override fun onReceive(context: Context, intent: Intent) {
        val id = intent.data?.schemeSpecificPart ?: return
        val notifications = context.core.notifications
        work(context) { qadam ->
            when (intent.action) {
                SHOW -> notifications.show(qadam, id, intent.getLongExtra(EXPIRES, 0))
                // A reminder of the person's own is none of the messages: there is nothing to note then.
                DISMISSED -> qadam.nudges.dismiss(id)
                NEVER -> {
                    notifications.hide(id)
                    qadam.nudges.never(qadam.nudges.why(id).rule)
                    notifications.reconcile(qadam)
                }
            }
        }
    }

    companion object {
        const val SHOW = "app.qadam.SHOW"
        const val DISMISSED = "app.qadam.DISMISSED"
        const val NEVER = "app.qadam.NEVER"

        /** When it is of no use any more, in milliseconds of the wall clock. */
        const val EXPIRES = "expires"

        fun intent(context: Context, action: String, id: String): Intent =
            Intent(action, Uri.fromParts("nudge", id, null), context, NudgeReceiver::class.java)
    }
}

/** The phone was started, the app replaced, the clock, the zone or the language changed, or a plan has run out: all of it is planned anew. */
class SystemReceiver : BroadcastReceiver() {
    override fun onReceive(context: Context, intent: Intent) {
        if (intent.action == Intent.ACTION_LOCALE_CHANGED) Channels.create(context)
        work(context) { context.core.notifications.reconcile(it) }
    }
}

/** Lets a receiver's work outlast its call, within the seconds that Android gives. */
private fun BroadcastReceiver.work(context: Context, work: suspend (Qadam) -> Unit) {
    val pending = goAsync()
    val core = context.core
    core.scope.launch {
        try {
            withTimeoutOrNull(8.seconds) { core.open()?.let { attempt { work(it) } } }
        } finally {
            pending.finish()
        }
    }
}
