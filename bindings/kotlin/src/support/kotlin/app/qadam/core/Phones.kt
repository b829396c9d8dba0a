package app.qadam.core

import java.nio.file.FileSystemException
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.io.path.ExperimentalPathApi
import kotlin.io.path.deleteRecursively
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout

const val PASSWORD = "a step each evening"

/** A test's phones; they end with it. */
class Phones : AutoCloseable {
    private val opened = ConcurrentLinkedQueue<Phone>()

    /** A phone with nothing on it. */
    suspend fun fresh(network: Network = Network.UNMETERED): Phone {
        val phone = Phone(Files.createTempDirectory("qadam-phone"), InMemorySecureStore())
        opened += phone
        phone.open(network)
        return phone
    }

    /** A phone that nothing was opened on yet. */
    fun unopened(): Phone = Phone(Files.createTempDirectory("qadam-phone"), InMemorySecureStore()).also { opened += it }

    /** A phone of a new account, with all content. Gives the log-in name too. */
    suspend fun ofNewPerson(): Pair<Phone, String> {
        val phone = fresh()
        val login = newPerson(phone)
        phone.signIn(login)
        return phone to login
    }

    /** Another phone of this account, with all content. */
    suspend fun another(login: String): Phone = fresh().also { it.signIn(login) }

    /** Makes an account and sets its password from this phone. */
    suspend fun newPerson(phone: Phone): String {
        val (login, code) = Backend.invite()
        check(phone.qadam.session.setPassword(Backend.address, code, PASSWORD) == login)
        return login
    }

    override fun close() {
        for (phone in opened) {
            phone.openedAs?.close()
            delete(phone.directory)
        }
    }
}

/** An engine that closes brings its log into its file meanwhile, so a file may come or go. */
@OptIn(ExperimentalPathApi::class)
private fun delete(directory: Path) {
    repeat(100) {
        try {
            return directory.deleteRecursively()
        } catch (_: FileSystemException) {
            Thread.sleep(20)
        }
    }
    directory.deleteRecursively()
}

/** A folder, a secure store, and the engine while it is open. */
class Phone(val directory: Path, val secureStore: InMemorySecureStore) {
    var openedAs: Qadam? = null
        private set

    val qadam: Qadam get() = checkNotNull(openedAs) { "open the phone first" }

    /** In a zone of the test's own, or else in this machine's. */
    suspend fun open(network: Network = Network.UNMETERED, secureStore: SecureStore = this.secureStore, zone: Zone? = null): Qadam {
        val config = Config(directory.toString(), "qadam-kotlin-tests/0.1.0", "en", network)
        val qadam = if (zone == null) Qadam.open(config, secureStore) else Qadam.open(config, secureStore, zone)
        return qadam.also { openedAs = it }
    }

    /** Without a connection, and without an exchange that is still under way. */
    suspend fun goOffline() {
        qadam.setNetwork(Network.OFFLINE)
        qadam.sync.status.until { it.state == SyncState.Offline }
    }

    fun goOnline() = qadam.setNetwork(Network.UNMETERED)

    suspend fun signIn(login: String) {
        qadam.session.signIn(Backend.address, login, PASSWORD, "Kotlin")
        qadam.sync.now()
    }
}

/** A test on phones, in real time: Rust does not know of virtual time. */
fun scenario(limit: Duration = 60.seconds, test: suspend CoroutineScope.(Phones) -> Unit) {
    Phones().use { phones -> runBlocking(Dispatchers.Default) { withTimeout(limit) { test(phones) } } }
}

/** The first value for which this holds. */
suspend fun <T> Flow<T>.until(limit: Duration = 30.seconds, holds: (T) -> Boolean): T = withTimeout(limit) { first(holds) }
