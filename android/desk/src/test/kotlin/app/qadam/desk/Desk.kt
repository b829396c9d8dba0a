package app.qadam.desk

import java.awt.Rectangle
import java.awt.Robot
import java.awt.Toolkit
import java.awt.event.InputEvent
import java.awt.event.KeyEvent
import java.awt.image.BufferedImage
import java.nio.file.Path
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import javax.imageio.ImageIO
import kotlin.concurrent.thread

/** What the phone speaks. */
const val LANGUAGE = "kk"

/** As long as Rust, a server and a slow machine may take. */
private const val LIMIT = 120_000L

private const val TITLE = "Qadam"

/** No window has as many stops for Tab. */
private const val STOPS = 60

/** Asks until there is an answer. */
fun <T : Any> await(what: String, question: () -> T?): T {
    val end = System.nanoTime() + LIMIT * 1_000_000
    while (true) {
        question()?.let { return it }
        check(System.nanoTime() < end) { "waited for $what" }
        Thread.sleep(100)
    }
}

/** The window on the folder [home], started as the README says, and used as a person does: seen, and reached by mouse and keyboard. */
class Desk(home: Path, private val pictures: Path) : AutoCloseable {
    private val robot = Robot().apply { autoDelay = 15 }
    private val looks = LinkedBlockingQueue<List<Thing>>()
    private val said = CopyOnWriteArrayList<String>()
    private val process = ProcessBuilder("android/desk/run", "--no-build").redirectError(ProcessBuilder.Redirect.INHERIT).run {
        environment() += mapOf(
            "QADAM_DESK" to home.toString(),
            "QADAM_DESK_CLASSES" to "android/target/test-classes",
            "QADAM_LOG" to "warn",
            "JDK_JAVA_OPTIONS" to "-Duser.language=$LANGUAGE -Djavax.accessibility.assistive_technologies=${ScreenReader::class.java.name}",
        )
        start()
    }

    init {
        thread(isDaemon = true, name = "what the desk says") {
            var things = mutableListOf<Thing>()
            process.inputReader().forEachLine { line ->
                val thing = ScreenReader.thing(line)
                if (thing != null) {
                    things += thing
                } else if (line == ScreenReader.END) {
                    looks += things
                    things = mutableListOf()
                } else {
                    println(line)
                    said += line
                }
            }
        }
    }

    /** The rest of the line that begins so. */
    fun said(begin: String): String = await("the desk to say $begin") { said.firstOrNull { it.startsWith(begin) }?.removePrefix(begin)?.trim() }

    /** What is in the window now. */
    fun look(): List<Thing> {
        check(process.isAlive) { "the window is open" }
        process.outputWriter().run {
            newLine()
            flush()
        }
        return checkNotNull(looks.poll(LIMIT, TimeUnit.MILLISECONDS)) { "the window says what is in it" }
    }

    /** Waits for what says so, among other things perhaps. */
    fun find(text: String) {
        await("“$text” in the window") { look().firstOrNull { text in it.name } }
    }

    fun awaitGone(name: String) {
        await("“$name” to be gone from the window") { if (look().none { it.name == name }) true else null }
    }

    /** Goes on with Tab until the focus is on what is called so, and demands that each stop on the way can be seen. */
    fun tabTo(name: String) {
        val passed = mutableListOf(look().firstOrNull { it.focused }?.name)
        while (passed.last() != name) {
            check(passed.size < STOPS) { "Tab does not reach “$name”, only $passed" }
            val unfocused = picture()
            press(KeyEvent.VK_TAB)
            // By its name: the window tells of a new focus a moment late, and bounds change meanwhile.
            val now = await("Tab to go on to “$name” after $passed") { look().firstOrNull { it.focused && it.name != passed.last() } }
            await("“${now.name}” to show that it has the focus") { if (differ(unfocused, picture(), onScreen(now))) true else null }
            passed += now.name
        }
    }

    /** What one goes to with Tab, and presses with Enter. */
    fun enter(name: String) {
        tabTo(name)
        press(KeyEvent.VK_ENTER)
    }

    /** Into the field of this label: letters and digits, spaces and hyphens. */
    fun type(label: String, text: String) {
        tabTo(label)
        for (letter in text) {
            if (letter.isUpperCase()) robot.keyPress(KeyEvent.VK_SHIFT)
            press(KeyEvent.getExtendedKeyCodeForChar(letter.code))
            if (letter.isUpperCase()) robot.keyRelease(KeyEvent.VK_SHIFT)
        }
    }

    fun click(name: String) {
        val bounds = onScreen(await("“$name” in the window") { look().firstOrNull { it.name == name } })
        robot.mouseMove(bounds.centerX.toInt(), bounds.centerY.toInt())
        robot.mousePress(InputEvent.BUTTON1_DOWN_MASK)
        robot.mouseRelease(InputEvent.BUTTON1_DOWN_MASK)
    }

    private fun onScreen(thing: Thing) = Rectangle(thing.bounds).apply { place(TITLE).let { translate(it.x, it.y) } }

    private fun press(key: Int) {
        robot.keyPress(key)
        robot.keyRelease(key)
    }

    private fun picture(): BufferedImage = robot.createScreenCapture(Rectangle(Toolkit.getDefaultToolkit().screenSize))

    /** Keeps what the window looks like. */
    fun keepPicture(name: String) {
        ImageIO.write(picture(), "png", pictures.resolve("$name.png").toFile())
    }

    /** The server is gone at once, as with its machine. */
    fun killServer() {
        val server = process.descendants().filter { it.info().command().orElse("").endsWith("/qadam-backend") }.toList().single()
        server.destroyForcibly()
        server.onExit().get(LIMIT, TimeUnit.MILLISECONDS)
    }

    /** With the window's own cross: the program ends by itself, and well. */
    fun closeWindow() {
        askToClose(TITLE)
        check(process.waitFor(LIMIT, TimeUnit.MILLISECONDS)) { "the desk ends once its window is closed" }
        check(process.exitValue() == 0) { "the desk ended with ${process.exitValue()}" }
    }

    /** Whatever still runs of it ends. */
    override fun close() {
        val all = process.descendants().toList() + process.toHandle()
        all.forEach { it.destroyForcibly() }
        all.forEach { it.onExit().get(LIMIT, TimeUnit.MILLISECONDS) }
    }
}

/** Whether two pictures of the screen differ there. */
private fun differ(one: BufferedImage, other: BufferedImage, where: Rectangle): Boolean {
    val seen = where.intersection(Rectangle(one.width, one.height))
    fun BufferedImage.points() = getRGB(seen.x, seen.y, seen.width, seen.height, null, 0, seen.width)
    return !seen.isEmpty && !one.points().contentEquals(other.points())
}
