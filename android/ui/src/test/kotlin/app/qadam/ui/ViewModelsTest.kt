package app.qadam.ui

import androidx.lifecycle.SavedStateHandle
import app.qadam.core.AnswerInput
import app.qadam.core.Backend
import app.qadam.core.Channel
import app.qadam.core.ContactEdit
import app.qadam.core.EaseInput
import app.qadam.core.Network
import app.qadam.core.NudgeCategory
import app.qadam.core.OfferStatus
import app.qadam.core.PASSWORD
import app.qadam.core.Phone
import app.qadam.core.Phones
import app.qadam.core.Qadam
import app.qadam.core.QadamException
import app.qadam.core.RefusalSubject
import app.qadam.core.ReminderStatus
import app.qadam.core.ReminderView
import app.qadam.core.SessionView
import app.qadam.core.SyncState
import app.qadam.core.TaskStatus
import app.qadam.core.TaskView
import app.qadam.core.VerdictView
import app.qadam.core.Zone
import app.qadam.core.until
import java.nio.file.Files
import java.nio.file.Path
import java.time.LocalDate
import java.time.OffsetDateTime
import java.time.ZoneOffset
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNotEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.async
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.resetMain
import kotlinx.coroutines.test.setMain
import kotlinx.coroutines.withTimeout

private const val FIRST = "what-this-business-is"

/** A test of view models on the real core and a real server, in real time. */
@OptIn(ExperimentalCoroutinesApi::class)
private fun models(test: suspend CoroutineScope.(Phones) -> Unit) {
    Dispatchers.setMain(UnconfinedTestDispatcher())
    try {
        Phones().use { phones -> runBlocking(Dispatchers.Default) { withTimeout(60.seconds) { test(phones) } } }
    } finally {
        Dispatchers.resetMain()
    }
}

class ViewModelsTest {
    @Test
    fun signingInTellsWhatIsWrong() = models { phones ->
        val phone = phones.fresh()
        val login = phones.newPerson(phone)
        val model = SignInViewModel(phone.qadam, platform(), SavedStateHandle())
        model.change(model.state.value.copy(server = "http://127.0.0.1:1", login = login, password = "wrong password"))
        model.signIn()
        assertIs<QadamException.Unreachable>(model.failure.until { it != null })
        model.change(model.state.until { !it.busy }.copy(server = Backend.address))
        model.signIn()
        assertIs<QadamException.WrongCredentials>(model.failure.until { it is QadamException.WrongCredentials })
        model.change(model.state.until { !it.busy }.copy(password = PASSWORD))
        model.signIn()
        val app = AppViewModel(phone.qadam)
        assertIs<AppState.SignedIn>(app.state.until { it.value is AppState.SignedIn }.value)
    }

    @Test
    fun scannedCodeFillsTheForm() = models { phones ->
        val model = SignInViewModel(phones.fresh().qadam, platform(), SavedStateHandle())
        model.scanned("qadam://join?server=https%3A%2F%2Fqadam.example&code=W4ZW-J9FM")
        assertEquals(SignInState("https://qadam.example", code = "W4ZW-J9FM", withCode = true), model.state.value)
    }

    @Test
    fun unfinishedQuizIsThereAfterTheProcessDied() = models { phones ->
        val (phone, _) = phones.ofNewPerson()
        val saved = SavedStateHandle()
        val before = QuizViewModel(phone.qadam, FIRST, saved)
        val quiz = assertNotNull(before.state.until { it.value != null }.value)
        before.answer(AnswerInput.Skipped)
        before.next()
        before.answer(AnswerInput.Skipped)
        while (phone.qadam.learning.quiz(FIRST).answers.count { it != null } < 2) delay(10)
        phone.qadam.close()

        phone.open()
        // The saved state came back, or was lost too.
        for (handle in listOf(saved, SavedStateHandle())) {
            val after = assertNotNull(QuizViewModel(phone.qadam, FIRST, handle).state.until { it.value != null }.value)
            assertEquals(quiz.quiz.questions, after.quiz.questions)
            assertEquals(2, after.answers.count { it != null })
            assertEquals(if (handle === saved) 1 else 2, after.at)
        }
    }

