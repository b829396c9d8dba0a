import Foundation
import Qadam
import QadamTestSupport
import XCTest

final class ResultsTests: XCTestCase {
    func testOfferAnswersASaleAndIsReachedByMore() async throws {
        try await scenario { phones in
            let (phone, _) = try await phones.ofNewPerson()
            let offers = phone.qadam.offers
            let none = try await offers.current()
            XCTAssertEqual(none, [])
            guard case .signedIn(let account) = try await phone.qadam.session.current() else {
                return XCTFail("nobody is signed in")
            }
            let me = account.distributor
            func sell(_ order: String, _ day: String) async throws {
                let line = "\(order)-\(me),1,\(me),\(day),300,customer,confirmed"
                try await Backend.shared.importResults("sales", "id,version,distributor,day,volume,buyer,status\n\(line)\n")
            }

            let today = ISO8601DateFormatter.string(from: Date(), timeZone: TimeZone(identifier: "UTC")!, formatOptions: [.withFullDate])
            try await sell("first", today)
            let offer = try await first(of: offers.changes) { !$0.isEmpty }[0]
            XCTAssertEqual(offer.rule, "three-customers")
            XCTAssertEqual(offer.status, .open)
            XCTAssertEqual(offer.unit, .sales)
            XCTAssertEqual(offer.goal, 3)
            XCTAssertEqual(offer.why, "Your first sale to a customer is confirmed.")
            XCTAssertFalse(offer.reward.isEmpty || offer.terms.isEmpty)
            XCTAssertEqual(offer.compared.map(\.left.fact), ["sales"])
            XCTAssertEqual(offer.compared.map { Texts("en").compared($0) }, ["Confirmed sales: 1, 1 at least"])
            for order in ["second", "third", "fourth"] {
                try await sell(order, offer.from)
            }
            let reached = try await first(of: offers.changes) { $0.first?.status == .reached }[0]
            XCTAssertEqual(reached.id, offer.id)
            XCTAssertGreaterThanOrEqual(reached.reached, 3)
        }
    }

    func testSaleIsShownAndWhatItsReturnTakesBackIsToldOnce() async throws {
        try await scenario { phones in
            let (phone, login) = try await phones.ofNewPerson()
            let second = try await phones.another(login)
            let results = phone.qadam.results
            let none = try await results.current()
            XCTAssertNil(none.rank)
            XCTAssertEqual(none.sales, [])
            let offers = try await phone.qadam.offers.current()
            XCTAssertEqual(offers, [])
            guard case .signedIn(let account) = try await phone.qadam.session.current() else {
                return XCTFail("nobody is signed in")
            }
            let me = account.distributor
            let today = ISO8601DateFormatter.string(from: Date(), timeZone: TimeZone(identifier: "UTC")!, formatOptions: [.withFullDate])
            func sale(_ version: Int, _ status: String) async throws {
                let line = "order-\(me),\(version),\(me),\(today),300,customer,\(status)"
                try await Backend.shared.importResults("sales", "id,version,distributor,day,volume,buyer,status\n\(line)\n")
            }
            @Sendable func isFromRule(_ awards: AwardsView) -> Bool {
                awards.ledger.contains { if case .rule(let id, _) = $0.source { id == "first-sale" } else { false } }
            }

            try await sale(1, "confirmed")
            let shown = try await first(of: results.changes) { !$0.sales.isEmpty }
            XCTAssertEqual(shown.sales, [SaleView(id: "order-\(me)", day: today, volume: 300, own: false, returned: false)])
            try await first(of: phone.qadam.awards.changes, where: isFromRule)
            let counted = "\(me),\(today.prefix(7)),1,\(today),900,40"
            try await Backend.shared.importResults("volumes", "distributor,month,version,day,customers,own\n\(counted)\n")
            let volume = try await first(of: results.changes) { !$0.volumes.isEmpty }.volumes[0]
            XCTAssertEqual([volume.customers, volume.own], [900, 40])
            let quiet = try await results.currentNotices()
            XCTAssertEqual(quiet, [])

            try await sale(2, "returned")
            try await first(of: results.changes) { $0.sales.first?.returned == true }
            let notices = try await first(of: results.notices) { $0.count == 3 }
            let rules = notices.compactMap { notice -> String? in
                if case .rule(let id, _) = notice.withdrawn { return id }
                return nil
            }
            XCTAssertEqual(Set(rules), ["first-sale", "a-sale-a-month"])
            XCTAssertEqual(Set(notices.map(\.because)), [["order-\(me)"]])
            let awards = try await phone.qadam.awards.current()
            XCTAssertFalse(isFromRule(awards))

            try await first(of: second.qadam.results.notices) { $0.count == 3 }
            try await results.see(notices[0].id)
            let left = try await results.currentNotices()
            XCTAssertEqual(left, Array(notices.dropFirst()))
            let leftThere = try await first(of: second.qadam.results.notices) { $0.count == 2 }
            XCTAssertEqual(leftThere.map(\.id), notices.dropFirst().map(\.id))
            do {
                try await results.see("nothing")
                XCTFail("there is no such notice")
            } catch QadamError.NotFound {}
        }
    }
}
