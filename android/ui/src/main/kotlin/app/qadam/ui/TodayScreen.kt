package app.qadam.ui

import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.filled.Notifications
import androidx.compose.material.icons.filled.Settings
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import app.qadam.core.JourneyStatus
import app.qadam.core.NoticeView
import app.qadam.core.TaskKindView
import app.qadam.core.TaskStatus
import app.qadam.core.TaskView
import app.qadam.core.Texts
import app.qadam.core.TodayView
import app.qadam.core.WithdrawnView

@Composable
fun TodayScreen(model: TodayViewModel, locale: String, messages: Int, leads: Boolean, go: (Route) -> Unit) {
    val load by model.state.collectAsStateWithLifecycle()
    LaunchedEffect(model) { model.look() }
    TodayScreen(load, model, TodayIntents(model::complete, model::reopen, model::seen), locale, messages, leads, go)
}

/** What one can do on Today. */
data class TodayIntents(val complete: (String, UInt?) -> Unit, val reopen: (String, UInt?) -> Unit, val seen: (String) -> Unit)

@Composable
fun TodayScreen(
    load: Load<TodayState>,
    model: ScreenViewModel,
    intents: TodayIntents,
    locale: String,
    messages: Int,
    leads: Boolean,
    go: (Route) -> Unit,
) {
    val texts = LocalTexts.current
    LoadedScreen<TodayState>(
        { texts.todayTitle },
        load,
        model,
        actions = {
            Action(Icons.Filled.Notifications, if (messages == 0) texts.messagesTitle else texts.messagesUnread(count = messages.toLong())) { go(Route.Messages) }
            Action(Icons.Filled.Settings, texts.settingsTitle) { go(Route.Settings) }
        },
    ) { state ->
        item { Text(texts.todayGreeting(name = state.name), style = MaterialTheme.typography.bodyLarge) }
        if (state.welcome) {
            item {
                Tile({ go(Route.Welcome) }, MaterialTheme.colorScheme.secondaryContainer) {
                    Text(texts.welcomeTitle, style = MaterialTheme.typography.titleMedium)
                    Text(texts.welcomeInvite)
                }
            }
        }
        for (notice in state.notices) item { Notice(notice) { intents.seen(notice.id) } }
        state.plan?.let { plan ->
            item { PlanGlance(plan, locale) { go(Route.Plan) } }
            val tasks = plan.tasks
            if (tasks.isEmpty() && plan.status is JourneyStatus.Running) item { Note(texts.todayAllDone) }
            items(tasks.size, { tasks[it].id }) { TaskTile(tasks[it], locale, intents.complete, intents.reopen, go) }
        }
        if (state.offers.isNotEmpty()) item { Heading(texts.offersTitle) }
        items(state.offers.size, { "offer/${state.offers[it].id}" }) { OfferGlance(state.offers[it]) { go(Route.Offers) } }
        if (state.reviewsDue > 0) {
            item {
                Tile({ go(Route.Reviews) }, MaterialTheme.colorScheme.tertiaryContainer) {
                    Text(texts.reviewsTitle, style = MaterialTheme.typography.titleMedium)
                    Text(texts.reviewsDue(count = state.reviewsDue.toLong()))
                }
            }
        }
        state.lesson?.let { lesson ->
            item {
                Tile({ go(Route.Lesson(lesson.id)) }, MaterialTheme.colorScheme.primaryContainer) {
                    Text(texts.todayNextLesson, style = MaterialTheme.typography.bodyMedium)
                    Text(lesson.title, style = MaterialTheme.typography.titleMedium)
                    Text(texts.lessonMinutes(count = lesson.minutes.toLong()))
                }
            }
        }
        if (leads) item { Secondary(texts.peopleTitle) { go(Route.People) } }
        item {
            Small(
                if (state.streak.days == 0u) texts.streakNone
                else if (state.streak.activeToday) texts.streakDays(count = state.streak.days.toLong())
                else texts.streakAtRisk(count = state.streak.days.toLong()),
            )
        }
    }
}

