package app.qadam.ui

import app.qadam.core.AwardsView
import app.qadam.core.Qadam
import app.qadam.core.ResultsView
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.combine

data class MeState(val awards: AwardsView, val results: ResultsView) {
    /** Of the way from this level to the next one, 0 to 100. */
    val levelPercent: Int
        get() {
            val from = awards.level?.from ?: 0
            val next = awards.nextLevel ?: return 100
            return (100 * (awards.points - from) / (next.from - from).coerceAtLeast(1)).coerceIn(0, 100).toInt()
        }
}

class MeViewModel(qadam: Qadam) : ScreenViewModel() {
    val state: StateFlow<Load<MeState>> = combine(qadam.awards.changes, qadam.results.changes, ::MeState).state()
}
