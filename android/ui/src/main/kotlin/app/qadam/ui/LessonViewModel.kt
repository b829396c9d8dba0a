package app.qadam.ui

import androidx.lifecycle.SavedStateHandle
import app.qadam.core.Block
import app.qadam.core.LessonStatus
import app.qadam.core.LessonView
import app.qadam.core.ProgressView
import app.qadam.core.Qadam
import kotlin.math.ceil
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.combine

data class LessonState(
    val lesson: LessonView,
    /** The card that is shown, from 0. */
    val card: Int,
    /** What came of reading it to its end, where there is no quiz. */
    val progress: ProgressView?,
) {
    val blocks: List<Block> get() = lesson.cards.getOrElse(card) { emptyList() }
    val last: Boolean get() = card >= lesson.cards.size - 1
    val hasQuiz: Boolean get() = lesson.quizSize > 0u
    val locked: Boolean get() = lesson.summary.status is LessonStatus.Locked

    /** Of the whole lesson's minutes, by the cards that are left; 1 at least. */
    val minutesLeft: Int
        get() = ceil(lesson.summary.minutes.toDouble() * (lesson.cards.size - card) / lesson.cards.size.coerceAtLeast(1)).toInt().coerceAtLeast(1)
}

class LessonViewModel(private val qadam: Qadam, private val id: String, private val saved: SavedStateHandle) : ScreenViewModel() {
    private val card = saved.getStateFlow("card", 0)
    private val progress = MutableStateFlow<ProgressView?>(null)

    val state: StateFlow<Load<LessonState>> = combine(qadam.learning.lesson(id), card, progress) { lesson, card, progress ->
        LessonState(lesson, card.coerceIn(0, (lesson.cards.size - 1).coerceAtLeast(0)), progress)
    }.state()

    fun next() = move(1)

    fun back() = move(-1)

    private fun move(by: Int) {
        val state = state.value.value ?: return
        saved["card"] = (state.card + by).coerceIn(0, (state.lesson.cards.size - 1).coerceAtLeast(0))
    }

    /** The last card was read. [then] runs once that is kept. */
    fun finish(then: () -> Unit) = act {
        val result = qadam.learning.finishReading(id)
        if (state.value.value?.hasQuiz == true) then() else progress.value = result
    }
}