@Composable
private fun PlanGlance(plan: TodayView, locale: String, open: () -> Unit) {
    val texts = LocalTexts.current
    Tile(open) {
        when (val status = plan.status) {
            JourneyStatus.Running -> {
                Text(texts.planDay(day = plan.day.toLong(), days = plan.days.toLong()), style = MaterialTheme.typography.titleMedium)
                Progress(plan.percent.toInt())
                Small(texts.planProgress(percent = plan.percent.toLong(), count = plan.daysLeft.toLong()))
            }
            is JourneyStatus.Paused -> Text(texts.planPaused(date = date(status.until, locale)), style = MaterialTheme.typography.titleMedium)
            JourneyStatus.Over -> Text(texts.planOver, style = MaterialTheme.typography.titleMedium)
        }
        plan.goal?.let { goal ->
            Small(if (goal.reached == null) texts.planGoal(title = goal.task.title, done = goal.done.toLong(), of = goal.of.toLong()) else texts.planGoalReached(title = goal.task.title))
        }
        if (plan.moved > 0u) Small(texts.planMoved(count = plan.moved.toLong()))
    }
}

/** A task, with the way to do it: ticking it off, or where it is done by itself. */
@Composable
fun TaskTile(task: TaskView, locale: String, complete: (String, UInt?) -> Unit, reopen: (String, UInt?) -> Unit, go: (Route) -> Unit) {
    val texts = LocalTexts.current
    val way = way(task.kind)
    Tile(if (way != null) ({ go(way) }) else null) {
        Text(task.title, style = MaterialTheme.typography.titleMedium)
        if (task.why.isNotEmpty()) Text(task.why)
        task.because?.let { Small(texts.taskBecause(why = it)) }
        Small(texts.of(task.status, locale))
        if (task.of > 1u) Small(texts.taskProgress(done = task.done.toLong(), of = task.of.toLong()))
        when (task.kind) {
            TaskKindView.Checklist -> for (item in task.items) {
                CheckRow(item.text, item.done) { done -> if (done) complete(task.id, item.index) else reopen(task.id, item.index) }
            }
            TaskKindView.Sponsor, TaskKindView.Event ->
                CheckRow(texts.taskDone, task.status is TaskStatus.Done) { done -> if (done) complete(task.id, null) else reopen(task.id, null) }
            else -> Unit
        }
    }
}

/** Where it is done, where it is not ticked off. */
private fun way(kind: TaskKindView): Route? = when (kind) {
    is TaskKindView.Lesson -> Route.Lesson(kind.lesson)
    TaskKindView.Reviews -> Route.Reviews
    TaskKindView.Contacts, TaskKindView.Interactions, TaskKindView.FollowUps -> Route.Contacts
    TaskKindView.Sales, TaskKindView.Sponsor, TaskKindView.Event, TaskKindView.Checklist -> null
}

fun Texts.of(status: TaskStatus, locale: String): String = when (status) {
    is TaskStatus.Done -> taskStatusDone(date = date(status.day, locale))
    TaskStatus.Open -> taskStatusOpen
    TaskStatus.Upcoming -> taskStatusUpcoming
    is TaskStatus.Waiting -> taskStatusWaiting(titles = status.missing.joinToString { it.title })
    is TaskStatus.Moved -> taskStatusMoved(date = date(status.from, locale))
    TaskStatus.Lapsed -> taskStatusLapsed
}

@Composable
private fun Notice(notice: NoticeView, seen: () -> Unit) {
    val texts = LocalTexts.current
    Tile(color = MaterialTheme.colorScheme.secondaryContainer) {
        Text(
            when (val withdrawn = notice.withdrawn) {
                is WithdrawnView.Badge -> texts.noticeBadge(title = withdrawn.title)
                is WithdrawnView.Rule -> texts.noticeRule(why = withdrawn.why)
                WithdrawnView.Other -> texts.noticeOther
            },
        )
        if (notice.because.isNotEmpty()) Text(texts.noticeBecause(orders = notice.because.joinToString()))
        Quiet(texts.noticeSeen, seen)
    }
}
