package app.qadam.core

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
}
