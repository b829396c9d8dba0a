package app.qadam.core

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.time.Duration.Companion.seconds

class PushTest {
    @Test
    fun pushTokenIsToldOnceAndAPushBringsWhatIsNew() = scenario { phones ->
        val (phone, login) = phones.ofNewPerson()
        phone.qadam.background(5.seconds)
        val token = PushToken(PushVendor.FCM, "dQw4w9WgXcQ:APA91bHun4MxP5egoKMwt2KZFBaFUH", permission = true, app = null, sandbox = false)
        phone.qadam.push.setToken(token)
        assertEquals(1u, phone.qadam.sync.currentStatus().pending)
        phone.qadam.push.setToken(token)
        assertEquals(1u, phone.qadam.sync.currentStatus().pending, "what was said is not said again")

        val second = phones.another(login)
        val id = second.qadam.contacts.add(ContactEdit(name = "Aigul"))
        second.qadam.sync.status.until { it.pending == 0u }
        val outcome = phone.qadam.push.woken(20.seconds)
        assertEquals(1u, assertIs<BackgroundOutcome.Done>(outcome).sync.sent)
        assertEquals("Aigul", phone.qadam.contacts.current(id).name)
        assertEquals(emptyList(), phone.qadam.sync.currentRefusals())

        phone.qadam.push.setToken(null)
        assertEquals(1u, phone.qadam.sync.currentStatus().pending)
        assertFailsWith<QadamException.Invalid> {
            phone.qadam.push.setToken(token.copy(vendor = PushVendor.APNS))
        }
    }
}
