package app.qadam.core

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNull

class TeamTest {
    @Test
    fun teamFollowsTheCompanysTree() = scenario { phones ->
        val (phone, _) = phones.ofNewPerson()
        val team = phone.qadam.team
        assertNull(team.current())
        val me = (phone.qadam.session.current() as SessionView.SignedIn).account.distributor

        val columns = "id,sponsor,name,phone,rank,personal,group,active,joined,city"
        fun line(id: String, sponsor: String, name: String, personal: Int = 0) =
            "$id,$sponsor,$name,+7 701 000 00 00,gold,$personal,900,1,2026-11-20,Almaty"
        Backend.importTeam(
            listOf(columns, line(me, "", "Aigerim"), line("$me-a", me, "Дана"), line("$me-b", me, "José"), line("$me-c", "$me-a", "Josefa"))
                .joinToString("\n"),
        )
        assertEquals(3u, team.me.until { it != null }?.below)
        assertEquals(listOf("$me-a", "$me-b"), team.page().members.map { it.id })
        assertEquals(listOf(1u, 0u), team.page().members.map { it.children })
        assertEquals(listOf("$me-a" to 1u, "$me-c" to 2u, "$me-b" to 1u), team.subtree().members.map { it.id to it.level })
        assertEquals(listOf("José", "Josefa"), team.search(TeamSearch("JOSE")).members.map { it.name })
        assertEquals(listOf(me, "$me-a"), team.path("$me-c").map { it.id })
        assertFailsWith<QadamException.NotFound> { team.current("nobody") }

        Backend.importTeam(listOf(columns, line("$me-c", "$me-b", "Josefa", personal = 120)).joinToString("\n"))
        val moved = team.member("$me-c").until { it?.sponsor == "$me-b" }
        assertEquals(120, moved?.personal)
        assertEquals(1u, team.children().until { it.members.last().children == 1u }.members.last().below)
    }
}
