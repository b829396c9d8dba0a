import Qadam
import QadamTestSupport
import XCTest

final class PushTests: XCTestCase {
    func testPushTokenIsToldOnceAndAPushBringsWhatIsNew() async throws {
        try await scenario { phones in
            let (phone, login) = try await phones.ofNewPerson()
            try await phone.qadam.background(deadline: .seconds(5))
            let device = "00fc13adff785122b4ad28809a3420982341241421348097878e577c991de8f0"
            let token = PushToken(vendor: .apns, token: device, app: "app.qadam", sandbox: true, permission: true)
            try await phone.qadam.push.setToken(token)
            let once = try await phone.qadam.sync.currentStatus().pending
            XCTAssertEqual(once, 1)
            try await phone.qadam.push.setToken(token)
            let again = try await phone.qadam.sync.currentStatus().pending
            XCTAssertEqual(again, 1, "what was said is not said again")

            let second = try await phones.another(login)
            let id = try await second.qadam.contacts.add(ContactEdit(name: "Aigul"))
            try await first(of: second.qadam.sync.status) { $0.pending == 0 }
            let outcome = try await phone.qadam.push.woken(budget: .seconds(20))
            guard case .done(let sync) = outcome else { return XCTFail("\(outcome)") }
            XCTAssertEqual(sync.sent, 1)
            let name = try await phone.qadam.contacts.current(id: id).name
            XCTAssertEqual(name, "Aigul")
            let refusals = try await phone.qadam.sync.currentRefusals()
            XCTAssert(refusals.isEmpty)

            try await phone.qadam.push.setToken(nil)
            let withdrawn = try await phone.qadam.sync.currentStatus().pending
            XCTAssertEqual(withdrawn, 1)
            let wrong = PushToken(vendor: .fcm, token: device, app: "app.qadam", sandbox: false, permission: true)
            await assertThrows(.Invalid(field: "token")) { try await phone.qadam.push.setToken(wrong) }
        }
    }
}
