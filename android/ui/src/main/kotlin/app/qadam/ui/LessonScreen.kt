package app.qadam.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.ui.unit.dp
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import app.qadam.core.LessonStatus

@Composable
fun LessonScreen(model: LessonViewModel, locale: String, back: () -> Unit, quiz: () -> Unit, go: (Route) -> Unit) {
    val load by model.state.collectAsStateWithLifecycle()
    val texts = LocalTexts.current
    LoadedScreen<LessonState>(
        { it?.lesson?.summary?.title ?: texts.learnTitle },
        load,
        model,
        back,
        bottom = { state ->
            val waiting = state.lesson.summary.status as? LessonStatus.Waiting
            when {
                state.locked -> Unit
                state.progress != null -> Primary(texts.lessonDone, onClick = back)
                !state.last -> Primary(texts.lessonNext, onClick = model::next)
                state.hasQuiz && waiting != null -> Small(texts.lessonWaiting(time = time(waiting.until, locale)))
                state.hasQuiz -> Primary(if (state.lesson.quizBegun) texts.lessonQuizContinue else texts.lessonQuiz) { model.finish(quiz) }
                else -> Primary(texts.lessonFinish) { model.finish(back) }
            }
            if (state.card > 0 && state.progress == null) Secondary(texts.lessonBack, onClick = model::back)
        },
    ) { state ->
        when {
            state.locked -> {
                val missing = (state.lesson.summary.status as LessonStatus.Locked).missing
                item { Note(texts.lessonLocked(titles = missing.joinToString { it.title })) }
                for (lesson in missing) item { Secondary(lesson.title) { go(Route.Lesson(lesson.id)) } }
            }
            state.progress != null -> item { Column(verticalArrangement = Arrangement.spacedBy(12.dp)) { ProgressViewed(state.progress) } }
            else -> {
                item {
                    Column(verticalArrangement = Arrangement.spacedBy(4.dp)) {
                        Progress(100 * (state.card + 1) / state.lesson.cards.size.coerceAtLeast(1))
                        Small(texts.lessonCard(at = state.card + 1L, of = state.lesson.cards.size.toLong(), minutes = state.minutesLeft.toLong()))
                    }
                }
                items(state.blocks.size, { "${state.card}/$it" }) { BlockView(state.blocks[it]) }
                if (state.last && state.hasQuiz) {
                    item { Text(texts.lessonQuizAhead(count = state.lesson.quizSize.toLong(), percent = state.lesson.passPercent.toLong())) }
                }
            }
        }
    }
}
