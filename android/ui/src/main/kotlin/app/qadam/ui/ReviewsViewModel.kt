package app.qadam.ui

import app.qadam.core.AnswerInput
import app.qadam.core.EaseInput
import app.qadam.core.GradedView
import app.qadam.core.Qadam
import app.qadam.core.QuestionKind
import app.qadam.core.ReviewCardView
import app.qadam.core.ReviewResultView
import app.qadam.core.ReviewsView
import app.qadam.core.VerdictView
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.combine

data class ReviewsState(
    val stack: ReviewsView,
    /** The card that is shown: while its result is, it is no longer in the stack. */
    val card: ReviewCardView?,
    val answer: AnswerInput?,
    val graded: GradedView?,
    val result: ReviewResultView?,
)

class ReviewsViewModel(private val qadam: Qadam) : ScreenViewModel() {
    private data class Turn(
        val card: ReviewCardView? = null,
        val answer: AnswerInput? = null,
        val graded: GradedView? = null,
        val result: ReviewResultView? = null,
    )

    private val turn = MutableStateFlow(Turn())

    val state: StateFlow<Load<ReviewsState>> = combine(qadam.reviews.stack, turn) { stack, turn ->
        ReviewsState(stack, turn.card ?: stack.cards.firstOrNull(), turn.answer, turn.graded, turn.result)
    }.state()

    fun answer(answer: AnswerInput) {
        val card = state.value.value?.card ?: return
        turn.value = Turn(card, answer)
    }

    /** How the answer is. A right one is kept once the person said how easy it was, another one at once. */
    fun check() {
        val card = state.value.value?.card ?: return
        val kind = card.question.kind
        val answer = turn.value.answer ?: if (kind is QuestionKind.Ordering) AnswerInput.Order(kind.items.map { it.index }) else AnswerInput.Skipped
        act {
            val graded = qadam.reviews.grade(card.lesson, card.question.id, answer)
            turn.value = Turn(card, answer, graded)
            if (graded.verdict != VerdictView.RIGHT) keep(card, answer, EaseInput.HARD)
        }
    }

    fun ease(ease: EaseInput) {
        val (card, answer) = turn.value
        if (card != null && answer != null) act { keep(card, answer, ease) }
    }

    private suspend fun keep(card: ReviewCardView, answer: AnswerInput, ease: EaseInput) {
        val result = qadam.reviews.answer(card.lesson, card.question.id, answer, ease)
        turn.value = Turn(card, answer, result.graded, result)
    }

    fun next() {
        turn.value = Turn()
    }
}
