package app.qadam.ui

import app.qadam.core.CoursesView
import app.qadam.core.Qadam
import kotlinx.coroutines.flow.StateFlow

class LearnViewModel(qadam: Qadam) : ScreenViewModel() {
    val state: StateFlow<Load<CoursesView>> = qadam.learning.courses.state()
}
