package app.qadam.bench

import androidx.lifecycle.SavedStateHandle
import androidx.lifecycle.ViewModel
import androidx.lifecycle.ViewModelStore
import app.qadam.core.AnswerInput
import app.qadam.core.Config
import app.qadam.core.ContactsQuery
import app.qadam.core.Network
import app.qadam.core.Qadam
import app.qadam.core.Zone
import app.qadam.core.uniffiEnsureInitialized
import app.qadam.desk.FileSecureStore
import app.qadam.ui.ContactsViewModel
import app.qadam.ui.Load
import app.qadam.ui.QuizViewModel
import app.qadam.ui.ReviewsViewModel
import app.qadam.ui.TodayState
import app.qadam.ui.TodayViewModel
import app.qadam.ui.value
import java.nio.file.Files
import java.nio.file.Path
import kotlin.system.exitProcess
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.mapNotNull
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext

private const val PASSWORD = "correct horse battery"
private const val LOGIN = "aigul"

/** The sample company's first lesson. */
private const val LESSON = "what-this-business-is"

/** Draws of a quiz after which each of its questions was seen. */
private const val DRAWS = 20

/**
 * What a person waits for at the screens, with a real core that holds 100,000 rows. `qadam-bench` starts it twice, since what was held
 * once is faster: `FOLDER SERVER CODE` fills the folder for two phones, `FOLDER SERVER` measures and prints a line of figures as JSON,
 * times in nanoseconds, memory in bytes.
 */
fun main(arguments: Array<String>) {
    if (arguments.size !in 2..3) {
        System.err.println("qadam-bench <folder> <server> [<code>]")
        exitProcess(2)
    }
    val folder = Path.of(arguments[0])
    // Fails where the library is not the one that the bindings were generated from.
    uniffiEnsureInitialized()
    runBlocking(Dispatchers.Default) {
        if (arguments.size == 3) fill(folder, arguments[1], arguments[2]) else println(measure(folder))
    }
    exitProcess(0)
}

/** In the far west while it is filled, in the far east when it is measured: a day later at least, so a question that was skipped is due. */
private class Fixed(private val minutes: Int) : Zone {
    override fun offset(at: Long): Int = minutes
}

/** Offline for its own driver, as the bench's phones are: it syncs when it is told to. */
private suspend fun open(folder: Path, zone: Zone = Fixed(14 * 60)): Qadam {
    Files.createDirectories(folder)
    return Qadam.open(Config(folder.toString(), "qadam-bench/0.1.0", "kk", Network.OFFLINE), FileSecureStore(folder.resolve("secrets")), zone)
}

private fun first(folder: Path) = folder.resolve("first")

/** All rows on both, and on the first a lesson that is passed, with a question to come back. */
private suspend fun fill(folder: Path, server: String, code: String) {
    open(first(folder), Fixed(-12 * 60)).use { phone ->
        check(phone.session.setPassword(server, code, PASSWORD) == LOGIN)
        phone.session.signIn(server, LOGIN, PASSWORD, "first")
        check(phone.sync.now().received >= 100_000u) { "all rows came" }
        val right = solutions(phone)
        phone.learning.finishReading(LESSON)
        val questions = phone.learning.quiz(LESSON).questions
        for (question in questions.drop(1)) phone.learning.answer(LESSON, question.id, right.getValue(question.id))
        check(phone.learning.handIn(LESSON).passed) { "one question was skipped, and it is passed" }
        phone.sync.now()
    }
    open(folder.resolve("second")).use { phone ->
        phone.session.signIn(server, LOGIN, PASSWORD, "second")
        phone.sync.now()
    }
}

/** Right answers, as somebody finds them out who hands in an empty quiz again and again. */
private suspend fun solutions(phone: Qadam): Map<String, AnswerInput> = buildMap {
    repeat(DRAWS) {
        phone.learning.quiz(LESSON)
        phone.learning.handIn(LESSON).graded.associateTo(this) { it.question to it.solution }
    }
}

private suspend fun measure(folder: Path): String {
    val (cold, memory) = firstStart(first(folder))
    val start = starts(first(folder))
    return open(first(folder)).use { phone ->
        val page = page(phone)
        val quiz = quiz(phone)
        val review = review(phone)
        val frames = open(folder.resolve("second")).use { Frames(phone, it).measure() }
        """{"start": ${start.measured}, "start_floor": ${start.floor}, "start_cold": $cold, "memory": $memory, """ +
            """"page": ${page.measured}, "page_floor": ${page.floor}, "quiz": ${quiz.measured}, "quiz_floor": ${quiz.floor}, """ +
            """"review": ${review.measured}, "review_floor": ${review.floor}, $frames}"""
    }
}

