package app.qadam.ui

import app.qadam.core.Qadam
import app.qadam.core.ReminderView
import kotlinx.coroutines.flow.StateFlow

/** What the person wants to be reminded of. */
class RemindersViewModel(private val qadam: Qadam) : ScreenViewModel() {
    val state: StateFlow<Load<List<ReminderView>>> = qadam.reminders.changes.state()

    fun finish(id: String, done: Boolean) = act { qadam.reminders.finish(id, done) }

    fun delete(id: String) = act { qadam.reminders.delete(id) }
}
