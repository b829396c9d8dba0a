package app.qadam.ui

import app.qadam.core.Qadam
import app.qadam.core.RefusalView
import app.qadam.core.SyncStatusView
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.combine

data class SyncScreenState(val status: SyncStatusView, val refusals: List<RefusalView>)

class SyncViewModel(private val qadam: Qadam) : ScreenViewModel() {
    val state: StateFlow<Load<SyncScreenState>> = combine(qadam.sync.status, qadam.sync.refusals, ::SyncScreenState).state()

    fun now() {
        act { qadam.sync.now() }
    }

    fun dismiss(refusal: String) {
        act { qadam.sync.dismissRefusal(refusal) }
    }
}
