package app.qadam.app

import android.app.AlarmManager
import app.qadam.core.NudgeCategory
import app.qadam.core.ScheduledNudgeView
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf

@RunWith(RobolectricTestRunner::class)
class AlarmsTest {
    private val now = System.currentTimeMillis()
    private val alarms = Alarms(app)

    private fun planned(id: String, at: Long, expires: Long = at + HOUR) = ScheduledNudgeView(id, at, expires, NudgeCategory.LEARNING, "Title", "Body")

    /** Id and time of what Android holds. */
    private fun set(): Map<String, Long> = shadowOf(app.service<AlarmManager>()).scheduledAlarms
        .associate { shadowOf(it.operation).savedIntent.data!!.schemeSpecificPart to it.triggerAtMs }

    @Test
    fun whatIsPlannedHasAnAlarmAndNothingElseHas() {
        alarms.reconcile(listOf(planned("a", now + HOUR), planned("b", now + 2 * HOUR)), now)
        assertEquals(mapOf("a" to now + HOUR, "b" to now + 2 * HOUR), set())
        alarms.reconcile(listOf(planned("b", now + 3 * HOUR), planned("c", now + 4 * HOUR)), now)
        assertEquals(mapOf("b" to now + 3 * HOUR, "c" to now + 4 * HOUR), set(), "moved, and new, and gone")
        // Another process, which knows only what was kept.
        Alarms(app).reconcile(emptyList(), now)
        assertEquals(emptyMap(), set())
        assertEquals(emptySet(), alarms.ids)
    }

    @Test
    fun whatIsDueStaysUntilItExpires() {
        alarms.reconcile(listOf(planned("a", now - 1), planned("b", now + HOUR)), now)
        // The engine counts it as shown now: it is in no plan.
        alarms.reconcile(listOf(planned("b", now + HOUR)), now)
        assertEquals(mapOf("a" to now - 1, "b" to now + HOUR), set())
        alarms.reconcile(listOf(planned("b", now + HOUR)), now + HOUR)
        assertEquals(setOf("b"), set().keys)
    }

    @Test
    fun alarmsAreLetBeLateAndNeedNoPermission() {
        alarms.reconcile(listOf(planned("a", now + HOUR)), now)
        val alarm = shadowOf(app.service<AlarmManager>()).scheduledAlarms.single()
        assertEquals(AlarmManager.RTC_WAKEUP, alarm.type)
        assertTrue(alarm.isAllowWhileIdle)
        assertTrue(alarm.windowLengthMs != 0L, "it would be exact")
    }

    @Test
    fun oneThatCameIsRemoved() {
        alarms.reconcile(listOf(planned("a", now + HOUR), planned("b", now + HOUR)), now)
        alarms.remove("a")
        assertEquals(setOf("b"), set().keys)
        alarms.planAgain(now + HOUR)
        alarms.cancelAll()
        assertEquals(emptyMap(), set())
    }

    private companion object {
        const val HOUR = 60 * 60_000L
    }
}
