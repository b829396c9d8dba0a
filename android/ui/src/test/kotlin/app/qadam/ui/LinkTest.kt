package app.qadam.ui

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue

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
}
