package app.qadam.ui

import androidx.lifecycle.SavedStateHandle
import app.qadam.core.Qadam
import app.qadam.core.QadamException
import java.time.DateTimeException
import java.time.LocalDate
import java.time.LocalTime
import java.time.format.DateTimeFormatter
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow

private val Days = DateTimeFormatter.ofPattern("d.M.yyyy")
private val Times = DateTimeFormatter.ofPattern("H:mm")

/** The hour that a new reminder proposes. */
private const val EVENING = 19

data class ReminderEditState(
    val text: String = "",
    /** As `24.11.2026`. */
    val day: String = "",
    /** As `19:30`. */
    val time: String = "",
) {
    /** Null for what is no date. */
    val date: LocalDate? get() = parsed { LocalDate.parse(day.trim(), Days) }

    /** Of the date; null for what is no time. */
    val minute: Int? get() = parsed { LocalTime.parse(time.trim(), Times) }?.let { it.hour * 60 + it.minute }

    fun on(date: LocalDate) = copy(day = date.format(Days))

    fun at(minute: Int) = copy(time = LocalTime.of(minute / 60, minute % 60).format(Times))

    val complete: Boolean get() = text.isNotBlank() && date != null && minute != null
}

private fun <T> parsed(read: () -> T): T? = try {
    read()
} catch (_: DateTimeException) {
    null
}

/** A new reminder, about what is said, or one that is there; what was typed survives in the saved state. */
class ReminderEditViewModel(private val qadam: Qadam, private val id: String?, about: String, private val saved: SavedStateHandle) : ScreenViewModel() {
    private val states = MutableStateFlow(
        ReminderEditState(saved["text"] ?: about, saved["day"] ?: "", saved["time"] ?: "")
            .let { if (id == null && saved.get<String>("day") == null) it.on(LocalDate.now().plusDays(1)).at(EVENING * 60) else it },
    )
    val state: StateFlow<ReminderEditState> = states.asStateFlow()

    init {
        if (id != null && saved.get<String>("text") == null) {
            act {
                val reminder = qadam.reminders.current().firstOrNull { it.id == id } ?: throw QadamException.NotFound("reminder")
                change(ReminderEditState(reminder.text).on(LocalDate.parse(reminder.day)).at(reminder.minute.toInt()))
            }
        }
    }

    fun change(state: ReminderEditState) {
        states.value = state
        saved["text"] = state.text
        saved["day"] = state.day
        saved["time"] = state.time
    }

    /** After so many days from today. */
    fun inDays(days: Long) = change(states.value.on(LocalDate.now().plusDays(days)))

    fun save(then: () -> Unit) = act {
        val now = states.value
        val day = now.date?.toString() ?: return@act
        val minute = now.minute?.toUInt() ?: return@act
        if (id == null) qadam.reminders.add(now.text.trim(), day, minute) else qadam.reminders.change(id, now.text.trim(), day, minute)
        then()
    }
}
