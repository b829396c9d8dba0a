package app.qadam.core

import java.time.LocalDate
import java.time.ZoneId
import kotlin.math.abs
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue

class NudgesTest {
    @Test
    fun onePhoneShowsNudgesAndChoicesAreKept() = scenario { phones ->
        val (phone, login) = phones.ofNewPerson()
        val nudges = phone.qadam.nudges
        assertFalse(nudges.plan(permission = true).shows, "it has to ask first")
        phone.qadam.sync.now()
        assertTrue(nudges.plan(permission = true).shows)
        val second = phones.another(login)
        assertFalse(second.qadam.nudges.plan(permission = true).shows, "the other one does")

        phone.goOffline()
        nudges.switch(NudgeCategory.COMPANY, on = false)
        nudges.setBestMinute(20u * 60u)
        nudges.setVolumeGoal(500)
        nudges.shareProgress(false)
        nudges.never("reviews-due")
        nudges.pause(until = "2999-12-31")
        assertEquals(emptyList(), nudges.plan(permission = true).scheduled)
        nudges.pause(until = null)
        val chosen = nudges.settings()
        assertEquals(listOf(NudgeCategory.COMPANY), chosen.off)
        assertEquals(20u * 60u, chosen.best)
        assertEquals(500, chosen.volumeGoal)
        assertEquals("reviews-due", chosen.never.single().rule)
        assertTrue(chosen.never.single().why.isNotBlank())
        assertFalse(chosen.share)
        assertFailsWith<QadamException.Invalid> { nudges.setBestMinute(22u * 60u) }
        assertFailsWith<QadamException.NotFound> { nudges.open("0".repeat(32)) }
        assertFailsWith<QadamException.NotFound> { nudges.why("no id") }
        assertEquals(emptyList(), nudges.currentMessages())
        assertTrue(nudges.plan(permission = true).scheduled.size <= 48)
    }

    @Test
    fun reminderComesAtNightAndIsTheSameOnTheSecondDevice() = scenario { phones ->
        val (phone, login) = phones.ofNewPerson()
        phone.qadam.nudges.plan(permission = true)
        phone.qadam.sync.now()
        val second = phones.another(login)
        val reminders = phone.qadam.reminders
        suspend fun planned() = phone.qadam.nudges.plan(permission = true).scheduled.filter { it.category == null }

        phone.goOffline()
        val date = LocalDate.now().plusDays(2)
        val day = date.toString()
        val night = 22u * 60u + 30u
        val id = reminders.add("Ask Dana about the cream", day, night)
        assertEquals(listOf(ReminderView(id, "Ask Dana about the cream", day, night, ReminderStatus.COMING)), reminders.current())
        // The server's clock and this one are about the same.
        fun assertAt(minute: UInt, at: Long) {
            val wanted = date.atTime(minute.toInt() / 60, minute.toInt() % 60).atZone(ZoneId.systemDefault()).toInstant().toEpochMilli()
            assertTrue(abs(at - wanted) < 60_000, "$at and not $wanted")
        }
        val shown = planned().single()
        assertEquals(Triple(id, "Ask Dana about the cream", ""), Triple(shown.id, shown.title, shown.body))
        assertAt(night, shown.at)
        assertFailsWith<QadamException.Invalid> { reminders.add(" ", day, night) }
        assertFailsWith<QadamException.Invalid> { reminders.add("Too late", date.minusDays(4).toString(), night) }
        assertFailsWith<QadamException.NotFound> { reminders.finish("no id") }
        phone.goOnline()

        assertEquals(id, second.qadam.reminders.changes.until { it.isNotEmpty() }.single().id)
        second.qadam.reminders.change(id, "Bring the cream", day, night + 15u)
        reminders.changes.until { it.single().text == "Bring the cream" }
        assertAt(night + 15u, planned().single().at)
        reminders.finish(id)
        assertEquals(emptyList(), planned())
        second.qadam.reminders.changes.until { it.single().status == ReminderStatus.DONE }
        second.qadam.reminders.delete(id)
        reminders.changes.until { it.isEmpty() }
    }
}
