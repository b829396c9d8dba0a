package app.qadam.ui

import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasText
import app.qadam.core.Backend
import app.qadam.core.LessonStatus
import app.qadam.core.PASSWORD
import app.qadam.core.until
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlinx.coroutines.delay

private const val FIRST = "what-this-business-is"

@OptIn(ExperimentalTestApi::class)
class EveningTest {
    @Test
    fun eveningFromTheInvitationToTheBadge() = screens { phones ->
        val (login, code) = Backend.invite()
        val phone = now { phones.fresh() }
        val process = Process()
        setContent { Within(process) { QadamApp(phone.qadam, platform(Backend.address)) } }

        // First start: a wrong code is explained, the right one signs in.
        await(texts.signInTitle)
        touch(texts.signInHaveCode)
        type(texts.signInCode, "no such code")
        type(texts.signInNewPassword, PASSWORD)
        touch(texts.signInBegin)
        await(texts.errorCodeInvalid)
        type(texts.signInCode, code)
        touch(texts.signInBegin)
        await(texts.todayTitle)
        now { phone.qadam.sync.now() }

        // The welcome, then the lesson, without a connection.
        touch(texts.welcomeInvite)
        touch(texts.welcomeBegin)
        await(texts.todayGreeting(name = "Aigerim"))
        awaitGone(texts.welcomeInvite)
        now { phone.goOffline() }
        await(texts.syncOffline.substringBefore('.'))
        touch(texts.learnTitle)
        val lesson = now { phone.qadam.learning.currentLesson(FIRST) }
        touch(lesson.summary.title)
        repeat(lesson.cards.size - 1) { touch(texts.lessonNext) }
        touch(texts.lessonQuiz)

        // Handed in without an answer: it is not passed, and the next draw comes at once.
        await(texts.quizQuestion(at = 1, of = lesson.quizSize.toLong()))
        takeQuiz(phone.qadam, FIRST, emptyMap())
        await(texts.quizTryAgain)
        touch(texts.quizAgain)
        await(texts.quizQuestion(at = 1, of = lesson.quizSize.toLong()))
        takeQuiz(phone.qadam, FIRST, solutions(phones, FIRST))
        await(texts.quizPassed(percent = 100).substringBefore('1'))
        val badge = now { phone.qadam.awards.current() }.badges.first { it.id == "first-lesson" }
        await(texts.progressBadge(title = badge.title))
        touch(texts.close)
        assertIs<LessonStatus.Completed>(now { phone.qadam.learning.currentLesson(FIRST) }.summary.status)

        // A contact, and a talk with one touch more.
        touch(hasContentDescription(texts.back) and hasClickAction())
        touch(hasText(texts.contactsTitle) and hasClickAction())
        touch(texts.contactsAdd)
        type(texts.contactName, "Данияр")
        touch(texts.save)
        touch(texts.channelCall)
        await(texts.contactLastTalk(date = "").trim())

        // Back online, everything goes, and is on the second device too.
        phone.goOnline()
        now {
            phone.qadam.sync.status.until { it.pending == 0u }
            val second = phones.another(login)
            second.qadam.contacts.pages().until { page -> page.contacts.singleOrNull()?.let { it.name == "Данияр" && it.lastInteraction != null } == true }
            second.qadam.learning.lesson(FIRST).until { it.summary.status == LessonStatus.Completed }
        }
    }

    @Test
    fun quizGoesOnAfterTheBatteryDied() = screens { phones ->
        val (phone, _) = now { phones.ofNewPerson() }
        var life by mutableStateOf(Process() to phone.qadam)
        setContent { key(life) { Within(life.first) { QadamApp(life.second, platform()) } } }
        val lesson = now { phone.qadam.learning.currentLesson(FIRST) }
        val known = solutions(phones, FIRST)
        fun toTheLesson() {
            touch(hasText(texts.learnTitle) and hasClickAction())
            touch(lesson.summary.title)
            repeat(lesson.cards.size - 1) { touch(texts.lessonNext) }
        }
        toTheLesson()
        touch(texts.lessonQuiz)
        await(texts.quizQuestion(at = 1, of = lesson.quizSize.toLong()))
        val first = now { phone.qadam.learning.quiz(FIRST) }.questions.first()
        answer(first, known.getValue(first.id))
        now { while (phone.qadam.learning.quiz(FIRST).answers.first() == null) delay(10) }

        // Nothing but the phone's directory is left.
        life.first.viewModelStore.clear()
        phone.qadam.close()
        life = Process() to now { phone.open() }
        await(texts.todayTitle)
        toTheLesson()
        touch(texts.lessonQuizContinue)
        await(texts.quizQuestion(at = 2, of = lesson.quizSize.toLong()))
        assertEquals(known[first.id], now { phone.qadam.learning.quiz(FIRST) }.answers.first())
    }
}