    @Test
    fun failedQuizIsTakenAgainAndPassed() = models { phones ->
        val known = solutions(phones, FIRST)
        val (phone, _) = phones.ofNewPerson()
        val lesson = LessonViewModel(phone.qadam, FIRST, SavedStateHandle())
        val first = assertNotNull(lesson.state.until { it.value != null }.value)
        assertEquals(0, first.card)
        for (card in 1 until first.lesson.cards.size) {
            lesson.state.until { state ->
                if ((state.value?.card ?: card) < card) lesson.next()
                state.value?.card == card
            }
        }
        assertTrue(assertNotNull(lesson.state.until { it.value?.last == true }.value).hasQuiz)
        var opened = false
        // The state is looked at, as by a screen, while the lesson is finished.
        val screen = launch { lesson.state.collect {} }
        lesson.finish { opened = true }.join()
        screen.cancel()
        assertTrue(opened)

        val quiz = QuizViewModel(phone.qadam, FIRST, SavedStateHandle())
        quiz.state.until { it.value != null }
        quiz.handIn()
        assertEquals(false, quiz.state.until { it.value?.result != null }.value?.result?.passed)
        quiz.again()
        val draw = assertNotNull(quiz.state.until { it.value != null && it.value?.result == null }.value)
        assertEquals(2u, draw.quiz.attempt)
        for (question in draw.quiz.questions) {
            quiz.answer(known.getValue(question.id))
            quiz.next()
        }
        assertEquals(0, quiz.state.value.value?.unanswered)
        quiz.handIn()
        val result = assertNotNull(quiz.state.until { it.value?.result != null }.value?.result)
        assertTrue(result.passed)
        assertEquals(100u, result.percent)

        val awards = assertNotNull(MeViewModel(phone.qadam).state.until { (it.value?.awards?.points ?: 0) > 0 }.value).awards
        assertNotNull(awards.badges.first { it.id == "first-lesson" }.earned)
        val next = assertNotNull(TodayViewModel(phone.qadam).state.until { it.value?.lesson != null }.value)
        assertNotEquals(FIRST, next.lesson?.id)
    }

    @Test
    fun welcomeIsSeenOnce() = models { phones ->
        val (phone, _) = phones.ofNewPerson()
        val today = TodayViewModel(phone.qadam)
        val state = assertNotNull(today.state.until { it.value != null }.value)
        assertTrue(state.welcome)
        assertEquals("Aigerim", state.name)
        val model = WelcomeViewModel(phone.qadam)
        val welcome = assertNotNull(model.state.until { it.value != null }.value)
        assertTrue(welcome.letter.isNotEmpty())
        var finished = false
        model.finish { finished = true }.join()
        assertTrue(finished)
        today.look()
        today.state.until { it.value?.welcome == false }
    }

    @Test
    fun newPersonFindsCoursesAndEmptyLists() = models { phones ->
        val (phone, _) = phones.ofNewPerson()
        val courses = assertNotNull(LearnViewModel(phone.qadam).state.until { it.value != null }.value).courses
        assertEquals(FIRST, courses.flatMap { it.lessons }.first().id)
        assertNull(assertNotNull(ReviewsViewModel(phone.qadam).state.until { it.value != null }.value).card)
        assertEquals(emptyList(), PeopleViewModel(phone.qadam).state.until { it.value != null }.value)
        assertEquals(emptyList(), MessagesViewModel(phone.qadam).state.until { it.value != null }.value)
        val found = assertNotNull(ContactsViewModel(phone.qadam, SavedStateHandle()).state.until { it.value != null }.value)
        assertTrue(found.contacts.isEmpty() && !found.more)
    }

