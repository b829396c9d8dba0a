package app.qadam.desk

import app.qadam.core.Config
import app.qadam.core.Network
import app.qadam.core.Qadam
import app.qadam.core.Texts
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.ExperimentalPathApi
import kotlin.io.path.deleteRecursively
import kotlinx.coroutines.runBlocking

private const val PASSWORD = "a step each evening"
private const val FIRST = "Daniyar"
private const val SECOND = "Zarina"

private val texts = Texts(LANGUAGE)

/**
 * `PICTURES`: signs in, keeps a contact, then another one while the server is gone, closes the window and opens it again with the server
 * back. By mouse and keyboard alone; a second phone says what the server has. What the window looked like is left in the folder.
 */
@OptIn(ExperimentalPathApi::class)
fun main(arguments: Array<String>) {
    val pictures = Path.of(arguments.single())
    val home = Files.createTempDirectory("qadam-desk-test")
    try {
        Desk(home, pictures).watched { firstStart() }
        Desk(home, pictures).watched { nextStart() }
    } finally {
        home.deleteRecursively()
    }
}

private fun Desk.firstStart() {
    find(texts.signInTitle)
    keepPicture("1-sign-in")
    enter(texts.signInHaveCode)
    find(texts.signInCode)
    type(texts.signInCode, said("invite code "))
    type(texts.signInNewPassword, PASSWORD)
    enter(texts.signInBegin)
    find(texts.todayGreeting(name = "Aigerim"))
    find(texts.planDay(day = 1, days = 90))
    keepPicture("2-today")

    click(texts.contactsTitle)
    awaitGone(texts.settingsTitle)
    find(texts.contactsEmpty)
    addContact(FIRST)
    keepPicture("3-contact")
    awaitOnAnotherPhone(FIRST)

    killServer()
    enter(texts.back)
    awaitGone(texts.contactLog)
    find(FIRST)
    addContact(SECOND)
    find(texts.errorUnreachable)
    keepPicture("4-without-server")
    closeWindow()
}

/** The second contact waited in the folder alone. */
private fun Desk.nextStart() {
    find(texts.todayGreeting(name = "Aigerim"))
    awaitOnAnotherPhone(FIRST, SECOND)
    awaitGone(texts.errorUnreachable)
    click(texts.contactsTitle)
    find(FIRST)
    find(SECOND)
    keepPicture("5-started-again")
    closeWindow()
}

/** From the list to the contact's own screen. Each screen is gone before the next one is used: while one fades into the other both are there. */
private fun Desk.addContact(name: String) {
    enter(texts.contactsAdd)
    awaitGone(texts.contactsSearch)
    type(texts.contactName, name)
    enter(texts.save)
    awaitGone(texts.contactName)
    find(texts.contactLog)
    find(name)
}

/** Another phone of hers gets these contacts from the server, and no others. */
@OptIn(ExperimentalPathApi::class)
private fun Desk.awaitOnAnotherPhone(vararg names: String) {
    val directory = Files.createTempDirectory("qadam-phone")
    try {
        val config = Config(directory.toString(), "qadam-desk-test/0.1.0", "en", Network.UNMETERED)
        runBlocking { Qadam.open(config, FileSecureStore(directory.resolve("secrets"))) }.use { phone ->
            runBlocking { phone.session.signIn(said("The server: "), "aigerim", PASSWORD, "second") }
            await("${names.asList()} on another phone") {
                val contacts = runBlocking {
                    phone.sync.now()
                    phone.contacts.page().contacts
                }
                if (contacts.map { it.name } == names.asList()) contacts else null
            }
        }
    } finally {
        directory.deleteRecursively()
    }
}

/** What went wrong is seen, too; nothing of it stays behind. */
private fun Desk.watched(test: Desk.() -> Unit) = use {
    try {
        test()
    } catch (problem: Throwable) {
        keepPicture("failure")
        throw problem
    }
}