/** On the UI thread, with a view model of its own, which ends with it. */
suspend fun <M : ViewModel, T> onScreen(make: () -> M, work: suspend (M) -> T): T = withContext(Dispatchers.Main) {
    val store = ViewModelStore()
    try {
        work(make().also { store.put("model", it) })
    } finally {
        store.clear()
    }
}

suspend fun <S> Flow<Load<S>>.ready(holds: (S) -> Boolean = { true }): S = mapNotNull { it.value }.first(holds)

private fun complete(today: TodayState): Boolean = today.plan != null && today.lesson != null && today.reviewsDue > 0

/** From nothing to all that Today shows. Gives the phone, open. */
private suspend fun start(folder: Path): Qadam {
    val phone = open(folder)
    onScreen({ TodayViewModel(phone) }) { it.state.ready(::complete) }
    return phone
}

/** The first start of a process: nanoseconds, and the bytes that the process has grown by with Today and a page of contacts. */
private suspend fun firstStart(folder: Path): Pair<Long, Long> {
    withContext(Dispatchers.Main) {}
    val before = resident()
    val begin = System.nanoTime()
    val phone = start(folder)
    val time = System.nanoTime() - begin
    onScreen({ ContactsViewModel(phone, SavedStateHandle()) }) { it.state.ready() }
    val memory = resident() - before
    phone.shutDown()
    return time to memory
}

private fun resident(): Long {
    System.gc()
    val line = Files.readAllLines(Path.of("/proc/self/status")).first { it.startsWith("VmRSS:") }
    return line.filter { it.isDigit() }.toLong() * 1024
}

/** Each opens anew; what it closes with is not timed. */
private suspend fun starts(folder: Path): Figures {
    suspend fun timed(work: suspend () -> Qadam): Long {
        val begin = System.nanoTime()
        val phone = work()
        return (System.nanoTime() - begin).also { phone.shutDown() }
    }
    return medians(List(STARTS) { Figures(timed { start(folder) }, timed { questions(folder) }) }.drop(STARTS / 3))
}

private const val STARTS = 45

/** What [start] asks, each question once, and all at the same time. */
private suspend fun questions(folder: Path): Qadam = open(folder).also { phone ->
    coroutineScope {
        listOf(
            async { phone.session.current() },
            async { phone.journey.currentToday() },
            async { phone.journey.welcome() },
            async { phone.learning.currentCourses() },
            async { phone.reviews.currentStack() },
            async { phone.awards.current() },
            async { phone.results.currentNotices() },
            async { phone.offers.current() },
        ).awaitAll()
    }
}

/** Fifty contacts, from the screen's first look to the list that it shows. */
private suspend fun page(phone: Qadam): Figures = beside(
    20,
    { onScreen({ ContactsViewModel(phone, SavedStateHandle()) }) { model -> model.state.ready { it.contacts.size == 50 } } },
) { phone.contacts.page(ContactsQuery(limit = 50u)) }

/** From the tap that hands a quiz in to its result. Each is a draw of its own, which nothing is answered of, so it can go on. */
private suspend fun quiz(phone: Qadam): Figures = onScreen({ QuizViewModel(phone, LESSON, SavedStateHandle()) }) { model ->
    medians(
        List(HAND_INS) {
            model.state.ready { it.result == null }
            val begin = System.nanoTime()
            model.handIn()
            model.state.ready { it.result != null }
            val between = System.nanoTime()
            phone.learning.quiz(LESSON)
            val again = System.nanoTime()
            phone.learning.handIn(LESSON)
            Figures(between - begin, System.nanoTime() - again).also { model.again() }
        }.drop(HAND_INS / 3),
    )
}

private const val HAND_INS = 60

/** From the tap to what the screen says of the answer. */
private suspend fun review(phone: Qadam): Figures = onScreen({ ReviewsViewModel(phone) }) { model ->
    val card = checkNotNull(model.state.ready { it.card != null }.card)
    val right = checkNotNull(solutions(phone)[card.question.id]) { "it was drawn once" }
    beside(
        20,
        {
            model.answer(right)
            model.check()
            model.state.ready { it.graded != null }
            model.next()
            model.state.ready { it.graded == null }
        },
    ) { phone.reviews.grade(card.lesson, card.question.id, right) }
}
