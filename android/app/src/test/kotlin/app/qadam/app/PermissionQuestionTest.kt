package app.qadam.app

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

@RunWith(RobolectricTestRunner::class)
class PermissionQuestionTest {
    private val now = 1_800_000_000_000
    private val day = 24 * 60 * 60_000L

    @Test
    fun itIsAskedAfterTheFirstSuccessAndNeverTwiceInARow() {
        assertTrue(asks(permitted = false, succeeded = true, Refusals(), now))
        assertFalse(asks(permitted = false, succeeded = false, Refusals(), now), "nothing was achieved yet")
        assertFalse(asks(permitted = true, succeeded = true, Refusals(), now), "it is permitted")
        assertFalse(asks(permitted = false, succeeded = true, Refusals(1, now), now))
        assertFalse(asks(permitted = false, succeeded = true, Refusals(1, now - 30 * day + 1), now))
        assertTrue(asks(permitted = false, succeeded = true, Refusals(1, now - 30 * day), now))
        assertFalse(asks(permitted = false, succeeded = true, Refusals(2, now - 900 * day), now), "never after the second no")
        assertFalse(asks(permitted = false, succeeded = true, Refusals(1, now + day), now), "the clock went back")
    }

    @Test
    fun refusalsAreRemembered() {
        RefusalStore(app).refuse(now)
        RefusalStore(app).refuse(now + 40 * day)
        assertEquals(Refusals(2, now + 40 * day), RefusalStore(app).refusals)
    }

    @Test
    fun finishedTaskIsASuccess() {
        val (qadam, _) = signedIn()
        beside {
            assertFalse(succeeded(qadam.learning.currentCourses(), qadam.journey.currentPlan()))
            qadam.journey.complete("meet-your-sponsor")
            assertTrue(succeeded(qadam.learning.currentCourses(), qadam.journey.currentPlan()))
        }
    }
}
