package app.qadam.ui

import androidx.lifecycle.SavedStateHandle
import app.qadam.core.AnswerInput
import app.qadam.core.Backend
import app.qadam.core.Channel
import app.qadam.core.ContactEdit
import app.qadam.core.NudgeCategory
import app.qadam.core.PASSWORD
import app.qadam.core.Phones
import app.qadam.core.QadamException
import app.qadam.core.SyncState
import app.qadam.core.TaskStatus
import app.qadam.core.until
import java.time.LocalDate
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.delay
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
        val model = SettingsViewModel(phone.qadam)
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
        val model = SettingsViewModel(phone.qadam)
        model.signOut().join()
        assertNull(model.failure.value)
        AppViewModel(phone.qadam).state.until { it.value == AppState.SignedOut }
        val second = phones.another(login)
        assertEquals(listOf("Данияр"), second.qadam.contacts.page().contacts.map { it.name })
    }
}
