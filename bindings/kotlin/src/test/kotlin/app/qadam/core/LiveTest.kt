package app.qadam.core

import app.cash.turbine.test
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.takeWhile
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeout

class LiveTest {
    @Test
    fun liveQueryShowsEachChange() = scenario { phones ->
        val contacts = phones.ofNewPerson().first.qadam.contacts
        contacts.pages().test(timeout = 30.seconds) {
            assertEquals(emptyList(), awaitItem().contacts)
            contacts.add(ContactEdit(name = "Aigul"))
            assertEquals(listOf("Aigul"), awaitItem().contacts.map { it.name })
            contacts.add(ContactEdit(name = "Botagoz"))
            assertEquals(listOf("Aigul", "Botagoz"), awaitItem().contacts.map { it.name })
            cancelAndIgnoreRemainingEvents()
        }
    }

    @Test
    fun slowObserverGetsTheNewest() = scenario { phones ->
        val contacts = phones.ofNewPerson().first.qadam.contacts
        var values = 0
        contacts.pages().takeWhile { page ->
            values++
            if (values == 1) repeat(50) { contacts.add(ContactEdit(name = "Contact $it")) }
            page.contacts.size < 50
        }.toList()
        // Some from before, one of after; a queue would give all fifty.
        assertTrue(values <= 10, "$values values")
    }

    @Test
    fun cancelledNextLosesNothing() = scenario { phones ->
        val phone = phones.ofNewPerson().first
        // The query itself, which the flow hides: a call that is given up while something changes.
        val live = phone.qadam.contacts.observePages(ContactsQuery(limit = 100u))
        live.use {
            var seen = assertNotNull(live.next(0uL)).number
            val names = mutableListOf<String>()
            for (round in 1..30) {
                val waiting = launch { live.next(seen) }
                val adding = launch { phone.qadam.contacts.add(ContactEdit(name = "Contact $round")) }
                delay((round % 7).milliseconds)
                waiting.cancel()
                adding.join()
                val snapshot = assertNotNull(live.next(seen))
                assertTrue(snapshot.number != seen)
                assertEquals(round, snapshot.value.contacts.size)
                seen = snapshot.number
                names += "Contact $round"
            }
            assertFailsWith<TimeoutCancellationException> { withTimeout(100.milliseconds) { live.next(seen) } }
            live.stop()
        }
        assertEquals(30, phone.qadam.contacts.page(ContactsQuery(limit = 100u)).contacts.size)
    }

    @Test
    fun cancelledCallerStillWrites() = scenario { phones ->
        val contacts = phones.ofNewPerson().first.qadam.contacts
        repeat(20) { round ->
            val adding = launch { contacts.add(ContactEdit(name = "Contact $round")) }
            delay((round % 3).milliseconds)
            adding.cancel()
            adding.join()
        }
        // Those that had begun are written whole; none is there twice.
        delay(200.milliseconds)
        val names = contacts.page(ContactsQuery(limit = 100u)).contacts.map { it.name }
        assertEquals(names.toSet().size, names.size)
        contacts.add(ContactEdit(name = "The last"))
        assertEquals(names.size + 1, contacts.page(ContactsQuery(limit = 100u)).contacts.size)
    }

    @Test
    fun stoppedQueryEnds() = scenario { phones ->
        val phone = phones.ofNewPerson().first
        phone.qadam.contacts.observePages(ContactsQuery()).use { live ->
            val seen = assertNotNull(live.next(0uL)).number
            val waiting = async { live.next(seen) }
            delay(50.milliseconds)
            live.stop()
            assertNull(waiting.await())
            assertNull(live.next(0uL))
        }
    }
}
