package app.qadam.core

import kotlin.io.path.exists
import kotlin.io.path.listDirectoryEntries
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertTrue

class SecureStoreTest {
    @Test
    fun lockedSecureStoreChangesNothing() = scenario { phones ->
        val untouched = phones.unopened()
        untouched.secureStore.failure = { SecureStoreException.Locked() }
        assertFailsWith<QadamException.SecureStoreLocked> { untouched.open() }
        assertTrue(!untouched.directory.exists() || untouched.directory.listDirectoryEntries().isEmpty())

        val (phone, _) = phones.ofNewPerson()
        val account = assertIs<SessionView.SignedIn>(phone.qadam.session.current()).account
        phone.qadam.close()
        phone.secureStore.failure = { SecureStoreException.Locked() }
        assertFailsWith<QadamException.SecureStoreLocked> { phone.open() }
        phone.secureStore.failure = null
        phone.open()
        assertEquals(account, assertIs<SessionView.SignedIn>(phone.qadam.session.current()).account)
    }

    @Test
    fun missingSecureStoreIsTyped() = scenario { phones ->
        val phone = phones.unopened()
        phone.secureStore.failure = { SecureStoreException.Missing() }
        phone.open()
        val login = phones.newPerson(phone)
        assertFailsWith<QadamException.SecureStoreMissing> { phone.signIn(login) }
        assertEquals(SessionView.SignedOut, phone.qadam.session.current())
        phone.secureStore.failure = null
        phone.signIn(login)
    }

    @Test
    fun invalidatedSecureStoreKeepsWorkAndAsksToSignInAgain() = scenario { phones ->
        val (phone, login) = phones.ofNewPerson()
        phone.goOffline()
        phone.qadam.contacts.add(ContactEdit(name = "Aigul"))
        phone.qadam.close()
        phone.secureStore.failure = { SecureStoreException.Invalidated() }
        phone.open()
        assertTrue(assertIs<SessionView.SignedIn>(phone.qadam.session.current()).account.signInNeeded)
        assertEquals(1, phone.qadam.contacts.page().contacts.size)
        assertFailsWith<QadamException.SignInNeeded> { phone.qadam.sync.now() }
        assertFailsWith<QadamException.SecureStoreInvalidated> { phone.signIn(login) }

        phone.secureStore.failure = null
        phone.signIn(login)
        assertEquals(0u, phone.qadam.sync.currentStatus().pending)
        assertEquals(listOf("Aigul"), phones.another(login).qadam.contacts.page().contacts.map { it.name })
    }

    @Test
    fun unexpectedExceptionInTheSecureStoreIsNoCrash() = scenario { phones ->
        val phone = phones.unopened()
        phone.secureStore.failure = { IllegalStateException("the platform's own trouble") }
        phone.open()
        val login = phones.newPerson(phone)
        // What the store never declared counts as a store that is out of order.
        assertFailsWith<QadamException.SecureStoreMissing> { phone.signIn(login) }
        phone.secureStore.failure = null
        phone.signIn(login)
    }
}
