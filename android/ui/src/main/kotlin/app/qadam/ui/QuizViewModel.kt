package app.qadam.ui

import androidx.lifecycle.SavedStateHandle
import androidx.lifecycle.viewModelScope
import app.qadam.core.AnswerInput
import app.qadam.core.Qadam
import app.qadam.core.QadamException
import app.qadam.core.QuestionKind
import app.qadam.core.QuestionView
import app.qadam.core.QuizResultView
import app.qadam.core.QuizView
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

data class QuizState(
    val quiz: QuizView,
    /** The question that is shown, from 0. */
    val at: Int,
    /** Beside the questions; the engine keeps them until the quiz is handed in. */
    val answers: List<AnswerInput?>,
    val result: QuizResultView? = null,
) {
    val question: QuestionView get() = quiz.questions[at]
    val answer: AnswerInput? get() = answers[at]
    val last: Boolean get() = at == quiz.questions.size - 1
    val unanswered: Int get() = answers.count { it == null || it is AnswerInput.Skipped }
}

/** An unfinished quiz lies in the engine, so it is there again whatever happened to the app; the place in it is in the saved state. */
class QuizViewModel(private val qadam: Qadam, private val lesson: String, private val saved: SavedStateHandle) : ScreenViewModel() {
    private val states = MutableStateFlow<Load<QuizState>>(Load.Pending)
    val state: StateFlow<Load<QuizState>> = states.asStateFlow()

    /** Answers reach the engine in the order in which they were given. */
    private val order = Mutex()

    init {
        begin()
    }

    /** Begins a quiz, or goes on with the unfinished one. */
    fun begin() {
        viewModelScope.launch {
            states.value = try {
                val quiz = qadam.learning.quiz(lesson)
                val first = quiz.answers.indexOfFirst { it == null }.takeIf { it >= 0 } ?: (quiz.questions.size - 1)
                val place = saved.get<Int>("at")?.takeIf { saved.get<Int>("attempt") == quiz.attempt.toInt() } ?: first
                Load.Ready(QuizState(quiz, place.coerceIn(quiz.questions.indices), quiz.answers))
            } catch (problem: QadamException) {
                Load.Failed(problem)
            }
        }
    }

    /** Another draw, after a failed one. */
    fun again() {
        saved.remove<Int>("at")
        begin()
    }

    fun answer(answer: AnswerInput) {
        val state = states.value.value ?: return
        states.value = Load.Ready(state.copy(answers = state.answers.toMutableList().also { it[state.at] = answer }))
        act { order.withLock { qadam.learning.answer(lesson, state.question.id, answer) } }
    }

    fun back() = go(-1)

    fun next() {
        val state = states.value.value ?: return
        // The order that was shown was left as it was: that is an answer too.
        val kind = state.question.kind
        if (state.answer == null && kind is QuestionKind.Ordering) answer(AnswerInput.Order(kind.items.map { it.index }))
        go(1)
    }

    private fun go(by: Int) {
        val state = states.value.value ?: return
        val at = (state.at + by).coerceIn(state.quiz.questions.indices)
        saved["at"] = at
        saved["attempt"] = state.quiz.attempt.toInt()
        states.value = Load.Ready(state.copy(at = at))
    }

    fun handIn() {
        next()
        act {
            val result = order.withLock { qadam.learning.handIn(lesson) }
            saved.remove<Int>("at")
            states.value.value?.let { states.value = Load.Ready(it.copy(result = result)) }
        }
    }
}
