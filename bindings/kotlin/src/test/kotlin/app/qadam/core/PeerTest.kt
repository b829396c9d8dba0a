package app.qadam.core

import java.nio.file.Files
import java.util.concurrent.TimeUnit
import kotlin.io.path.ExperimentalPathApi
import kotlin.io.path.deleteRecursively
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.time.Duration.Companion.minutes
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.Assumptions.assumeTrue

class PeerTest {
    @Test
    fun liveQueryShowsWhatThePeerInTheOtherLanguageWrites() = scenario(10.minutes) { phones ->
        val (phone, login) = phones.ofNewPerson()
        val observed = async { phone.qadam.contacts.pages().until(5.minutes) { it.contacts.isNotEmpty() } }
        val (status, output) = swiftPeer(Backend.address, login, PASSWORD, "add-contact", "Айгүл")
        if (System.getenv("CI") != "true") {
            if (status == NO_SWIFT) observed.cancel()
            assumeTrue(status != NO_SWIFT, output)
        }
        assertEquals(0, status, output)
        assertEquals("done", output.trim().lines().last())
        assertEquals(listOf("Айгүл"), observed.await().contacts.map { it.name })
    }
}

/** `bindings/swift/peer` says so where there is no Swift. */
private const val NO_SWIFT = 77

@OptIn(ExperimentalPathApi::class)
private suspend fun swiftPeer(server: String, login: String, password: String, vararg command: String): Pair<Int, String> =
    withContext(Dispatchers.IO) {
        val directory = Files.createTempDirectory("qadam-peer")
        try {
            val program = System.getProperty("qadam.checkout") + "/bindings/swift/peer"
            val process = ProcessBuilder(program, server, login, password, directory.toString(), *command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start()
            val output = process.inputReader().readText()
            check(process.waitFor(1, TimeUnit.MINUTES))
            process.exitValue() to output
        } finally {
            directory.deleteRecursively()
        }
    }
