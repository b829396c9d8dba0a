package app.qadam.app

import android.app.AlarmManager
import android.app.PendingIntent
import android.content.Context
import android.content.Intent
import android.net.Uri
import androidx.core.content.edit
import app.qadam.core.ScheduledNudgeView

/** One inexact alarm for each nudge that is planned. Which there are is kept, since Android tells nobody. Times are milliseconds of the wall clock. */
class Alarms(private val context: Context) {
    private val manager = context.service<AlarmManager>()
    private val kept = context.getSharedPreferences("alarms", Context.MODE_PRIVATE)

    /** The ids for which there is one. */
    val ids: Set<String> get() = kept.all.keys

    /**
     * Sets what is planned, and cancels what is planned no more. One whose time has come stays until it expires: the engine counts it as shown, so it is in no
     * plan, and it may be late or have been lost with a restart.
     */
    fun reconcile(planned: List<ScheduledNudgeView>, now: Long) {
        val wanted = planned.associateTo(mutableMapOf()) { it.id to Times(it.at, it.expires) }
        for ((id, text) in kept.all) {
            val times = Times.of(text) ?: continue
            if (id !in wanted && times.at <= now && now < times.expires) wanted[id] = times
        }
        for (id in ids - wanted.keys) cancel(id)
        for ((id, times) in wanted) manager.setAndAllowWhileIdle(AlarmManager.RTC_WAKEUP, times.at, showing(id, times.expires))
        kept.edit {
            clear()
            wanted.forEach { (id, times) -> putString(id, times.toString()) }
        }
    }

    /** It came, or is not to come any more. */
    fun remove(id: String) {
        cancel(id)
        kept.edit { remove(id) }
    }

    /** A plan is made anew at the latest when this one is not valid any more; the phone is not woken for it. */
    fun planAgain(at: Long) = manager.set(AlarmManager.RTC, at, planning())

    fun cancelAll() {
        ids.forEach(::cancel)
        kept.edit { clear() }
        manager.cancel(planning())
    }

    private fun cancel(id: String) = manager.cancel(showing(id, 0))

    private fun showing(id: String, expires: Long): PendingIntent {
        val intent = NudgeReceiver.intent(context, NudgeReceiver.SHOW, id).putExtra(NudgeReceiver.EXPIRES, expires)
        return PendingIntent.getBroadcast(context, 0, intent, FLAGS)
    }

    private fun planning(): PendingIntent =
        PendingIntent.getBroadcast(context, 0, Intent(context, SystemReceiver::class.java).setData(Uri.parse("qadam:plan")), FLAGS)

    private data class Times(val at: Long, val expires: Long) {
        override fun toString() = "$at $expires"

        companion object {
            fun of(text: Any?): Times? {
                val numbers = (text as? String)?.split(' ')?.mapNotNull(String::toLongOrNull)?.takeIf { it.size == 2 } ?: return null
                return Times(numbers[0], numbers[1])
            }
        }
    }

    private companion object {
        const val FLAGS = PendingIntent.FLAG_UPDATE_CURRENT or PendingIntent.FLAG_IMMUTABLE
    }
}
