package app.qadam.ui

import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import app.qadam.core.MoveReason
import app.qadam.core.MoveView
import app.qadam.core.PhaseStatus
import app.qadam.core.PhaseView
import app.qadam.core.Texts

@Composable
fun PlanScreen(model: PlanViewModel, locale: String, back: () -> Unit, go: (Route) -> Unit) {
    val load by model.state.collectAsStateWithLifecycle()
    val texts = LocalTexts.current
    // The phase that runs is open; others open with a touch.
    var open by rememberSaveable { mutableStateOf<String?>(null) }
    LoadedScreen<PlanState>({ texts.planTitle }, load, model, back) { (journey) ->
        if (journey == null) {
            item { Note(texts.planNone) }
            return@LoadedScreen
        }
        item {
            Tile {
                Text(texts.planDay(day = journey.today.day.toLong(), days = journey.today.days.toLong()), style = MaterialTheme.typography.titleMedium)
                Progress(journey.today.percent.toInt())
                Small(texts.planTasks(done = journey.done.toLong(), of = journey.of.toLong()))
                Small(texts.planDates(from = date(journey.begins, locale), until = date(journey.ends, locale)))
            }
        }
        if (journey.moves.isNotEmpty()) {
            item { Heading(texts.planMovedTitle) }
            items(journey.moves.size) { Small(texts.of(journey.moves[it], locale)) }
            item { Quiet(texts.planMovedSeen, model::movesSeen) }
        }
        for (pause in journey.pauses) {
            item(pause.id) {
                Tile {
                    Text(texts.planPause(from = date(pause.from, locale), until = date(pause.until, locale)))
                    Quiet(texts.planResume) { model.resume(pause.id) }
                }
            }
        }
        for (phase in journey.phases) {
            val shown = open == phase.id || open == null && phase.status == PhaseStatus.CURRENT
            item(phase.id) { PhaseTile(phase, locale) { open = if (shown) "" else phase.id } }
            if (shown) items(phase.tasks.size, { "${phase.id}/${phase.tasks[it].id}" }) { TaskTile(phase.tasks[it], locale, model::complete, model::reopen, go) }
        }
        if (journey.pauses.none { it.current }) {
            item {
                Choice(texts.planPauseFor, listOf(3L, 7L, 14L).map { it to texts.days(count = it) }, null, model::pause)
            }
        }
    }
}

@Composable
private fun PhaseTile(phase: PhaseView, locale: String, touch: () -> Unit) {
    val texts = LocalTexts.current
    Tile(touch) {
        Text(phase.title, style = MaterialTheme.typography.titleMedium)
        Small(
            when (phase.status) {
                PhaseStatus.DONE -> texts.phaseDone
                PhaseStatus.CURRENT -> texts.phaseCurrent(count = phase.daysLeft.toLong())
                PhaseStatus.UPCOMING -> texts.phaseUpcoming(date = date(phase.from, locale))
                PhaseStatus.PAST -> texts.phasePast
            },
        )
        Progress(phase.percent.toInt())
        Small(texts.planTasks(done = phase.done.toLong(), of = phase.of.toLong()))
    }
}

private fun Texts.of(move: MoveView, locale: String): String {
    val to = move.to ?: return moveAnyTime(title = move.task.title)
    val day = date(to, locale)
    return when (move.why) {
        MoveReason.DAY_PASSED -> moveDayPassed(title = move.task.title, date = day)
        MoveReason.ROOM -> moveRoom(title = move.task.title, date = day)
        MoveReason.ROOM_AGAIN -> moveRoomAgain(title = move.task.title, date = day)
        MoveReason.PAUSE -> movePause(title = move.task.title, date = day)
        MoveReason.PAUSE_ENDED -> movePauseEnded(title = move.task.title, date = day)
        MoveReason.BEGINNING -> moveBeginning(title = move.task.title, date = day)
    }
}
