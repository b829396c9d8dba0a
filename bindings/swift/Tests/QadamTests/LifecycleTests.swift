import Qadam
import QadamTestSupport
import XCTest

final class LifecycleTests: XCTestCase {
    func testBackgroundInTheMiddleOfAPageLosesNothing() async throws {
        try await scenario { phones in
            let (phone, login) = try await phones.ofNewPerson()
            let qadam = phone.qadam
            try await phone.goOffline()
            // More than two requests may carry.
            let all: UInt32 = 2_500
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<10 {
                    group.addTask {
                        for number in 0..<(all / 10) {
                            try await qadam.contacts.add(ContactEdit(name: "Contact \(worker) \(number)"))
                        }
                    }
                }
                try await group.waitForAll()
            }
            let pending = try await qadam.sync.currentStatus().pending
            XCTAssertEqual(pending, all)

            phone.goOnline()
            try await first(of: qadam.sync.status) { $0.pending < all }
            try await qadam.background(deadline: .seconds(5))
            let left = try await qadam.sync.currentStatus().pending
            XCTAssert((1..<all).contains(left), "\(left) wait: it did not stop at a page's border")
            try await Task.sleep(for: .milliseconds(500))
            let still = try await qadam.sync.currentStatus().pending
            XCTAssertEqual(still, left)

            try await qadam.foreground(network: .unmetered)
            try await first(of: qadam.sync.status) { $0.pending == 0 }
            let second = try await phones.another(login)
            var page = try await second.qadam.contacts.page(ContactsQuery(limit: 100))
            var names = Set(page.contacts.map(\.name))
            while let next = page.next {
                page = try await second.qadam.contacts.page(ContactsQuery(after: next, limit: 100))
                names.formUnion(page.contacts.map(\.name))
            }
            XCTAssertEqual(names.count, Int(all))
        }
    }

    func testRunBackgroundSendsWhatWaits() async throws {
        try await scenario { phones in
            let (phone, login) = try await phones.ofNewPerson()
            try await phone.qadam.background(deadline: .seconds(5))
            try await phone.qadam.contacts.add(ContactEdit(name: "Aigul"))
            let outcome = try await phone.qadam.runBackground(budget: .seconds(20))
            guard case .done(let sync) = outcome else { return XCTFail("\(outcome)") }
            XCTAssertEqual(sync.sent, 1)
            let names = try await phones.another(login).qadam.contacts.page().contacts.map(\.name)
            XCTAssertEqual(names, ["Aigul"])
        }
    }

    func testShuttingDownEndsLiveQueries() async throws {
        try await scenario { phones in
            let qadam = try await phones.ofNewPerson().phone.qadam
            let values = Task {
                var values = 0
                for try await _ in qadam.contacts.pages() { values += 1 }
                return values
            }
            try await first(of: qadam.contacts.pages())
            try await Task.sleep(for: .milliseconds(100))
            await qadam.shutDown()
            let count = try await within(.seconds(30)) { try await values.value }
            XCTAssertEqual(count, 1)
        }
    }

    func testUseAfterShutDownIsClosed() async throws {
        try await scenario { phones in
            let qadam = try await phones.ofNewPerson().phone.qadam
            await qadam.shutDown()
            await assertThrows(.Closed) { try await qadam.session.current() }
            await assertThrows(.Closed) { try await qadam.contacts.page() }
            await assertThrows(.Closed) { try await qadam.sync.now() }
            await assertThrows(.Closed) { try await qadam.foreground(network: .unmetered) }
            for try await _ in qadam.contacts.pages() { XCTFail("a value after the end") }
            qadam.setNetwork(.offline)
            // Again.
            await qadam.shutDown()
        }
    }

    func testWorkSurvivesReopening() async throws {
        try await scenario { phones in
            let (phone, login) = try await phones.ofNewPerson()
            try await phone.goOffline()
            let id = try await phone.qadam.contacts.add(ContactEdit(name: "Aigul"))
            await phone.shutDown()
            try await phone.open(network: .offline)
            guard case .signedIn = try await phone.qadam.session.current() else { return XCTFail("signed out") }
            let name = try await phone.qadam.contacts.current(id: id).name
            XCTAssertEqual(name, "Aigul")
            let pending = try await phone.qadam.sync.currentStatus().pending
            XCTAssertEqual(pending, 1)
            phone.goOnline()
            try await first(of: phone.qadam.sync.status) { $0.pending == 0 }
            let arrived = try await phones.another(login).qadam.contacts.current(id: id).name
            XCTAssertEqual(arrived, "Aigul")
        }
    }
}
