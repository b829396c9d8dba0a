package app.qadam.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.ui.unit.dp
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import app.qadam.core.ReminderStatus
import app.qadam.core.ReminderView

@Composable
fun RemindersScreen(model: RemindersViewModel, locale: String, back: () -> Unit, go: (Route) -> Unit) {
    val load by model.state.collectAsStateWithLifecycle()
    RemindersScreen(load, model, { id, done -> model.finish(id, done) }, { model.delete(it) }, locale, back, go)
}

@Composable
fun RemindersScreen(
    load: Load<List<ReminderView>>,
    model: ScreenViewModel,
    finish: (String, Boolean) -> Unit,
    delete: (String) -> Unit,
    locale: String,
    back: () -> Unit,
    go: (Route) -> Unit,
) {
    val texts = LocalTexts.current
    LoadedScreen<List<ReminderView>>(
        { texts.remindersTitle },
        load,
        model,
        back,
        bottom = { Primary(texts.remindersAdd) { go(Route.ReminderEdit()) } },
    ) { reminders ->
        if (reminders.isEmpty()) item { Note(texts.remindersEmpty) }
        items(reminders.size, { reminders[it].id }) { Reminder(reminders[it], locale, finish, delete, go) }
    }
}

@Composable
private fun Reminder(reminder: ReminderView, locale: String, finish: (String, Boolean) -> Unit, delete: (String) -> Unit, go: (Route) -> Unit) {
    val texts = LocalTexts.current
    val due = reminder.status == ReminderStatus.DUE
    Tile(color = if (due) MaterialTheme.colorScheme.primaryContainer else MaterialTheme.colorScheme.surfaceContainer) {
        CheckRow(reminder.text, reminder.status == ReminderStatus.DONE) { finish(reminder.id, it) }
        val at = moment(reminder.day, reminder.minute.toInt(), locale)
        when (reminder.status) {
            ReminderStatus.DUE -> Text(texts.reminderDue(time = at))
            ReminderStatus.COMING -> Small(texts.reminderComing(time = at))
            ReminderStatus.DONE -> Small(at)
        }
        FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
            Quiet(texts.remindersEdit) { go(Route.ReminderEdit(reminder.id)) }
            Quiet(texts.reminderDelete) { delete(reminder.id) }
        }
    }
}

@Composable
fun ReminderEditScreen(model: ReminderEditViewModel, fresh: Boolean, back: () -> Unit) {
    val state by model.state.collectAsStateWithLifecycle()
    val texts = LocalTexts.current
    Screen(
        if (fresh) texts.remindersAdd else texts.remindersEdit,
        model,
        back,
        bottom = { Primary(texts.save, state.complete) { model.save(back) } },
    ) {
        item { Field(texts.reminderText, state.text, lines = 2) { model.change(state.copy(text = it)) } }
        item { Field(texts.reminderDay, state.day) { model.change(state.copy(day = it)) } }
        item {
            FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
                Quiet(texts.contactTomorrow) { model.inDays(1) }
                for (days in listOf(3L, 7L)) Quiet(texts.contactInDays(count = days)) { model.inDays(days) }
            }
        }
        item { Field(texts.reminderTime, state.time) { model.change(state.copy(time = it)) } }
        item { Small(texts.remindersNight) }
    }
}
