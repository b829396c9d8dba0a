package app.qadam.bench

import app.qadam.core.Config
import app.qadam.core.ContactsQuery
import app.qadam.core.Network
import app.qadam.core.Qadam
import app.qadam.core.SecureStore
import app.qadam.core.uniffiEnsureInitialized
import kotlin.system.exitProcess
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking

/**
 * Contacts read through the Kotlin library, beside the same statements through JDBC. `qadam-bench` starts it, with the folder of a phone
 * that is closed and the database in it, and reads the last line: `{"page": …, "page_floor": …, "contact": …, "contact_floor": …}`, in
 * nanoseconds.
 */
fun main(arguments: Array<String>) {
    if (arguments.size != 2) {
        System.err.println("qadam-bench <folder of a phone> <database>")
        exitProcess(2)
    }
    val (directory, database) = arguments
    // Fails where the library is not the one that the bindings were generated from.
    uniffiEnsureInitialized()
    // As an app calls it: from a coroutine that other threads resume.
    val (page, contact) = runBlocking(Dispatchers.Default) {
        // Offline for its own driver, as the bench's phones are.
        val config = Config(directory, "qadam-bench/0.1.0", "en", Network.OFFLINE)
        // Two SQLites in one process do not see each other's locks. So the floor only reads, and comes after and goes before the engine,
        // which makes the files that it needs.
        Qadam.open(config, NoSecrets).use { qadam -> Floor(database).use { floor -> measure(qadam, floor) } }
    }
    println(
        """{"page": ${page.measured}, "page_floor": ${page.floor}, "contact": ${contact.measured}, "contact_floor": ${contact.floor}}""",
    )
}

/** Without its token the phone can't sync; it reads as ever. */
private object NoSecrets : SecureStore {
    override fun get(name: String): String? = null

    override fun set(name: String, value: String) = Unit

    override fun remove(name: String) = Unit
}

/** The pages and contacts of `World::reads`. */
private suspend fun measure(qadam: Qadam, floor: Floor): Pair<Figures, Figures> {
    val ids = floor.ids()
    val places = List(100) { n -> if (n == 0) null else floor.place((n - 1) * ids.size / 100) }
    val place = { n: Int -> places[n % 100] }
    val id = { n: Int -> ids[n * 7_919 % ids.size] }
    suspend fun page(n: Int) = qadam.contacts.page(ContactsQuery(after = place(n), limit = 50u))

    for (n in 0 until 100) {
        check(page(n).contacts == floor.page(place(n)).take(50)) { "the same page" }
        check(qadam.contacts.current(id(n)) == floor.contact(id(n))) { "the same contact" }
    }
    return Pair(
        beside(100, ::page) { floor.page(place(it)) },
        beside(400, { qadam.contacts.current(id(it)) }) { floor.contact(id(it)) },
    )
}
