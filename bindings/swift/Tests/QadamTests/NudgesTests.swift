import Qadam
import QadamTestSupport
import XCTest

final class NudgesTests: XCTestCase {
    func testOnePhoneShowsNudgesAndChoicesAreKept() async throws {
        try await scenario { phones in
            let (phone, login) = try await phones.ofNewPerson()
            let nudges = phone.qadam.nudges
            let asking = try await nudges.plan(permission: true)
            XCTAssertFalse(asking.shows, "it has to ask first")
            _ = try await phone.qadam.sync.now()
            let showing = try await nudges.plan(permission: true)
            XCTAssert(showing.shows)
            let second = try await phones.another(login)
            let other = try await second.qadam.nudges.plan(permission: true)
            XCTAssertFalse(other.shows, "the other one does")

            try await phone.goOffline()
            try await nudges.switch(.company, on: false)
            try await nudges.setBestMinute(20 * 60)
            try await nudges.setVolumeGoal(500)
            try await nudges.shareProgress(false)
            try await nudges.never("reviews-due")
            try await nudges.pause(until: "2999-12-31")
            let paused = try await nudges.plan(permission: true)
            XCTAssert(paused.scheduled.isEmpty)
            try await nudges.pause(until: nil)
            let chosen = try await nudges.settings()
            XCTAssertEqual(chosen.off, [.company])
            XCTAssertEqual(chosen.best, 20 * 60)
            XCTAssertEqual(chosen.volumeGoal, 500)
            XCTAssertEqual(chosen.never.map(\.rule), ["reviews-due"])
            XCTAssertFalse(chosen.never.contains { $0.why.isEmpty })
            XCTAssertFalse(chosen.share)
            await assertThrows(.Invalid(field: "minute")) { try await nudges.setBestMinute(22 * 60) }
            await assertThrows(.NotFound(what: "nudge")) { try await nudges.open(String(repeating: "0", count: 32)) }
            await assertThrows(.NotFound(what: "nudge")) { _ = try await nudges.why("no id") }
            let messages = try await nudges.currentMessages()
            XCTAssert(messages.isEmpty)
            let planned = try await nudges.plan(permission: true)
            XCTAssertLessThanOrEqual(planned.scheduled.count, 48)
        }
    }
}