    @Test
    fun syncTellsWhatWaits() = models { phones ->
        val (phone, _) = phones.ofNewPerson()
        phone.goOffline()
        val model = SyncViewModel(phone.qadam)
        model.state.until { it.value?.status?.state == SyncState.Offline }
        phone.qadam.contacts.add(ContactEdit(name = "Данияр"))
        model.state.until { (it.value?.status?.pending ?: 0u) > 0u }
        phone.goOnline()
        model.now()
        val state = assertNotNull(model.state.until { it.value?.status?.pending == 0u && it.value?.status?.state == SyncState.Idle }.value)
        assertNull(model.failure.value)
        assertNotNull(state.status.lastSuccess)
        assertTrue(state.refusals.isEmpty())
    }

    @Test
    fun contactIsKeptOfflineAndFollowedUp() = models { phones ->
        val (phone, login) = phones.ofNewPerson()
        phone.goOffline()
        val edit = ContactEditViewModel(phone.qadam, null, SavedStateHandle())
        edit.change(ContactEditState("Айгерім", "+7 701 000 00 00", birthday = "17.05"))
        var id: String? = null
        edit.save { id = it }.join()
        val contact = ContactViewModel(phone.qadam, assertNotNull(id))
        contact.log(Channel.CALL, "tea").join()
        contact.followUp(3).join()
        val kept = assertNotNull(contact.state.until { it.value?.contact?.followUp != null }.value?.contact)
        assertEquals(LocalDate.now().plusDays(3).toString(), kept.followUp)
        assertEquals("05-17", kept.birthday)
        assertEquals(listOf("tea"), kept.interactions.map { it.note })

        val list = ContactsViewModel(phone.qadam, SavedStateHandle())
        list.search("айг")
        assertEquals(listOf("А"), list.state.until { it.value?.contacts?.size == 1 }.value?.byLetter?.map { it.first })
        val app = AppViewModel(phone.qadam)
        val state = assertIs<AppState.SignedIn>(app.state.until { (it.value as? AppState.SignedIn)?.sync?.state == SyncState.Offline }.value)
        assertTrue(state.sync.pending > 0u)

        phone.goOnline()
        val second = phones.another(login)
        ContactsViewModel(second.qadam, SavedStateHandle()).state.until { it.value?.contacts?.singleOrNull()?.name == "Айгерім" }
        contact.delete {}.join()
        assertNull(contact.state.until { it.value != null && it.value?.contact == null }.value?.contact)
    }

    @Test
    fun longListOfContactsComesByPages() = models { phones ->
        val (phone, _) = phones.ofNewPerson()
        repeat(120) { phone.qadam.contacts.add(ContactEdit(name = "Name ${it.toString().padStart(3, '0')}")) }
        val model = ContactsViewModel(phone.qadam, SavedStateHandle())
        assertTrue(assertNotNull(model.state.until { it.value?.contacts?.size == 50 }.value).more)
        for (size in listOf(50, 100, 120)) {
            val state = assertNotNull(model.state.until { state ->
                if ((state.value?.contacts?.size ?: 0) < size) model.more()
                state.value?.contacts?.size == size
            }.value)
            assertEquals(state.contacts.map { it.name }.distinct().sorted(), state.contacts.map { it.name })
        }
    }

    @Test
    fun planIsTickedAndPaused() = models { phones ->
        val (phone, _) = phones.ofNewPerson()
        val model = PlanViewModel(phone.qadam)
        assertNotNull(model.state.until { it.value?.journey != null })
        model.complete("meet-your-sponsor").join()
        model.state.until { load ->
            load.value?.journey?.phases?.flatMap { it.tasks }?.find { it.id == "meet-your-sponsor" }?.status is TaskStatus.Done
        }
        model.pause(7).join()
        val pause = assertNotNull(model.state.until { it.value?.journey?.pauses?.any { pause -> pause.current } == true }.value?.journey?.pauses?.single())
        model.resume(pause.id).join()
        model.state.until { it.value?.journey?.pauses?.isEmpty() == true }
        model.complete("what-this-is").join()
        assertIs<QadamException.TaskCompletesItself>(model.failure.value)
    }

