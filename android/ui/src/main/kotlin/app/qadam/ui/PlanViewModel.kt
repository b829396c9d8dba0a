package app.qadam.ui

import app.qadam.core.JourneyView
import app.qadam.core.Qadam
import java.time.LocalDate
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.map

/** [journey] is null where the company has no plan. */
data class PlanState(val journey: JourneyView?)

class PlanViewModel(private val qadam: Qadam) : ScreenViewModel() {
    val state: StateFlow<Load<PlanState>> = qadam.journey.plan.map(::PlanState).state()

    fun complete(task: String, item: UInt? = null) = act { qadam.journey.complete(task, item) }

    fun reopen(task: String, item: UInt? = null) = act { qadam.journey.reopen(task, item) }

    /** From today on, for so many days. */
    fun pause(days: Long) = act { qadam.journey.pause(until = LocalDate.now().plusDays(days - 1).toString()) }

    fun resume(pause: String) = act { qadam.journey.resume(pause) }

    /** The plan was seen: what moves later is told from here. */
    fun movesSeen() = act { qadam.journey.acknowledgeMoves() }
}
