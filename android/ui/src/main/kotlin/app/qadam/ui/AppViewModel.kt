package app.qadam.ui

import app.qadam.core.Qadam
import app.qadam.core.SessionView
import app.qadam.core.SyncStatusView
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.flatMapLatest
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.map

/** What is around every screen. */
sealed interface AppState {
    data object SignedOut : AppState

    /** [account] tells one person's screens from the next one's; [locale] is the language that they chose. */
    data class SignedIn(
        val account: String,
        val signInNeeded: Boolean,
        val locale: String,
        val sync: SyncStatusView,
        val leads: Boolean,
        val messages: Int,
    ) : AppState
}

class AppViewModel(private val qadam: Qadam) : ScreenViewModel() {
    @OptIn(ExperimentalCoroutinesApi::class)
    val state: StateFlow<Load<AppState>> = qadam.session.changes.flatMapLatest { session ->
        when (session) {
            SessionView.SignedOut -> flowOf(AppState.SignedOut)
            is SessionView.SignedIn -> signedIn(session)
        }
    }.state()

    private fun signedIn(session: SessionView.SignedIn): Flow<AppState> = combine(
        qadam.settings.changes.map { it.locale },
        qadam.sync.status,
        qadam.team.me.map { (it?.below ?: 0u) > 0u },
        qadam.nudges.messages.map { messages -> messages.count { !it.opened } },
    ) { locale, sync, leads, messages ->
        AppState.SignedIn(session.account.account, session.account.signInNeeded, locale, sync, leads, messages)
    }
}