    @Test
    fun choicesAreKept() = models { phones ->
        val (phone, _) = phones.ofNewPerson()
        val model = SettingsViewModel(phone.qadam, platform())
        assertNotNull(model.state.until { it.value != null })
        model.locale("ru").join()
        model.switch(NudgeCategory.COMPANY, on = false).join()
        model.bestHour(20).join()
        model.pause(7).join()
        model.media(onMetered = true).join()
        model.askDevices().join()
        // The language changes once its content is there.
        val state = assertNotNull(model.state.until { it.value?.devices != null && it.value?.settings?.mediaOnMetered == true && it.value?.settings?.locale == "ru" }.value)
        assertEquals(listOf(NudgeCategory.COMPANY), state.nudges.off)
        assertEquals(20u * 60u, state.nudges.best)
        assertEquals(LocalDate.now().plusDays(6).toString(), state.nudges.paused)
        assertTrue(assertNotNull(state.devices).single().isThis)
    }

    @Test
    fun signingOutSendsWhatWaits() = models { phones ->
        val (phone, login) = phones.ofNewPerson()
        phone.goOffline()
        phone.qadam.contacts.add(ContactEdit(name = "Данияр"))
        val model = SettingsViewModel(phone.qadam, platform())
        model.signOut().join()
        assertNull(model.failure.value)
        AppViewModel(phone.qadam).state.until { it.value == AppState.SignedOut }
        val second = phones.another(login)
        assertEquals(listOf("Данияр"), second.qadam.contacts.page().contacts.map { it.name })
    }

    @Test
    fun reminderIsWrittenChangedAndDone() = models { phones ->
        val (phone, login) = phones.ofNewPerson()
        phone.goOffline()
        val list = RemindersViewModel(phone.qadam)
        assertEquals(emptyList(), list.state.until { it.value != null }.value)
        val saved = SavedStateHandle()
        val fresh = ReminderEditViewModel(phone.qadam, null, "Данияр", saved)
        assertEquals(LocalDate.now().plusDays(1), fresh.state.value.date)
        fresh.change(fresh.state.value.copy(day = "31.2.x", time = "24:61"))
        assertTrue(!fresh.state.value.complete)
        var left = false
        fresh.save { left = true }.join()
        assertTrue(!left && phone.qadam.reminders.current().isEmpty(), "what is no date is not saved")
        fresh.change(fresh.state.value.copy(time = " 22:05 "))
        fresh.inDays(3)
        // Typed, and the process died.
        val again = ReminderEditViewModel(phone.qadam, null, "Данияр", saved)
        assertEquals(fresh.state.value, again.state.value)
        again.save { left = true }.join()
        assertTrue(left)
        val kept = assertNotNull(list.state.until { it.value?.size == 1 }.value).single()
        assertEquals(ReminderView(kept.id, "Данияр", LocalDate.now().plusDays(3).toString(), 22u * 60u + 5u, ReminderStatus.COMING), kept)

        val edit = ReminderEditViewModel(phone.qadam, kept.id, "", SavedStateHandle())
        edit.change(edit.state.until { it.complete }.copy(text = "Call Данияр"))
        edit.save {}.join()
        assertEquals(kept.copy(text = "Call Данияр"), list.state.until { it.value?.single()?.text == "Call Данияр" }.value?.single())
        edit.change(edit.state.value.copy(day = "1.1.2020"))
        edit.save {}.join()
        assertIs<QadamException.Invalid>(edit.failure.value)
        phone.goOnline()
        val second = RemindersViewModel(phones.another(login).qadam)
        second.state.until { it.value?.singleOrNull()?.text == "Call Данияр" }
        second.finish(kept.id, done = true).join()
        list.state.until { it.value?.single()?.status == ReminderStatus.DONE }
        list.delete(kept.id).join()
        second.state.until { it.value?.isEmpty() == true }
        val gone = ReminderEditViewModel(phone.qadam, kept.id, "", SavedStateHandle())
        assertIs<QadamException.NotFound>(gone.failure.until { it != null })
    }

