package app.qadam.core

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch

class LifecycleTest {
    @Test
    fun backgroundInTheMiddleOfAPageLosesNothing() = scenario(180.seconds) { phones ->
        val (phone, login) = phones.ofNewPerson()
        val qadam = phone.qadam
        phone.goOffline()
        // More than two requests may carry.
        val all = 2_500u
        coroutineScope {
            repeat(10) { worker ->
                launch { for (number in 0 until all.toInt() / 10) qadam.contacts.add(ContactEdit(name = "Contact $worker $number")) }
            }
        }
        assertEquals(all, qadam.sync.currentStatus().pending)

        phone.goOnline()
        qadam.sync.status.until { it.pending < all }
        qadam.background(5.seconds)
        val left = qadam.sync.currentStatus().pending
        assertTrue(left in 1u until all, "$left wait: it did not stop at a page's border")
        delay(500.milliseconds)
        assertEquals(left, qadam.sync.currentStatus().pending)

        qadam.foreground(Network.UNMETERED)
        qadam.sync.status.until { it.pending == 0u }
        val second = phones.another(login)
        var page = second.qadam.contacts.page(ContactsQuery(limit = 100u))
        val names = page.contacts.mapTo(mutableSetOf()) { it.name }
        while (true) {
            page = second.qadam.contacts.page(ContactsQuery(limit = 100u, after = page.next ?: break))
            names += page.contacts.map { it.name }
        }
        assertEquals(all.toInt(), names.size)
    }

    @Test
    fun runBackgroundSendsWhatWaits() = scenario { phones ->
        val (phone, login) = phones.ofNewPerson()
        phone.qadam.background(5.seconds)
        phone.qadam.contacts.add(ContactEdit(name = "Aigul"))
        val outcome = phone.qadam.runBackground(20.seconds)
        assertEquals(1u, assertIs<BackgroundOutcome.Done>(outcome).sync.sent)
        assertEquals(listOf("Aigul"), phones.another(login).qadam.contacts.page().contacts.map { it.name })
    }

    @Test
    fun shuttingDownEndsLiveQueries() = scenario { phones ->
        val qadam = phones.ofNewPerson().first.qadam
        val values = async { qadam.contacts.pages().toList() }
        qadam.contacts.pages().until { true }
        delay(100.milliseconds)
        qadam.shutDown()
        assertEquals(1, values.await().size)
    }

    @Test
    fun useAfterShutDownIsClosed() = scenario { phones ->
        val qadam = phones.ofNewPerson().first.qadam
        qadam.shutDown()
        assertFailsWith<QadamException.Closed> { qadam.session.current() }
        assertFailsWith<QadamException.Closed> { qadam.contacts.page() }
        assertFailsWith<QadamException.Closed> { qadam.sync.now() }
        assertFailsWith<QadamException.Closed> { qadam.foreground(Network.UNMETERED) }
        assertEquals(emptyList(), qadam.contacts.pages().toList())
        qadam.setNetwork(Network.OFFLINE)
        // Again, and by the way of `use`.
        qadam.shutDown()
        qadam.close()
    }

    @Test
    fun workSurvivesReopening() = scenario { phones ->
        val (phone, login) = phones.ofNewPerson()
        phone.goOffline()
        val id = phone.qadam.contacts.add(ContactEdit(name = "Aigul"))
        phone.qadam.close()
        phone.open(Network.OFFLINE)
        assertIs<SessionView.SignedIn>(phone.qadam.session.current())
        assertEquals("Aigul", phone.qadam.contacts.current(id).name)
        assertEquals(1u, phone.qadam.sync.currentStatus().pending)
        phone.goOnline()
        phone.qadam.sync.status.until { it.pending == 0u }
        assertEquals("Aigul", phones.another(login).qadam.contacts.current(id).name)
    }
}
