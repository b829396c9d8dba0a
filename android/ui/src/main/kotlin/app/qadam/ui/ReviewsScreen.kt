package app.qadam.ui

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import app.qadam.core.AnswerInput
import app.qadam.core.EaseInput
import app.qadam.core.Texts
import app.qadam.core.VerdictView

@Composable
fun ReviewsScreen(model: ReviewsViewModel, locale: String, back: () -> Unit) {
    val load by model.state.collectAsStateWithLifecycle()
    ReviewsScreen(load, model, ReviewsIntents(model::answer, model::check, model::ease, model::next), locale, back)
}

/** What the person can do with a card. */
class ReviewsIntents(val answer: (AnswerInput) -> Unit, val check: () -> Unit, val ease: (EaseInput) -> Unit, val next: () -> Unit)

@Composable
fun ReviewsScreen(load: Load<ReviewsState>, model: ScreenViewModel, intents: ReviewsIntents, locale: String, back: () -> Unit) {
    val texts = LocalTexts.current
    LoadedScreen<ReviewsState>(
        { texts.reviewsTitle },
        load,
        model,
        back,
        bottom = { state ->
            when {
                state.card == null -> Primary(texts.close, onClick = back)
                state.result != null -> Primary(texts.reviewsNext, onClick = intents.next)
                state.graded?.verdict == VerdictView.RIGHT -> for (ease in EaseInput.entries) Secondary(texts.of(ease)) { intents.ease(ease) }
                state.graded == null -> Primary(texts.reviewsCheck, onClick = intents.check)
            }
        },
    ) { state ->
        val card = state.card
        val graded = state.graded
        when {
            card == null -> item {
                Note(if (state.stack.doneToday > 0u) texts.reviewsDone(count = state.stack.doneToday.toLong()) else texts.reviewsEmpty) {
                    state.stack.next?.let { Small(texts.reviewsNextOn(date = date(it, locale))) }
                }
            }
            graded == null -> {
                item { Small(texts.reviewsLeft(count = state.stack.cards.size.toLong(), title = card.lessonTitle)) }
                items(card.question.prompt.size, { "${card.question.id}/$it" }) { BlockView(card.question.prompt[it]) }
                item(card.question.id) { AnswerField(card.question.kind, state.answer, intents.answer) }
            }
            else -> {
                item { Graded(card.question, graded) }
                val result = state.result
                if (result == null) {
                    if (graded.verdict == VerdictView.RIGHT) item { Text(texts.reviewsHowEasy) }
                } else {
                    item { Text(texts.reviewsComesBack(date = date(result.next, locale))) }
                    item { ProgressViewed(result.progress) }
                }
            }
        }
    }
}

private fun Texts.of(ease: EaseInput): String = when (ease) {
    EaseInput.HARD -> reviewsHard
    EaseInput.GOOD -> reviewsGood
    EaseInput.EASY -> reviewsEasy
}
