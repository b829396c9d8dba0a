package app.qadam.core

import kotlinx.coroutines.flow.Flow

/** What the person wants to be reminded of, in their own words, at a time of their own. It comes with [Nudges.plan]. Dates are written `2026-11-24`. */
class Reminders internal constructor(private val engine: QadamEngine) {
    /** What is due, and what will come, by time; then what is done, the newest first; as it changes. */
    val changes: Flow<List<ReminderView>> =
        live(engine::observeReminders, LiveReminders::stop) { query, after -> query.next(after)?.run { number to value } }

    suspend fun current(): List<ReminderView> = engine.reminders()

    /** Sets one, 200 characters at most, at a minute of a date, at night too. Gives its id. */
    suspend fun add(text: String, day: String, minute: UInt): String = engine.addReminder(text, day, minute)

    /** Changes its words or its time. With another time it is open again. */
    suspend fun change(id: String, text: String, day: String, minute: UInt) = engine.changeReminder(id, text, day, minute)

    /** It is done, or it is not: what is done does not come. */
    suspend fun finish(id: String, done: Boolean = true) = engine.finishReminder(id, done)

    /** Wipes it everywhere, for good. */
    suspend fun delete(id: String) = engine.deleteReminder(id)
}
