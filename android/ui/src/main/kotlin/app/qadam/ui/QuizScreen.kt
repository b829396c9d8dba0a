package app.qadam.ui

import androidx.compose.animation.core.Animatable
import androidx.compose.animation.core.Spring
import androidx.compose.animation.core.spring
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.graphicsLayer
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import app.qadam.core.AnswerInput
import app.qadam.core.BadgeView
import app.qadam.core.GradedView
import app.qadam.core.ProgressView
import app.qadam.core.QuestionView
import app.qadam.core.Texts
import app.qadam.core.VerdictView

@Composable
fun QuizScreen(model: QuizViewModel, locale: String, back: () -> Unit, lesson: (String) -> Unit) {
    val load by model.state.collectAsStateWithLifecycle()
    QuizScreen(load, model, QuizIntents(model::answer, model::back, model::next, model::handIn, model::again), locale, back, lesson)
}

/** What the person can do in a quiz. */
class QuizIntents(
    val answer: (AnswerInput) -> Unit,
    val back: () -> Unit,
    val next: () -> Unit,
    val handIn: () -> Unit,
    val again: () -> Unit,
)

@Composable
fun QuizScreen(
    load: Load<QuizState>,
    model: ScreenViewModel,
    intents: QuizIntents,
    locale: String,
    back: () -> Unit,
    lesson: (String) -> Unit,
) {
    val texts = LocalTexts.current
    LoadedScreen<QuizState>(
        { it?.quiz?.title ?: texts.quizTitle },
        load,
        model,
        back,
        bottom = { state ->
            val result = state.result
            when {
                result == null -> {
                    if (state.last) Primary(texts.quizHandIn, onClick = intents.handIn) else Primary(texts.quizNext, onClick = intents.next)
                    if (state.at > 0) Secondary(texts.quizBack, onClick = intents.back)
                }
                result.passed -> {
                    result.progress.unlocked.firstOrNull()?.let { next -> Primary(texts.quizNextLesson(title = next.title)) { lesson(next.id) } }
                    Secondary(texts.close, onClick = back)
                }
                else -> {
                    if (result.waitUntil == null) Primary(texts.quizAgain, onClick = intents.again)
                    Secondary(texts.quizReadAgain, onClick = back)
                }
            }
        },
    ) { state ->
        val result = state.result
        if (result == null) {
            item {
                Column(verticalArrangement = Arrangement.spacedBy(4.dp)) {
                    Progress(100 * (state.at + 1) / state.quiz.questions.size)
                    Small(texts.quizQuestion(at = state.at + 1L, of = state.quiz.questions.size.toLong()))
                    if (state.quiz.attempt > 1u && state.at == 0) Small(texts.quizSecondDraw)
                }
            }
            items(state.question.prompt.size, { "${state.question.id}/$it" }) { BlockView(state.question.prompt[it]) }
            item(state.question.id) { AnswerField(state.question.kind, state.answer, intents.answer) }
            if (state.last && state.unanswered > 0) item { Small(texts.quizUnanswered(count = state.unanswered.toLong())) }
        } else {
            item {
                Column(Modifier.semantics { liveRegion = LiveRegionMode.Polite }, Arrangement.spacedBy(8.dp)) {
                    Text(
                        if (result.passed) texts.quizPassed(percent = result.percent.toLong()) else texts.quizFailed(percent = result.percent.toLong(), need = result.passPercent.toLong()),
                        style = MaterialTheme.typography.headlineSmall,
                    )
                    if (!result.passed) Text(result.waitUntil?.let { texts.quizWait(time = time(it, locale)) } ?: texts.quizTryAgain)
                    ProgressViewed(result.progress)
                }
            }
            val questions = state.quiz.questions.associateBy { it.id }
            items(result.graded.size, { "graded/$it" }) { index ->
                val graded = result.graded[index]
                questions[graded.question]?.let { Graded(it, graded) }
            }
        }
    }
}

/** What newly followed: points, what unlocked, badges with a small moment of joy. */
@Composable
fun ProgressViewed(progress: ProgressView) {
    val texts = LocalTexts.current
    if (progress.points > 0u) Text(texts.progressPoints(count = progress.points.toLong()), style = MaterialTheme.typography.titleMedium)
    for (badge in progress.badges) Joy { BadgeTile(badge, texts) }
    progress.level?.let { Text(texts.progressLevel(title = it.title)) }
    for (lesson in progress.unlocked) Text(texts.progressUnlocked(title = lesson.title))
}

@Composable
private fun BadgeTile(badge: BadgeView, texts: Texts) = Tile(color = MaterialTheme.colorScheme.secondaryContainer) {
    Text(texts.progressBadge(title = badge.title), style = MaterialTheme.typography.titleMedium)
    Text(badge.words)
}

/** Springs in, once; stands still for who wants nothing to move. */
@Composable
private fun Joy(content: @Composable () -> Unit) {
    val still = LocalPlatform.current.reduceMotion
    val scale = remember { Animatable(if (still) 1f else 0.8f) }
    LaunchedEffect(Unit) { scale.animateTo(1f, spring(Spring.DampingRatioMediumBouncy, Spring.StiffnessLow)) }
    Column(Modifier.graphicsLayer { scaleX = scale.value; scaleY = scale.value }) { content() }
}

/** How an answer was, what was said to it, and why. */
@Composable
fun Graded(question: QuestionView, graded: GradedView) {
    val texts = LocalTexts.current
    Tile {
        for (block in question.prompt) BlockView(block)
        Text(texts.of(graded.verdict), style = MaterialTheme.typography.titleMedium, color = when (graded.verdict) {
            VerdictView.RIGHT -> MaterialTheme.colorScheme.primary
            VerdictView.PARTLY -> MaterialTheme.colorScheme.secondary
            VerdictView.WRONG -> MaterialTheme.colorScheme.error
        })
        for (feedback in graded.feedback) Text(feedback)
        if (graded.verdict != VerdictView.RIGHT) Text(texts.quizSolution(answer = texts.of(question.kind, graded.solution)))
        for (block in graded.explanation) BlockView(block)
    }
}

fun Texts.of(verdict: VerdictView): String = when (verdict) {
    VerdictView.RIGHT -> verdictRight
    VerdictView.PARTLY -> verdictPartly
    VerdictView.WRONG -> verdictWrong
}
