package app.qadam.core.peer

import app.qadam.core.Config
import app.qadam.core.ContactEdit
import app.qadam.core.InMemorySecureStore
import app.qadam.core.Network
import app.qadam.core.Qadam
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking

/**
 * A phone that is driven from Kotlin, for the tests of the other language:
 * `peer <server> <login> <password> <directory> add-contact <name>` signs in, adds the contact, syncs, and prints `done`.
 */
fun main(arguments: Array<String>) {
    if (arguments.size != 6 || arguments[4] != "add-contact") {
        System.err.println("peer <server> <login> <password> <directory> add-contact <name>")
        exitProcess(2)
    }
    val (server, login, password, directory) = arguments
    runBlocking {
        val config = Config(directory, "qadam-kotlin-peer/0.1.0", "en", Network.UNMETERED)
        Qadam.open(config, InMemorySecureStore()).use { qadam ->
            qadam.session.signIn(server, login, password, "Kotlin peer")
            qadam.contacts.add(ContactEdit(name = arguments[5]))
            qadam.sync.now()
        }
    }
    println("done")
}
