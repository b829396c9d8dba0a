package app.qadam.ui

import app.qadam.core.AwardsView
import app.qadam.core.Qadam
import app.qadam.core.ResultsView
import java.time.LocalDate
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.combine

/** How a day of the streak's calendar went. */
enum class StreakDay { ACTIVE, FROZEN, MISSED }

data class MeState(val awards: AwardsView, val results: ResultsView, val today: LocalDate) {
    /** Four weeks up to today. */
    val calendar: List<Pair<LocalDate, StreakDay>>
        get() = (27L downTo 0).map { today.minusDays(it) }.map { day ->
            day to when (day.toString()) {
                in awards.streak.active -> StreakDay.ACTIVE
                in awards.streak.frozen -> StreakDay.FROZEN
                else -> StreakDay.MISSED
            }
        }

    /** Of the way from this level to the next one, 0 to 100. */
    val levelPercent: Int
        get() {
            val from = awards.level?.from ?: 0
            val next = awards.nextLevel ?: return 100
            return (100 * (awards.points - from) / (next.from - from).coerceAtLeast(1)).coerceIn(0, 100).toInt()
        }
}

class MeViewModel(qadam: Qadam) : ScreenViewModel() {
    val state: StateFlow<Load<MeState>> = combine(qadam.awards.changes, qadam.results.changes) { awards, results ->
        MeState(awards, results, LocalDate.now())
    }.state()
}
