package app.qadam.ui

import app.qadam.core.AnswerInput
import app.qadam.core.ComparedSideView
import app.qadam.core.ComparedView
import app.qadam.core.LessonRef
import app.qadam.core.NudgeCategory
import app.qadam.core.NudgeView
import app.qadam.core.NudgeWindow
import app.qadam.core.OfferStatus
import app.qadam.core.OfferUnit
import app.qadam.core.OfferView
import app.qadam.core.Qadam
import app.qadam.core.RefusalReason
import app.qadam.core.RefusalSubject
import app.qadam.core.RefusalView
import app.qadam.core.ReminderStatus
import app.qadam.core.ReminderView
import app.qadam.core.ReviewCardView
import app.qadam.core.ReviewResultView
import app.qadam.core.SignalLessonView
import app.qadam.core.SignalView
import app.qadam.core.SyncProblem
import app.qadam.core.SyncState
import app.qadam.core.Texts
import app.qadam.core.VerdictView
import app.qadam.core.WhyView
import java.time.LocalDate

private const val FIRST = "what-this-business-is"

/** A screen's model, where its state is given. */
object NoModel : ScreenViewModel()

val noQuiz = QuizIntents({}, {}, {}, {}, {})
val noToday = TodayIntents({ _, _ -> }, { _, _ -> }, {})
val noReviews = ReviewsIntents({}, {}, {}, {})

/** States that a new phone reaches only after days, made of the content's own words and what the core says of a failed quiz. */
class Given(
    val failed: QuizState,
    val passed: QuizState,
    val reviews: ReviewsState,
    val reviewed: ReviewsState,
    val messages: List<NudgeView>,
    val why: WhyState,
    val people: List<PersonState>,
    val refused: SyncScreenState,
    val offers: List<OfferView>,
    val reminders: List<ReminderView>,
    val today: TodayState,
    val me: MeState,
) {
    companion object {
        suspend fun of(qadam: Qadam, locale: String): Given {
            val texts = Texts(locale)
            val quiz = qadam.learning.quiz(FIRST)
            val failed = qadam.learning.handIn(FIRST)
            val awards = qadam.awards.current()
            val lesson = qadam.learning.currentCourses().courses.first().lessons.first()
            val graded = failed.graded.map { it.copy(verdict = VerdictView.RIGHT) }
            val progress = failed.progress.copy(
                points = 21u,
                badges = awards.badges.take(2),
                level = awards.nextLevel,
                unlocked = listOf(LessonRef(lesson.id, lesson.title)),
            )
            val passed = failed.copy(passed = true, percent = 100u, graded = graded, progress = progress)
            val stack = qadam.reviews.currentStack()
            val card = ReviewCardView(FIRST, quiz.title, quiz.questions.first())
            val mark = failed.graded.first { it.question == card.question.id }
            val result = ReviewResultView(mark, "2026-11-29", failed.progress)
            val messages = NudgeCategory.entries.mapIndexed { index, category ->
                NudgeView("$index", category, texts.reviewsTitle, texts.reviewsDue(count = 21), 1_700_000_000_000, true, index > 1)
            }
            val compared = listOf(
                ComparedView(ComparedSideView("lesson.$FIRST.best", lesson.title, null, 40), "<", ComparedSideView(null, null, null, 60), true),
                ComparedView(ComparedSideView("volume", null, null, 12_000), "<", ComparedSideView("volume.goal", null, 80u, 16_000), true),
            )
            val why = WhyView("reviews-due", texts.reviewsEmpty, NudgeCategory.LEARNING, compared, NudgeWindow.WEEK, "evening", 50u, false)
            val signal = SignalView(
                "1", "A-1", "Айгерім Серікбайқызы", texts.streakAtRisk(count = 5), texts.welcomeInvite,
                SignalLessonView(lesson.id, lesson.title), "2026-11-24", 1u,
            )
            val subjects = listOf(
                RefusalSubject.Lesson(FIRST), RefusalSubject.Review(FIRST), RefusalSubject.Task("task"), RefusalSubject.Contact("1"),
                RefusalSubject.Settings, RefusalSubject.Other("other"),
            )
            val refusals = subjects.zip(RefusalReason.entries).mapIndexed { index, (subject, reason) ->
                RefusalView("$index", subject, reason, 1_700_000_000_000)
            }
            val status = qadam.sync.currentStatus().copy(
                state = SyncState.Waiting(1_700_000_000_000, SyncProblem.NOT_QADAM),
                pending = 21u,
                kept = 5u,
                setAside = listOf("outbox-2026-11-24.json"),
            )
            val offers = OfferStatus.entries.flatMapIndexed { index, status ->
                OfferUnit.entries.map { unit ->
                    OfferView(
                        "$index/$unit", lesson.title, texts.settingsExportWhat, 500, 121L * index, unit, "2026-11-01", "2027-01-31",
                        index.toUInt() * 5u, status, "three-customers", texts.offersEmpty, compared,
                    )
                }
            }
            val reminders = ReminderStatus.entries.mapIndexed { index, status ->
                ReminderView("$index", texts.welcomeInvite, "2026-11-24", 22u * 60u + 30u, status)
            }
            val now = checkNotNull(qadam.journey.currentToday()) { "the sample company has a plan" }
            val plan = now.copy(tasks = now.tasks.map { it.copy(because = texts.offersEmpty) })
            val today = LocalDate.of(2026, 11, 24)
            fun days(vararg ago: Long) = ago.map { today.minusDays(it).toString() }
            val streak = awards.streak.copy(days = 21u, freezes = 1u, longest = 21u, active = days(9, 8, 6, 5, 1, 0), frozen = days(7, 4))
            val skipped = quiz.questions.map { AnswerInput.Skipped }
            return Given(
                QuizState(quiz, 0, skipped, failed),
                QuizState(quiz, 0, skipped, passed),
                ReviewsState(stack.copy(cards = listOf(card, card)), card, null, null, null),
                ReviewsState(stack, card, AnswerInput.Skipped, mark, result),
                messages,
                WhyState(messages.first(), why, qadam.nudges.settings()),
                listOf(PersonState(signal, "+7 701 000 00 00"), PersonState(signal.copy(id = "2"), "")),
                SyncScreenState(status, refusals),
                offers,
                reminders,
                TodayState("Айгерім", plan, lesson, 21, streak, emptyList(), offers.take(2), welcome = true),
                MeState(awards.copy(streak = streak), qadam.results.current(), today),
            )
        }
    }
}
