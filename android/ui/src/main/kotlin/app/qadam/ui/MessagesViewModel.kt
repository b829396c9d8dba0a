package app.qadam.ui

import app.qadam.core.NudgeCategory
import app.qadam.core.NudgeSettingsView
import app.qadam.core.NudgeView
import app.qadam.core.Qadam
import app.qadam.core.WhyView
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.mapLatest
import kotlinx.coroutines.flow.update

class MessagesViewModel(qadam: Qadam) : ScreenViewModel() {
    val state: StateFlow<Load<List<NudgeView>>> = qadam.nudges.messages.state()
}

data class WhyState(val message: NudgeView?, val why: WhyView, val settings: NudgeSettingsView)

/** Why a nudge came, and the switches that stop such ones. */
class WhyViewModel(private val qadam: Qadam, private val id: String) : ScreenViewModel() {
    private val changed = MutableStateFlow(0)

    @OptIn(ExperimentalCoroutinesApi::class)
    val state: StateFlow<Load<WhyState>> = combine(qadam.nudges.messages, changed, ::Pair).mapLatest { (messages, _) ->
        WhyState(messages.firstOrNull { it.id == id }, qadam.nudges.why(id), qadam.nudges.settings())
    }.state()

    fun opened() = act { qadam.nudges.open(id) }

    fun never(rule: String, never: Boolean) = choose { qadam.nudges.never(rule, never) }

    fun switch(category: NudgeCategory, on: Boolean) = choose { qadam.nudges.switch(category, on) }

    private fun choose(intent: suspend () -> Unit) {
        act {
            intent()
            changed.update { it + 1 }
        }
    }
}
