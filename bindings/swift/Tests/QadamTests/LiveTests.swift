@testable import Qadam
import QadamTestSupport
import XCTest

final class LiveTests: XCTestCase {
    func testLiveQueryShowsEachChange() async throws {
        try await scenario { phones in
            let contacts = try await phones.ofNewPerson().phone.qadam.contacts
            try await within(.seconds(30)) {
                var pages = contacts.pages().makeAsyncIterator()
                var page = try await pages.next()
                XCTAssertEqual(page?.contacts.map(\.name), [])
                try await contacts.add(ContactEdit(name: "Aigul"))
                page = try await pages.next()
                XCTAssertEqual(page?.contacts.map(\.name), ["Aigul"])
                try await contacts.add(ContactEdit(name: "Botagoz"))
                page = try await pages.next()
                XCTAssertEqual(page?.contacts.map(\.name), ["Aigul", "Botagoz"])
            }
        }
    }

    func testSlowObserverGetsTheNewest() async throws {
        try await scenario { phones in
            let contacts = try await phones.ofNewPerson().phone.qadam.contacts
            let values = try await within(.seconds(30)) {
                var values = 0
                for try await page in contacts.pages() {
                    values += 1
                    if values == 1 {
                        for number in 0..<50 { try await contacts.add(ContactEdit(name: "Contact \(number)")) }
                    }
                    if page.contacts.count == 50 { break }
                }
                return values
            }
            // Some from before, one of after; a queue would give all fifty.
            XCTAssertLessThanOrEqual(values, 10)
        }
    }

    func testCancelledNextLosesNothing() async throws {
        try await scenario { phones in
            let contacts = try await phones.ofNewPerson().phone.qadam.contacts
            // The query itself, which the stream hides: a call that is given up while something changes.
            let live = contacts.observePages(ContactsQuery(limit: 100))
            let began = try await live.next(after: 0)
            var seen = try XCTUnwrap(began).number
            for round in 1...30 {
                let before = seen
                let waiting = Task { try await live.next(after: before) }
                let adding = Task { try await contacts.add(ContactEdit(name: "Contact \(round)")) }
                try await Task.sleep(for: .milliseconds(round % 7))
                waiting.cancel()
                _ = try await adding.value
                let after = seen
                let next = try await within(.seconds(30)) { try await live.next(after: after) }
                let snapshot = try XCTUnwrap(next)
                XCTAssertNotEqual(snapshot.number, seen)
                XCTAssertEqual(snapshot.value.contacts.count, round)
                seen = snapshot.number
            }
            live.stop()
            let page = try await contacts.page(ContactsQuery(limit: 100))
            XCTAssertEqual(page.contacts.count, 30)
        }
    }

    func testCancelledCallerStillWrites() async throws {
        try await scenario { phones in
            let contacts = try await phones.ofNewPerson().phone.qadam.contacts
            for round in 0..<20 {
                let adding = Task { try await contacts.add(ContactEdit(name: "Contact \(round)")) }
                try await Task.sleep(for: .milliseconds(round % 3))
                adding.cancel()
                // Swift waits for a call into Rust that has begun, cancelled or not.
                _ = try await adding.value
            }
            let page = try await contacts.page(ContactsQuery(limit: 100))
            XCTAssertEqual(Set(page.contacts.map(\.name)).count, 20)
        }
    }

    func testStoppedQueryEnds() async throws {
        try await scenario { phones in
            let contacts = try await phones.ofNewPerson().phone.qadam.contacts
            let live = contacts.observePages(ContactsQuery())
            let began = try await live.next(after: 0)
            let seen = try XCTUnwrap(began).number
            let waiting = Task { try await live.next(after: seen) }
            try await Task.sleep(for: .milliseconds(50))
            live.stop()
            let ended = try await within(.seconds(30)) { try await waiting.value }
            XCTAssertNil(ended)
            let again = try await live.next(after: 0)
            XCTAssertNil(again)

            // A stream that nobody listens to any more stops its query, and so its task ends.
            let listening = Task { try await first(of: contacts.pages()) { _ in false } }
            try await Task.sleep(for: .milliseconds(50))
            listening.cancel()
            do {
                _ = try await within(.seconds(30)) { try await listening.value }
                XCTFail("a value that was not asked for")
            } catch is StreamEnded {
            } catch is CancellationError {
            }
        }
    }
}
