package app.qadam.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.filled.Check
import androidx.compose.material.icons.filled.DateRange
import androidx.compose.material.icons.filled.Lock
import androidx.compose.material.icons.filled.PlayArrow
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import app.qadam.core.CoursesView
import app.qadam.core.LessonStatus
import app.qadam.core.LessonSummary
import app.qadam.core.Texts

@Composable
fun LearnScreen(model: LearnViewModel, locale: String, go: (Route) -> Unit) {
    val load by model.state.collectAsStateWithLifecycle()
    val texts = LocalTexts.current
    LoadedScreen<CoursesView>({ texts.learnTitle }, load, model) { state ->
        if (state.courses.isEmpty()) item { Note(texts.learnEmpty) }
        for (course in state.courses) {
            item(course.id) {
                Column(verticalArrangement = Arrangement.spacedBy(4.dp)) {
                    Heading(course.title)
                    Small(course.summary)
                    if (course.assigned) Text(texts.learnAssigned, color = MaterialTheme.colorScheme.primary)
                }
            }
            items(course.lessons.size, { course.id + "/" + course.lessons[it].id }) { LessonTile(course.lessons[it], locale, go) }
        }
    }
}

@Composable
private fun LessonTile(lesson: LessonSummary, locale: String, go: (Route) -> Unit) {
    val texts = LocalTexts.current
    Tile({ go(Route.Lesson(lesson.id)) }) {
        Row(horizontalArrangement = Arrangement.spacedBy(12.dp), verticalAlignment = Alignment.CenterVertically) {
            // What it means is said in words below.
            Icon(
                when (lesson.status) {
                    is LessonStatus.Locked -> Icons.Filled.Lock
                    is LessonStatus.Waiting -> Icons.Filled.DateRange
                    LessonStatus.Open -> Icons.Filled.PlayArrow
                    is LessonStatus.Passed, LessonStatus.Completed -> Icons.Filled.Check
                },
                null,
            )
            Text(lesson.title, Modifier.weight(1f), style = MaterialTheme.typography.titleMedium)
        }
        Small(texts.of(lesson.status, locale))
        Small(texts.lessonMinutesPoints(minutes = lesson.minutes.toLong(), points = lesson.points.toLong()))
    }
}

fun Texts.of(status: LessonStatus, locale: String): String = when (status) {
    is LessonStatus.Locked -> lessonLocked(titles = status.missing.joinToString { it.title })
    LessonStatus.Open -> lessonOpen
    is LessonStatus.Waiting -> lessonWaiting(time = time(status.until, locale))
    is LessonStatus.Passed -> lessonPassed(titles = status.missing.joinToString { it.title })
    LessonStatus.Completed -> lessonCompleted
}
