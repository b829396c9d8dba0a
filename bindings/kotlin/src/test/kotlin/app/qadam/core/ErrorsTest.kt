package app.qadam.core

import com.sun.net.httpserver.HttpServer
import java.net.InetSocketAddress
import java.net.ServerSocket
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith

class ErrorsTest {
    @Test
    fun wrongPasswordIsTyped() = scenario { phones ->
        val phone = phones.fresh()
        val login = phones.newPerson(phone)
        assertFailsWith<QadamException.WrongCredentials> {
            phone.qadam.session.signIn(Backend.address, login, "not this one", "Kotlin")
        }
        assertEquals(SessionView.SignedOut, phone.qadam.session.current())
    }

    @Test
    fun usedCodeAndShortPasswordAreTyped() = scenario { phones ->
        val session = phones.fresh().qadam.session
        val (_, code) = Backend.invite()
        assertFailsWith<QadamException.PasswordUnsuitable> { session.setPassword(Backend.address, code, "short") }
        session.setPassword(Backend.address, code, PASSWORD)
        assertFailsWith<QadamException.CodeInvalid> { session.setPassword(Backend.address, code, PASSWORD) }
    }

    @Test
    fun addressWithoutTlsIsTyped() = scenario { phones ->
        val session = phones.fresh().qadam.session
        assertFailsWith<QadamException.InsecureAddress> { session.signIn("http://qadam.example", "a", PASSWORD, "Kotlin") }
        assertFailsWith<QadamException.InvalidAddress> { session.signIn("no address", "a", PASSWORD, "Kotlin") }
    }

    @Test
    fun unreachableServerIsTyped() = scenario { phones ->
        val free = ServerSocket(0).use { it.localPort }
        assertFailsWith<QadamException.Unreachable> {
            phones.fresh().qadam.session.signIn("http://127.0.0.1:$free", "a", PASSWORD, "Kotlin")
        }
    }

    @Test
    fun captivePortalIsTyped() = scenario { phones ->
        val portal = HttpServer.create(InetSocketAddress("127.0.0.1", 0), 0)
        portal.createContext("/") { exchange ->
            val page = "<html>Welcome! Accept our terms.</html>".encodeToByteArray()
            exchange.requestBody.readAllBytes()
            exchange.responseHeaders.add("content-type", "text/html")
            exchange.sendResponseHeaders(200, page.size.toLong())
            exchange.responseBody.use { it.write(page) }
        }
        portal.start()
        try {
            assertFailsWith<QadamException.NotQadam> {
                phones.fresh().qadam.session.signIn("http://127.0.0.1:${portal.address.port}", "a", PASSWORD, "Kotlin")
            }
        } finally {
            portal.stop(0)
        }
    }

    @Test
    fun nobodySignedInIsTyped() = scenario { phones ->
        val qadam = phones.fresh().qadam
        assertFailsWith<QadamException.SignedOut> { qadam.learning.currentCourses() }
        assertFailsWith<QadamException.SignedOut> { qadam.contacts.add(ContactEdit(name = "Aigul")) }
        assertFailsWith<QadamException.SignedOut> { qadam.sync.now() }
    }

    @Test
    fun missingAndUnacceptableThingsAreTyped() = scenario { phones ->
        val qadam = phones.ofNewPerson().first.qadam
        assertFailsWith<QadamException.NotFound> { qadam.learning.currentLesson("no-such-lesson") }
        assertFailsWith<QadamException.NotFound> { qadam.contacts.current("0") }
        assertFailsWith<QadamException.NotFound> { qadam.media.current("no-such.png") }
        val unacceptable = assertFailsWith<QadamException.Invalid> { qadam.contacts.add(ContactEdit(name = " ")) }
        assertEquals("name", unacceptable.field)
        assertFailsWith<QadamException.Invalid> { qadam.contacts.page(ContactsQuery(limit = 101u)) }
    }

    @Test
    fun signingOutSendsWhatWaits() = scenario { phones ->
        val (phone, login) = phones.ofNewPerson()
        phone.goOffline()
        phone.qadam.contacts.add(ContactEdit(name = "Aigul"))
        phone.qadam.session.signOut()
        assertEquals(SessionView.SignedOut, phone.qadam.session.current())
        val again = phones.another(login)
        assertEquals(listOf("Aigul"), again.qadam.contacts.page().contacts.map { it.name })
        assertEquals(listOf(true), again.qadam.session.devices().map { it.isThis })
    }

    @Test
    fun revokedDeviceIsWiped() = scenario { phones ->
        val (phone, login) = phones.ofNewPerson()
        val lost = phones.another(login)
        lost.qadam.contacts.add(ContactEdit(name = "Aigul"))
        lost.qadam.sync.now()
        val device = phone.qadam.session.devices().single { !it.isThis }
        phone.qadam.session.revokeDevice(device.id)
        assertEquals(SessionView.SignedOut, lost.qadam.session.changes.until { it == SessionView.SignedOut })
        assertEquals(1, phone.qadam.contacts.pages().until { it.contacts.size == 1 }.contacts.size)
    }
}
