package app.qadam.bench

import androidx.compose.material3.Surface
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.ImageComposeScene
import app.qadam.core.ContactEdit
import app.qadam.core.ContactsQuery
import app.qadam.core.Qadam
import app.qadam.core.TaskKindView
import app.qadam.core.Texts
import app.qadam.desk.DeskPlatform
import app.qadam.ui.Load
import app.qadam.ui.LocalPlatform
import app.qadam.ui.LocalTexts
import app.qadam.ui.QadamTheme
import app.qadam.ui.ScreenViewModel
import app.qadam.ui.TodayIntents
import app.qadam.ui.TodayScreen
import app.qadam.ui.TodayState
import app.qadam.ui.TodayViewModel
import app.qadam.ui.value
import java.awt.AWTEvent
import java.awt.EventQueue
import java.awt.Toolkit
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.locks.LockSupport
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout

/** Nanoseconds that a frame has at 60 Hz. */
private const val FRAME = 16_666_667L

/** Frames of a stretch, at least: a second. */
private const val STRETCH = 60

private const val ROUNDS = 12

/** Rounds at the begin in which the JVM still compiles. */
private const val WARM_UP = 4

/** Contacts that another phone changes for each round. */
private const val EDITS = 500

/**
 * Today, drawn sixty times a second by the UI thread: while [phone] takes what [other] has sent and Today is renewed; and beside it while the core
 * rests and the screen changes as much.
 */
class Frames(private val phone: Qadam, private val other: Qadam) {
    private val turns = Turns()
    private var shown: Load<TodayState> by mutableStateOf(Load.Pending)

    /** Figures as fields of a JSON object: medians of the rounds, of what took longest in each. */
    suspend fun measure(): String = onScreen({ TodayViewModel(phone) }) { today ->
        Toolkit.getDefaultToolkit().systemEventQueue.push(turns)
        val scene = scene(today)
        val watching = CoroutineScope(Dispatchers.Main).launch { today.state.collect { shown = it } }
        phone.sync.now()
        val contacts = contacts()
        val talk = checkNotNull(other.journey.currentToday()).tasks.first { it.kind is TaskKindView.Sponsor }.id
        val (rest, sync) = List(2) { mutableListOf<List<Long>>() }
        val (longest, reads) = List(2) { mutableListOf<Long>() }
        var before: Load<TodayState> = today.state.first { it is Load.Ready }
        for (round in 0 until ROUNDS) {
            val now = today.state.value
            collectGarbage()
            val atRest = draw(scene, { false }) { shown = if (it == STRETCH / 2) before else now }
            other.sync.now()
            if (round % 2 == 0) other.journey.complete(talk) else other.journey.reopen(talk)
            for (contact in contacts) other.contacts.edit(contact, ContactEdit(note = "Round $round"))
            other.sync.now()
            collectGarbage()
            turns.longest = 0
            val read = readsOfUi()
            val drawn = coroutineScope {
                val renewed = async(Dispatchers.Default) {
                    withTimeout(60.seconds) {
                        check(phone.sync.now().received >= EDITS.toUInt()) { "what the other phone sent came" }
                        today.state.ready { it.plan != now.value?.plan }
                    }
                }
                draw(scene, { renewed.isActive }).also { renewed.await() }
            }
            before = now
            if (round < WARM_UP) continue
            rest.add(atRest)
            sync.add(drawn)
            longest += turns.longest
            reads += readsOfUi() - read
        }
        // Each commit makes what SQLite holds in memory stale, so whoever asks after it reads its pages anew.
        check(median(reads) == 0L) { "the UI thread asks no database, but it read: $reads" }
        watching.cancel()
        scene.close()
        fun List<List<Long>>.longest() = median(map { it.max() })
        fun List<List<Long>>.lost() = flatten().count { it > FRAME }
        """"frame": ${sync.longest()}, "frame_floor": ${rest.longest()}, "turn": ${median(longest)}, """ +
            """"frames": ${sync.flatten().size}, "lost": ${sync.lost()}, "lost_at_rest": ${rest.lost()}"""
    }

    private fun scene(model: ScreenViewModel): ImageComposeScene {
        val platform = DeskPlatform(server = "", locale = "kk", reduceMotion = true)
        val intents = TodayIntents({ _, _ -> }, { _, _ -> }, {})
        return ImageComposeScene(360, 740, coroutineContext = Dispatchers.Main) {
            CompositionLocalProvider(LocalPlatform provides platform, LocalTexts provides Texts("kk")) {
                QadamTheme(platform.font, dark = false) { Surface { TodayScreen(shown, model, intents, "kk", messages = 0, leads = false) {} } }
            }
        }
    }

    /** What was left behind before is none of what is measured next; and it is no turn of the UI thread's. */
    private suspend fun collectGarbage() = withContext(Dispatchers.IO) { System.gc() }

    private suspend fun contacts(): List<String> = buildList {
        var after: String? = null
        while (size < EDITS) {
            val page = other.contacts.page(ContactsQuery(after = after, limit = 100u))
            page.contacts.mapTo(this) { it.id }
            after = page.next
        }
    }

    /** Draws for a second and as long as [more] says. Gives the time of each frame from its begin to the end of its drawing. */
    private suspend fun draw(scene: ImageComposeScene, more: () -> Boolean, change: (Int) -> Unit = {}): List<Long> = withContext(Dispatchers.IO) {
        val times = mutableListOf<Long>()
        val begin = System.nanoTime() + FRAME
        var n = 0
        while (n < STRETCH || more()) {
            val frame = n++
            val due = begin + frame * FRAME
            while (System.nanoTime() < due) LockSupport.parkNanos(due - System.nanoTime())
            EventQueue.invokeLater {
                turns.isDrawing = true
                change(frame)
                // The picture lies outside of Java's heap, which the collector does not see.
                scene.render(due).close()
                times += System.nanoTime() - due
            }
        }
        EventQueue.invokeAndWait {}
        times
    }

    /** How often the UI thread has read from a file or a connection. */
    private suspend fun readsOfUi(): Long {
        val thread = withContext(Dispatchers.Main) { Files.readSymbolicLink(Path.of("/proc/thread-self")) }
        val counts = withContext(Dispatchers.IO) { Files.readAllLines(Path.of("/proc").resolve(thread).resolve("io")) }
        return counts.first { it.startsWith("syscr: ") }.removePrefix("syscr: ").toLong()
    }
}

/** The UI thread's events, and how long the longest took in which nothing was drawn: what is left of the core's work for that thread. */
private class Turns : EventQueue() {
    @Volatile var longest = 0L
    var isDrawing = false

    override fun dispatchEvent(event: AWTEvent) {
        isDrawing = false
        val begin = System.nanoTime()
        super.dispatchEvent(event)
        if (!isDrawing) longest = maxOf(longest, System.nanoTime() - begin)
    }
}
