package app.qadam.core

import java.time.LocalDate
import java.time.ZoneOffset
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue

class ResultsTest {
    @Test
    fun saleIsShownAndWhatItsReturnTakesBackIsToldOnce() = scenario { phones ->
        val (phone, login) = phones.ofNewPerson()
        val second = phones.another(login)
        val none = phone.qadam.results.current()
        assertEquals(null to emptyList(), none.rank to none.sales)
        assertEquals(emptyList(), phone.qadam.offers.current())
        val me = (phone.qadam.session.current() as SessionView.SignedIn).account.distributor
        val today = LocalDate.now(ZoneOffset.UTC)
        fun sale(version: Int, status: String) =
            Backend.importResults(
                "sales",
                "id,version,distributor,day,volume,buyer,status\norder-$me,$version,$me,$today,300,customer,$status\n",
            )

        sale(1, "confirmed")
        val shown = phone.qadam.results.changes.until { it.sales.isNotEmpty() }.sales.single()
        assertEquals(SaleView("order-$me", today.toString(), 300, own = false, returned = false), shown)
        fun fromRule(awards: AwardsView) = awards.ledger.any { (it.source as? PointsSource.Rule)?.id == "first-sale" }
        assertTrue(fromRule(phone.qadam.awards.changes.until(holds = ::fromRule)))
        Backend.importResults("volumes", "distributor,month,version,day,customers,own\n$me,${today.toString().take(7)},1,$today,900,40\n")
        val volume = phone.qadam.results.changes.until { it.volumes.isNotEmpty() }.volumes.single()
        assertEquals(900L to 40L, volume.customers to volume.own)
        assertEquals(emptyList(), phone.qadam.results.currentNotices())

        sale(2, "returned")
        assertTrue(phone.qadam.results.changes.until { it.sales.single().returned }.sales.single().returned)
        val notices = phone.qadam.results.notices.until { it.size == 3 }
        val rules = notices.mapNotNull { (it.withdrawn as? WithdrawnView.Rule)?.id }
        assertEquals(setOf("first-sale", "a-sale-a-month"), rules.toSet())
        assertEquals(setOf(listOf("order-$me")), notices.map { it.because }.toSet())
        assertFalse(fromRule(phone.qadam.awards.current()))

        second.qadam.results.notices.until { it.size == 3 }
        phone.qadam.results.see(notices.first().id)
        assertEquals(notices.drop(1), phone.qadam.results.currentNotices())
        assertEquals(notices.drop(1).map { it.id }, second.qadam.results.notices.until { it.size == 2 }.map { it.id })
        assertFailsWith<QadamException.NotFound> { phone.qadam.results.see("nothing") }
    }

    @Test
    fun offerAnswersASaleAndIsReachedByMore() = scenario { phones ->
        val (phone, _) = phones.ofNewPerson()
        assertEquals(emptyList(), phone.qadam.offers.current())
        val me = (phone.qadam.session.current() as SessionView.SignedIn).account.distributor
        fun sell(order: String, day: String) =
            Backend.importResults(
                "sales",
                "id,version,distributor,day,volume,buyer,status\n$order-$me,1,$me,$day,300,customer,confirmed\n",
            )

        sell("first", LocalDate.now(ZoneOffset.UTC).toString())
        val offer = phone.qadam.offers.changes.until { it.isNotEmpty() }.single()
        assertEquals(listOf("three-customers", OfferStatus.OPEN, OfferUnit.SALES, 3L), listOf(offer.rule, offer.status, offer.unit, offer.goal))
        assertEquals("Your first sale to a customer is confirmed.", offer.why)
        assertTrue(offer.reward.isNotEmpty() && offer.terms.isNotEmpty())
        assertEquals(listOf("sales" to 1L), offer.compared.map { it.left.fact to it.left.value })
        assertEquals("Confirmed sales: 1, 1 at least", Texts("en").compared(offer.compared.single()))
        for (order in listOf("second", "third", "fourth")) sell(order, offer.from)
        val reached = phone.qadam.offers.changes.until { it.single().status == OfferStatus.REACHED }.single()
        assertEquals(offer.id, reached.id)
        assertTrue(reached.reached >= 3)
    }
}
