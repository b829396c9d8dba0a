package app.qadam.ui

import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import app.qadam.core.RefusalReason
import app.qadam.core.RefusalSubject
import app.qadam.core.RefusalView
import app.qadam.core.SyncState
import app.qadam.core.Texts

@Composable
fun SyncScreen(model: SyncViewModel, locale: String, back: () -> Unit) {
    val load by model.state.collectAsStateWithLifecycle()
    SyncScreen(load, model, model::now, model::dismiss, locale, back)
}

@Composable
fun SyncScreen(
    load: Load<SyncScreenState>,
    model: ScreenViewModel,
    now: () -> Unit,
    dismiss: (String) -> Unit,
    locale: String,
    back: () -> Unit,
) {
    val texts = LocalTexts.current
    LoadedScreen<SyncScreenState>({ texts.syncTitle }, load, model, back, bottom = { Primary(texts.syncNow, onClick = now) }) { state ->
        item {
            Tile {
                Text(texts.of(state.status.state, locale), style = MaterialTheme.typography.titleMedium)
                Text(if (state.status.pending == 0u) texts.syncNothingWaits else texts.syncWaits(count = state.status.pending.toLong()))
                if (state.status.kept > 0u) Text(texts.syncKept(count = state.status.kept.toLong()))
                Small(state.status.lastSuccess?.let { texts.syncLast(time = time(it, locale)) } ?: texts.syncNever)
                for (file in state.status.setAside) Text(texts.syncSetAside(file = file))
            }
        }
        if (state.refusals.isNotEmpty()) item { Heading(texts.syncRefusals) }
        items(state.refusals.size, { state.refusals[it].id }) { Refusal(state.refusals[it], locale) { dismiss(state.refusals[it].id) } }
    }
}

@Composable
private fun Refusal(refusal: RefusalView, locale: String, dismiss: () -> Unit) {
    val texts = LocalTexts.current
    Tile {
        Text(
            when (refusal.subject) {
                is RefusalSubject.Lesson -> texts.refusalLesson
                is RefusalSubject.Review -> texts.refusalReview
                is RefusalSubject.Task -> texts.refusalTask
                is RefusalSubject.Contact -> texts.refusalContact
                RefusalSubject.Settings -> texts.refusalSettings
                is RefusalSubject.Other -> texts.refusalOther
            },
            style = MaterialTheme.typography.titleMedium,
        )
        Text(
            when (refusal.reason) {
                RefusalReason.MALFORMED -> texts.refusalMalformed
                RefusalReason.TOO_LONG -> texts.refusalTooLong
                RefusalReason.TOO_MANY_RECORDS -> texts.refusalTooManyRecords
                RefusalReason.UNKNOWN_CONTENT -> texts.refusalUnknownContent
                RefusalReason.IMPOSSIBLE_ANSWERS -> texts.refusalImpossibleAnswers
                RefusalReason.OTHER -> texts.refusalUnknown
            },
        )
        Small(time(refusal.at, locale))
        Quiet(texts.refusalDismiss, dismiss)
    }
}

private fun Texts.of(state: SyncState, locale: String): String = when (state) {
    SyncState.Idle -> syncIdle
    SyncState.Syncing -> syncSyncing
    SyncState.Offline -> syncOffline
    is SyncState.Waiting -> "${of(state.problem)} ${syncTriesAgain(time = time(state.until, locale))}"
    SyncState.SignInNeeded -> syncSignInNeeded
    SyncState.UpdateNeeded -> errorUpdateNeeded
}
