import Foundation
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

    func testReminderComesAtNightAndIsTheSameOnTheSecondDevice() async throws {
        try await scenario { phones in
            let (phone, login) = try await phones.ofNewPerson()
            _ = try await phone.qadam.nudges.plan(permission: true)
            try await phone.qadam.sync.now()
            let second = try await phones.another(login)
            let reminders = phone.qadam.reminders
            func planned() async throws -> [ScheduledNudgeView] {
                try await phone.qadam.nudges.plan(permission: true).scheduled.filter { $0.category == nil }
            }
            func date(_ days: Int) throws -> Date {
                try XCTUnwrap(Calendar.current.date(byAdding: .day, value: days, to: Calendar.current.startOfDay(for: Date())))
            }
            func text(_ date: Date) -> String {
                ISO8601DateFormatter.string(from: date, timeZone: TimeZone.current, formatOptions: [.withFullDate, .withDashSeparatorInDate])
            }

            try await phone.goOffline()
            let day = try text(date(2))
            let night: UInt32 = 22 * 60 + 30
            let id = try await reminders.add("Ask Dana about the cream", day: day, minute: night)
            let set = try await reminders.current()
            XCTAssertEqual(set, [ReminderView(id: id, text: "Ask Dana about the cream", day: day, minute: night, status: .coming)])
            let found = try await planned()
            let shown = try XCTUnwrap(found.first)
            XCTAssertEqual([shown.id, shown.title, shown.body], [id, "Ask Dana about the cream", ""])
            // The server's clock and this one are about the same.
            func assertAt(_ minute: UInt32, _ at: Int64) throws {
                let time = Calendar.current.date(bySettingHour: Int(minute) / 60, minute: Int(minute) % 60, second: 0, of: try date(2))
                XCTAssertEqual(Double(at) / 1_000, try XCTUnwrap(time).timeIntervalSince1970, accuracy: 60)
            }
            try assertAt(night, shown.at)
            await assertThrows(.Invalid(field: "text")) { try await reminders.add(" ", day: day, minute: night) }
            await assertThrows(.Invalid(field: "time")) { try await reminders.add("Too late", day: text(date(-2)), minute: night) }
            await assertThrows(.NotFound(what: "reminder")) { try await reminders.finish("no id") }
            phone.goOnline()

            let there = try await first(of: second.qadam.reminders.changes) { !$0.isEmpty }
            XCTAssertEqual(there.map(\.id), [id])
            try await second.qadam.reminders.change(id, text: "Bring the cream", day: day, minute: night + 15)
            try await first(of: reminders.changes) { $0.first?.text == "Bring the cream" }
            let moved = try await planned()
            XCTAssertEqual(moved.count, 1)
            try assertAt(night + 15, XCTUnwrap(moved.first).at)
            try await reminders.finish(id)
            let withdrawn = try await planned()
            XCTAssertEqual(withdrawn, [])
            try await first(of: second.qadam.reminders.changes) { $0.first?.status == .done }
            try await second.qadam.reminders.delete(id)
            try await first(of: reminders.changes) { $0.isEmpty }
        }
    }
}
