package app.qadam.ui

import app.qadam.core.Qadam
import app.qadam.core.WelcomeView
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.flow

class WelcomeViewModel(private val qadam: Qadam) : ScreenViewModel() {
    val state: StateFlow<Load<WelcomeView?>> = flow { emit(qadam.journey.welcome()) }.state()

    fun finish(then: () -> Unit) = act {
        qadam.journey.finishWelcome()
        then()
    }
}
