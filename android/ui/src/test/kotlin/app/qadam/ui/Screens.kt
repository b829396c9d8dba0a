package app.qadam.ui

import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.test.ComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasScrollToNodeAction
import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performScrollToNode
import androidx.compose.ui.test.performTextReplacement
import androidx.compose.ui.test.v2.runComposeUiTest
import androidx.lifecycle.ViewModelStore
import androidx.lifecycle.ViewModelStoreOwner
import androidx.lifecycle.viewmodel.compose.LocalViewModelStoreOwner
import app.qadam.core.Phones
import app.qadam.core.Texts
import app.qadam.desk.DeskPlatform
import java.nio.file.Path
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.resetMain
import kotlinx.coroutines.test.setMain

/** As long as Rust, a server and a slow machine may take. */
private const val LIMIT = 120_000L

val texts: Texts by lazy { Texts("en") }

/** A test of screens on phones: the core works in real time, so what it brings is waited for. */
@OptIn(ExperimentalTestApi::class, ExperimentalCoroutinesApi::class)
fun screens(test: ComposeUiTest.(Phones) -> Unit) {
    // With the desktop's own main thread navigation would wait for ever.
    Dispatchers.setMain(UnconfinedTestDispatcher())
    try {
        Phones().use { phones -> runComposeUiTest { test(phones) } }
    } finally {
        Dispatchers.resetMain()
    }
}

fun platform(server: String = "", locale: String = "en"): Platform = DeskPlatform(server, locale, reduceMotion = true, folder = Path.of(System.getProperty("java.io.tmpdir")))

/** What a process holds in memory: it ends with [ViewModelStore.clear]. */
class Process : ViewModelStoreOwner {
    override val viewModelStore = ViewModelStore()
}

@Composable
fun Within(process: Process, content: @Composable () -> Unit) {
    CompositionLocalProvider(LocalViewModelStoreOwner provides process, content = content)
}

@OptIn(ExperimentalTestApi::class)
fun ComposeUiTest.await(matcher: SemanticsMatcher) = waitUntil(matcher.description, LIMIT) {
    onAllNodes(matcher).fetchSemanticsNodes(atLeastOneRootRequired = false).isNotEmpty()
}

@OptIn(ExperimentalTestApi::class)
fun ComposeUiTest.await(text: String) = await(hasText(text, substring = true))

@OptIn(ExperimentalTestApi::class)
fun ComposeUiTest.awaitGone(text: String) = waitUntil("$text to be gone", LIMIT) {
    onAllNodes(hasText(text, substring = true)).fetchSemanticsNodes(atLeastOneRootRequired = false).isEmpty()
}

/** Touches what says so, once it is there, wherever in the list it is. */
@OptIn(ExperimentalTestApi::class)
fun ComposeUiTest.touch(text: String) = touch(hasText(text, substring = true) and hasClickAction())

@OptIn(ExperimentalTestApi::class)
fun ComposeUiTest.touch(matcher: SemanticsMatcher) {
    find(matcher)
    onAllNodes(matcher).onFirst().performClick()
    waitForIdle()
}

@OptIn(ExperimentalTestApi::class)
fun ComposeUiTest.type(label: String, text: String) {
    val field = hasSetTextAction() and hasContentDescription(label)
    find(field)
    onAllNodes(field).onFirst().performTextReplacement(text)
    waitForIdle()
}

/** Waits for a node, and brings it in sight. */
@OptIn(ExperimentalTestApi::class)
fun ComposeUiTest.find(matcher: SemanticsMatcher) {
    fun there() = onAllNodes(matcher).fetchSemanticsNodes(atLeastOneRootRequired = false).isNotEmpty()
    waitUntil("to find ${matcher.description}", LIMIT) {
        if (there()) return@waitUntil true
        val lists = onAllNodes(hasScrollToNodeAction()).fetchSemanticsNodes(atLeastOneRootRequired = false).size
        for (list in 0 until lists) {
            try {
                onAllNodes(hasScrollToNodeAction())[list].performScrollToNode(matcher)
            } catch (_: AssertionError) {
                // Not in this list, or not yet.
            }
        }
        there()
    }
    try {
        onAllNodes(matcher).onFirst().performScrollTo()
    } catch (_: AssertionError) {
        // It stands outside of any list.
    }
}

fun <T> now(question: suspend () -> T): T = runBlocking(Dispatchers.Default) { question() }