    @Test
    fun saleOpensATaskWithItsReasonAndTellsTheSponsor() = models { phones ->
        val (phone, login) = phones.ofNewPerson()
        val (sponsor, _) = phones.ofNewPerson()
        val me = distributor(phone)
        val above = distributor(sponsor)
        Backend.importTeam(
            "id,sponsor,name,phone,rank,personal,group,active,joined,city\n" +
                "$above,,Сауле,+7 701 000 00 01,gold,0,900,1,2026-11-20,Almaty\n" +
                "$me,$above,Айгерім,+7 701 000 00 02,gold,0,900,1,2026-11-20,Almaty\n",
        )
        Backend.mentor(login, above)
        val today = LocalDate.now(ZoneOffset.UTC)
        Backend.importResults("sales", "id,version,distributor,day,volume,buyer,status\norder-$me,1,$me,$today,300,customer,confirmed\n")

        fun because(tasks: List<TaskView>?) = tasks?.find { it.id == "tell-your-sponsor" }?.because
        val plan = PlanViewModel(phone.qadam).state.until { because(it.value?.journey?.phases?.flatMap { phase -> phase.tasks }) != null }
        assertTrue(because(plan.value?.journey?.phases?.flatMap { it.tasks }).orEmpty().isNotBlank())

        val people = PeopleViewModel(sponsor.qadam)
        val person = assertNotNull(people.state.until { it.value?.singleOrNull()?.phone.orEmpty().isNotEmpty() }.value).single()
        assertEquals(me, person.signal.about)
        assertEquals("+7 701 000 00 02", person.phone)
        assertTrue(person.signal.why.isNotBlank() && person.signal.say.isNotBlank())
        people.finish(person.signal.id)
        people.state.until { it.value?.isEmpty() == true }
    }

    @Test
    fun offerStandsOnTodayUntilItIsReached() = models { phones ->
        val (phone, _) = phones.ofNewPerson()
        val offers = OffersViewModel(phone.qadam)
        assertEquals(emptyList(), offers.state.until { it.value != null }.value)
        val me = distributor(phone)
        fun sell(order: String, day: String) =
            Backend.importResults("sales", "id,version,distributor,day,volume,buyer,status\n$order-$me,1,$me,$day,300,customer,confirmed\n")
        sell("first", LocalDate.now(ZoneOffset.UTC).toString())
        val offer = assertNotNull(offers.state.until { it.value?.isNotEmpty() == true }.value).single()
        assertEquals(OfferStatus.OPEN, offer.status)
        val today = TodayViewModel(phone.qadam)
        assertEquals(listOf(offer.id), today.state.until { it.value?.offers?.isNotEmpty() == true }.value?.offers?.map { it.id })
        for (order in listOf("second", "third", "fourth")) sell(order, offer.from)
        val reached = assertNotNull(offers.state.until { it.value?.single()?.status == OfferStatus.REACHED }.value).single()
        assertEquals(100, reached.percent)
        today.state.until { it.value?.offers?.isEmpty() == true }
    }

    @Test
    fun messageOfASaleSaysWhyItCameAndHowToStopIt() = models { phones ->
        // Noon at the person's place, on the same date as at the server: no nudge comes at night.
        val ahead = (12 - OffsetDateTime.now(ZoneOffset.UTC).hour) * 60
        val phone = phones.unopened()
        phone.open(
            zone = object : Zone {
                override fun offset(at: Long): Int = ahead
            },
        )
        phone.signIn(phones.newPerson(phone))
        val qadam = phone.qadam
        qadam.nudges.setBestMinute(8u * 60u)
        val list = MessagesViewModel(qadam)
        assertEquals(emptyList(), list.state.until { it.value != null }.value)
        val me = distributor(phone)
        val today = LocalDate.now(ZoneOffset.UTC)
        Backend.importResults("sales", "id,version,distributor,day,volume,buyer,status\norder-$me,1,$me,$today,300,customer,confirmed\n")
        qadam.results.changes.until { it.sales.isNotEmpty() }
        // Nothing may be shown, so it waits in the messages.
        val message = async {
            assertNotNull(list.state.until { it.value?.isNotEmpty() == true }.value).single()
        }
        while (message.isActive) {
            qadam.nudges.plan(permission = false)
            delay(50)
        }
        assertEquals(NudgeCategory.BUSINESS, message.await().category)

        val model = WhyViewModel(qadam, message.await().id)
        val why = assertNotNull(model.state.until { it.value != null }.value)
        assertEquals("first-sale", why.why.rule)
        assertTrue(why.why.why.isNotBlank())
        assertEquals(false, why.message?.opened)
        model.opened().join()
        model.state.until { it.value?.message?.opened == true }
        list.state.until { it.value?.single()?.opened == true }
        model.never("first-sale", never = true)
        model.switch(NudgeCategory.BUSINESS, on = false)
        val stopped = assertNotNull(model.state.until { it.value?.why?.never == true && it.value?.settings?.off?.isNotEmpty() == true }.value)
        assertEquals(listOf(NudgeCategory.BUSINESS), stopped.settings.off)
        val unknown = WhyViewModel(qadam, "no id")
        assertIs<QadamException.NotFound>(assertIs<Load.Failed>(unknown.state.until { it is Load.Failed }).problem)
    }

