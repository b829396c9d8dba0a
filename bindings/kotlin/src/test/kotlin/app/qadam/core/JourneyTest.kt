package app.qadam.core

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

private const val TICKED = "meet-your-sponsor"
private const val BY_ITSELF = "what-this-is"

class JourneyTest {
    @Test
    fun planIsFollowedOfflineAndIsTheSameOnTheSecondDevice() = scenario { phones ->
        val (phone, login) = phones.ofNewPerson()
        val journey = phone.qadam.journey
        val welcome = assertNotNull(journey.welcome())
        assertFalse(welcome.seen)
        assertTrue(welcome.letter.isNotBlank() && welcome.tour.isNotEmpty())

        phone.goOffline()
        journey.finishWelcome()
        val today = assertNotNull(journey.currentToday())
        assertEquals(1u, today.day)
        assertTrue(today.tasks.size in 1..3)
        journey.complete(TICKED)
        assertIs<TaskStatus.Done>(journey.currentPlan()?.task(TICKED)?.status)
        assertFailsWith<QadamException.TaskCompletesItself> { journey.complete(BY_ITSELF) }
        assertFailsWith<QadamException.NotFound> { journey.complete("no-such-task") }

        journey.acknowledgeMoves()
        val ends = assertNotNull(journey.currentPlan()).ends
        val pause = journey.pause(until = ends)
        val paused = assertNotNull(journey.currentPlan())
        assertIs<JourneyStatus.Paused>(paused.today.status)
        assertTrue(paused.moves.isNotEmpty() && paused.moves.all { it.why == MoveReason.PAUSE })
        journey.resume(pause)
        assertEquals(ends, journey.currentPlan()?.ends)

        phone.goOnline()
        val second = phones.another(login)
        second.qadam.journey.plan.until { it?.task(TICKED)?.status is TaskStatus.Done }
        assertEquals(ends, second.qadam.journey.currentPlan()?.ends)
        assertTrue(assertNotNull(second.qadam.journey.welcome()).seen)
        assertEquals(emptyList(), phone.qadam.sync.currentRefusals())
    }
}

private fun JourneyView.task(id: String): TaskView? = phases.flatMap { it.tasks }.find { it.id == id }
