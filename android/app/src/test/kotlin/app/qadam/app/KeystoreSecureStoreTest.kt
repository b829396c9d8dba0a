package app.qadam.app

import app.qadam.core.SecureStoreException
import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNull
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

@RunWith(RobolectricTestRunner::class)
class KeystoreSecureStoreTest {
    private val key = HeldKey()
    private val file = File(app.noBackupFilesDir, "test/secrets").apply { parentFile!!.mkdirs() }
    private val beside = File("$file.new")

    /** As a new process sees it. */
    private fun store() = KeystoreSecureStore(file, key)

    @Test
    fun secretsAreKeptEncrypted() {
        assertNull(store().get("token"))
        store().set("token", "a step each evening")
        store().set("other", "қадам")
        assertEquals("a step each evening", store().get("token"))
        assertEquals("қадам", store().get("other"))
        store().set("token", "another")
        assertEquals("another", store().get("token"))
        val stored = file.readText()
        assertFalse("another" in stored || "evening" in stored, stored)
        store().remove("token")
        store().remove("token")
        assertNull(store().get("token"))
        assertEquals("қадам", store().get("other"))
    }

    @Test
    fun processThatWasKilledBeforeTheRenameLosesNothing() {
        store().set("token", "first")
        val written = file.readBytes()
        store().set("token", "second")
        val fresh = file.readBytes()
        file.writeBytes(written)
        // Every length that the new file may have had by then.
        for (length in listOf(0, 1, fresh.size / 2, fresh.size)) {
            beside.writeBytes(fresh.copyOf(length))
            assertEquals("first", store().get("token"), "$length bytes")
        }
        store().set("token", "third")
        assertEquals("third", store().get("token"))
        assertFalse(beside.exists())
    }

    @Test
    fun damagedSecretsAreInvalidAndCanBeWrittenAnew() {
        store().set("token", "first")
        val whole = file.readText()
        val at = whole.indexOf("token=") + 20
        val flipped = whole.replaceRange(at, at + 1, if (whole[at] == 'A') "B" else "A")
        for (damaged in listOf(flipped, "token=AA", "token=%%%%", "token=", "token=\\u00zz")) {
            store().set("token", "first")
            file.writeText(damaged)
            assertFailsWith<SecureStoreException.Invalidated>(damaged) { store().get("token") }
            store().set("token", "second")
            assertEquals("second", store().get("token"))
        }
    }

    @Test
    fun secretIsBoundToItsName() {
        store().set("token", "first")
        store().set("other", "second")
        file.writeText(file.readText().replace("token=", "third=").replace("other=", "token="))
        assertFailsWith<SecureStoreException.Invalidated> { store().get("token") }
    }

    @Test
    fun keyThatIsGoneMakesTheSecretsInvalidAndIsMadeAnew() {
        store().set("token", "first")
        store().set("other", "first")
        key.problem = SecureStoreException.Invalidated()
        assertFailsWith<SecureStoreException.Invalidated> { store().get("token") }
        store().set("token", "second")
        assertEquals("second", store().get("token"))
        assertNull(store().get("other"), "nobody can read it any more")
        // Its file came along without the key.
        val elsewhere = KeystoreSecureStore(file, HeldKey())
        assertFailsWith<SecureStoreException.Invalidated> { elsewhere.get("token") }
    }

    @Test
    fun lockedKeystoreChangesNothing() {
        store().set("token", "first")
        for (problem in listOf(SecureStoreException.Locked(), SecureStoreException.Missing())) {
            key.problem = problem
            assertEquals(problem, assertFailsWith<SecureStoreException> { store().get("token") })
            assertEquals(problem, assertFailsWith<SecureStoreException> { store().set("token", "second") })
        }
        key.problem = null
        assertEquals("first", store().get("token"))
    }
}