    private suspend fun pass(qadam: Qadam, known: Map<String, AnswerInput>) {
        qadam.learning.finishReading(FIRST)
        for (question in qadam.learning.quiz(FIRST).questions) known[question.id]?.let { qadam.learning.answer(FIRST, question.id, it) }
        assertTrue(qadam.learning.handIn(FIRST).passed)
    }

    private suspend fun distributor(phone: Phone): String = (phone.qadam.session.current() as SessionView.SignedIn).account.distributor

    @Test
    fun rightReviewIsKeptOnceItsEaseIsSaidAndAnotherAtOnce() = models { phones ->
        val known = solutions(phones, FIRST)
        for (isRight in listOf(true, false)) {
            // From the far west to the far east it is a day later at least, and what was skipped is due.
            var offset = -12 * 60
            val phone = phones.unopened()
            phone.open(
                zone = object : Zone {
                    override fun offset(at: Long): Int = offset
                },
            )
            phone.signIn(phones.newPerson(phone))
            val skipped = phone.qadam.learning.quiz(FIRST).questions.first().id
            pass(phone.qadam, known - skipped)
            val model = ReviewsViewModel(phone.qadam)
            assertEquals(emptyList(), assertNotNull(model.state.until { it.value != null }.value).stack.cards)
            offset = 14 * 60
            phone.qadam.foreground(Network.UNMETERED)

            val due = assertNotNull(model.state.until { it.value?.card != null }.value)
            assertEquals(listOf(skipped), due.stack.cards.map { it.question.id })
            model.answer(if (isRight) known.getValue(skipped) else AnswerInput.Skipped)
            model.check()
            val graded = assertNotNull(model.state.until { it.value?.graded != null }.value)
            if (isRight) {
                assertEquals(VerdictView.RIGHT, graded.graded?.verdict)
                assertNull(graded.result)
                assertEquals(1, graded.stack.cards.size)
                model.ease(EaseInput.GOOD)
            }
            val kept = assertNotNull(model.state.until { it.value?.result != null && it.value?.stack?.cards?.isEmpty() == true }.value)
            assertEquals(due.card, kept.card, "it is shown with its result, though it has left the stack")
            assertEquals(isRight, kept.result?.graded?.verdict == VerdictView.RIGHT)
            model.next()
            assertNull(model.state.until { it.value?.result == null }.value?.card)
        }
    }

    @Test
    fun refusalIsToldAndPutAway() = models { phones ->
        val (phone, _) = phones.ofNewPerson()
        phone.goOffline()
        phone.qadam.contacts.add(ContactEdit(name = "Too long"))
        phone.qadam.close()
        // As an app with a fault would send it.
        sqlite(phone.directory, "UPDATE mutation SET body = replace(body, 'Too long', printf('%.9000c', 'x'))")
        phone.open()
        val model = SyncViewModel(phone.qadam)
        model.now()
        val state = assertNotNull(model.state.until { it.value?.refusals?.isNotEmpty() == true }.value)
        assertIs<RefusalSubject.Contact>(state.refusals.single().subject)
        assertEquals(1u, model.state.until { it.value?.status?.pending == 0u }.value?.status?.refused)
        model.dismiss(state.refusals.single().id)
        model.state.until { it.value?.refusals?.isEmpty() == true && it.value?.status?.refused == 0u }
    }

