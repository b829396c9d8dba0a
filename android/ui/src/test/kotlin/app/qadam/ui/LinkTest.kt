package app.qadam.ui

import androidx.compose.runtime.Composable
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isSelected
import app.qadam.core.Backend
import app.qadam.core.PASSWORD
import java.net.URLEncoder
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.receiveAsFlow

class LinkTest {
    @Test
    fun linksNameScreens() {
        assertEquals(Route.Reviews, routeOf("qadam://reviews"))
        assertEquals(Route.Today, routeOf("https://qadam.example/app/today?from=letter#top"))
        assertEquals(Route.Lesson("what-this-business-is"), routeOf("qadam://lesson/what-this-business-is"))
        assertEquals(Route.Why("1 2"), routeOf("QADAM://why/1%202"))
        assertEquals(Route.ContactEdit(), routeOf("qadam://contact/new"))
        assertTrue(isInvitation("qadam://join?server=https%3A%2F%2Fqadam.example&code=AB-12"))
        assertTrue(isInvitation("https://qadam.example/app/join?code=AB-12"))
    }

    @Test
    fun whatIsNoLinkNamesNothing() {
        val strange = listOf(
            "", "today", "qadam:today", "qadam://", "qadam://lesson", "qadam://lesson/", "qadam://lesson//", "qadam://lesson/1/2", "qadam://nowhere", "qadam://why/%",
            "javascript:alert(1)", "http://qadam.example/app/today", "https://qadam.example/today", "https://qadam.example/app", "qadam://lesson/" + "1".repeat(2_000), "qadam://to day",
        )
        for (link in strange) {
            assertNull(routeOf(link), link)
            assertFalse(isInvitation(link), link)
        }
    }

    @OptIn(ExperimentalTestApi::class)
    @Test
    fun codesAndLinksLeadIntoTheApp() = screens { phones ->
        val (_, code) = Backend.invite()
        val phone = now { phones.fresh() }
        val platform = object : Platform by platform() {
            @Composable
            override fun codeScanner(read: (String) -> Unit): () -> Unit = { read("qadam://join?server=${URLEncoder.encode(Backend.address, "UTF-8")}&code=$code") }
        }
        val sent = Channel<String>(Channel.CONFLATED)
        val links = sent.receiveAsFlow()
        val process = Process()
        setContent { Within(process) { QadamApp(phone.qadam, platform, links) } }
        touch(texts.signInScan)
        type(texts.signInNewPassword, PASSWORD)
        touch(texts.signInBegin)
        await(texts.todayTitle)

        sent.trySend("qadam://contact/new")
        await(hasSetTextAction() and hasContentDescription(texts.contactName))
        sent.trySend("qadam://nowhere")
        sent.trySend("https://qadam.example/app/settings")
        await(texts.settingsTitle)
        touch(hasContentDescription(texts.back) and hasClickAction())
        await(hasSetTextAction() and hasContentDescription(texts.contactName))
        sent.trySend("qadam://learn")
        await(hasText(texts.learnTitle) and isSelected())
    }
}
