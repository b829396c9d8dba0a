package app.qadam.core

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.seconds

class LearningTest {
    @Test
    fun lessonTakenOfflineShowsOnTheSecondDevice() = scenario { phones ->
        val (phone, login) = phones.ofNewPerson()
        val second = phones.another(login)
        phone.goOffline()

        val lesson = phone.qadam.learning.currentLesson(FIRST)
        assertEquals(LessonStatus.Open, lesson.summary.status)
        assertTrue(lesson.cards.isNotEmpty())
        val result = pass(phone.qadam, FIRST)
        assertTrue(result.percent >= result.passPercent)
        assertEquals(listOf(FIRST), result.progress.completed.map { it.id })
        assertTrue(result.progress.unlocked.any { it.id == SECOND })
        assertTrue(result.progress.badges.any { it.id == "first-lesson" && it.earned != null })
        assertTrue(result.progress.points >= 20u)
        assertEquals(1u, phone.qadam.awards.current().streak.days)
        assertTrue(phone.qadam.sync.currentStatus().pending > 0u)
        assertEquals(LessonStatus.Open, second.qadam.learning.currentLesson(FIRST).summary.status)

        phone.goOnline()
        phone.qadam.sync.status.until { it.pending == 0u }
        val seen = second.qadam.learning.lesson(FIRST).until { it.summary.status == LessonStatus.Completed }
        assertEquals(phone.qadam.learning.currentLesson(FIRST).summary, seen.summary)
        // Each phone's clock has an error of its own, so midnight comes to each at its own time.
        val awards = listOf(phone, second).map { it.qadam.awards.current().copy(validUntil = 0) }
        assertEquals(awards[0], awards[1])
    }

    @Test
    fun everyKindOfAnswerCrossesTheBorder() = scenario(120.seconds) { phones ->
        val (phone, _) = phones.ofNewPerson()
        val qadam = phone.qadam
        val right = mutableSetOf<Class<out AnswerInput>>()

        // The quizzes of these lessons can be taken again at once, and tell what would have been right.
        suspend fun learnUntil(lesson: String, kinds: Set<Class<out AnswerInput>>) {
            val known = mutableMapOf<String, AnswerInput>()
            repeat(20) {
                if (right.containsAll(kinds)) return
                val result = attempt(qadam, lesson, known)
                right += result.graded.filter { it.verdict == VerdictView.RIGHT }.map { it.solution.javaClass }
            }
            assertTrue(right.containsAll(kinds), "$right")
        }
        learnUntil(
            FIRST,
            setOf(
                AnswerInput.Single::class.java,
                AnswerInput.Multiple::class.java,
                AnswerInput.TrueFalse::class.java,
                AnswerInput.Text::class.java,
                AnswerInput.Match::class.java,
                AnswerInput.Path::class.java,
            ),
        )
        // This one makes who fails wait, so its answers are known here.
        val quiz = qadam.learning.quiz(SECOND)
        for (question in quiz.questions) qadam.learning.answer(SECOND, question.id, honestEarnings(question))
        assertEquals(quiz.questions.map { honestEarnings(it) }, qadam.learning.quiz(SECOND).answers)
        val result = qadam.learning.handIn(SECOND)
        assertTrue(result.passed, "${result.graded}")
        // Two of the pool's six questions ask for a number, and four are drawn.
        right += result.graded.map { it.solution.javaClass }
        pass(qadam, THIRD)
        learnUntil(THIRD, setOf(AnswerInput.Order::class.java, AnswerInput.Number::class.java))
        assertEquals(8, right.size)
    }

    @Test
    fun failedQuizExplainsAndWaits() = scenario { phones ->
        val (phone, _) = phones.ofNewPerson()
        val qadam = phone.qadam
        pass(qadam, FIRST)
        qadam.learning.quiz(SECOND)
        val result = qadam.learning.handIn(SECOND)
        assertFalse(result.passed)
        assertEquals(0u, result.percent)
        assertTrue(result.graded.all { it.verdict == VerdictView.WRONG && it.explanation.isNotEmpty() })
        val status = assertIs<LessonStatus.Waiting>(qadam.learning.currentLesson(SECOND).summary.status)
        // By this phone's clock, whose error is measured anew with each exchange.
        assertEquals(0, (status.until - checkNotNull(result.waitUntil)) / 1_000)
        assertFailsWith<QadamException.LessonLocked> { qadam.learning.quiz(SECOND) }
    }

    @Test
    fun lockedLessonIsTyped() = scenario { phones ->
        val (phone, _) = phones.ofNewPerson()
        val status = phone.qadam.learning.currentLesson(SECOND).summary.status
        assertEquals(listOf(FIRST), assertIs<LessonStatus.Locked>(status).missing.map { it.id })
        assertFailsWith<QadamException.LessonLocked> { phone.qadam.learning.quiz(SECOND) }
    }
}

private const val FIRST = "what-this-business-is"
private const val SECOND = "honest-earnings"
private const val THIRD = "knowing-one-product"

/** Takes the lesson's quiz with what is known, and learns from what comes back. */
private suspend fun attempt(qadam: Qadam, lesson: String, known: MutableMap<String, AnswerInput>): QuizResultView {
    for (question in qadam.learning.quiz(lesson).questions) {
        known[question.id]?.let { qadam.learning.answer(lesson, question.id, it) }
    }
    return qadam.learning.handIn(lesson).also { result -> result.graded.associateTo(known) { it.question to it.solution } }
}

/** Reads a lesson and takes its quiz until it is passed. */
private suspend fun pass(qadam: Qadam, lesson: String): QuizResultView {
    qadam.learning.finishReading(lesson)
    val known = mutableMapOf<String, AnswerInput>()
    repeat(20) {
        val result = attempt(qadam, lesson, known)
        if (result.passed) return result
    }
    throw AssertionError("not passed with all that is known: $known")
}

/** The right answers of the sample's second lesson. */
private fun honestEarnings(question: QuestionView): AnswerInput = when (val kind = question.kind) {
    is QuestionKind.Single -> AnswerInput.Single(kind.options.single { it.text.startsWith("Most people earn a little") }.index)
    is QuestionKind.Multiple ->
        AnswerInput.Multiple(kind.options.filterNot { it.text.startsWith("The price") }.map { it.index }.sorted())
    is QuestionKind.Numeric -> AnswerInput.Number(if (question.id == "what-is-left") "25" else "2")
    is QuestionKind.ShortText -> AnswerInput.Text("Turnover")
    is QuestionKind.Scenario ->
        AnswerInput.Path(
            kind.steps.map { step -> step.options.single { "So far very little" in it.text || "For a sure sum" in it.text }.index },
        )
    else -> throw AssertionError("$question")
}