    private fun sqlite(directory: Path, sql: String) {
        val database = Files.walk(directory).use { files -> files.filter { it.toString().endsWith(".db") }.toList() }.single()
        val script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); assert c.execute(sys.argv[2]).rowcount == 1; c.commit(); c.close()"
        assertEquals(0, ProcessBuilder("python3", "-c", script, database.toString(), sql).inheritIO().start().waitFor())
    }

    @Test
    fun everythingIsSavedToAFile() = models { phones ->
        val (phone, _) = phones.ofNewPerson()
        phone.goOffline()
        phone.qadam.contacts.add(ContactEdit(name = "Данияр"))
        val (platform, handed) = handing(phone)
        val model = SettingsViewModel(phone.qadam, platform)
        model.export().join()
        assertNull(model.failure.value)
        val path = assertNotNull(model.state.until { it.value?.exported != null }.value?.exported)
        assertEquals(path, handed.await())
        val text = Files.readString(Path.of(path))
        assertTrue("Данияр" in text && "\"kind\":\"distributor\"" in text, text)
    }

    @Test
    fun streakShowsItsDays() = models { phones ->
        val (phone, _) = phones.ofNewPerson()
        val model = MeViewModel(phone.qadam)
        assertEquals(List(28) { StreakDay.MISSED }, assertNotNull(model.state.until { it.value != null }.value).calendar.map { it.second })
        pass(phone.qadam, solutions(phones, FIRST))
        val days = assertNotNull(model.state.until { it.value?.awards?.streak?.days == 1u }.value).calendar
        assertEquals(LocalDate.now() to StreakDay.ACTIVE, days.last())
        assertEquals(1, days.count { it.second == StreakDay.ACTIVE })
    }

    @Test
    fun personOfThePhonesBookFillsTheForm() = models { phones ->
        val (phone, _) = phones.ofNewPerson()
        val saved = SavedStateHandle()
        val edit = ContactEditViewModel(phone.qadam, null, saved)
        edit.change(ContactEditState("?", email = "typed@company.example", note = "met at the fair"))
        edit.picked(PhoneContact("Данияр", "+7 701 000 00 00"))
        val filled = ContactEditState("Данияр", "+7 701 000 00 00", "typed@company.example", note = "met at the fair")
        assertEquals(filled, edit.state.value)
        assertEquals(filled, ContactEditViewModel(phone.qadam, null, saved).state.value)
        var id: String? = null
        edit.save { id = it }.join()
        val kept = phone.qadam.contacts.current(assertNotNull(id))
        assertEquals(listOf("Данияр", "+7 701 000 00 00", "typed@company.example", "met at the fair"), listOf(kept.name, kept.phone, kept.email, kept.note))
    }

    @Test
    fun cardIsHandedOut() = models { phones ->
        val (phone, _) = phones.ofNewPerson()
        val id = phone.qadam.contacts.add(ContactEdit(name = "Данияр", note = "met at the fair"))
        val (platform, handed) = handing(phone)
        val model = ContactViewModel(phone.qadam, id)
        model.share(platform).join()
        assertNull(model.failure.value)
        val path = handed.await()
        assertTrue(path.endsWith("contact.vcf"))
        val text = Files.readString(Path.of(path))
        assertTrue("FN:Данияр\r\n" in text && "fair" !in text, text)
    }

    /** A platform, and the path of what it hands out. */
    private fun handing(phone: Phone): Pair<Platform, CompletableDeferred<String>> {
        val handed = CompletableDeferred<String>()
        val platform = object : Platform by platform() {
            override fun outgoing(name: String) = phone.directory.resolve(name).toString()

            override fun handOut(path: String) {
                handed.complete(path)
            }
        }
        return platform to handed
    }
}
