import Qadam
import QadamTestSupport
import XCTest

private let ticked = "meet-your-sponsor"
private let byItself = "what-this-is"

final class JourneyTests: XCTestCase {
    func testPlanIsFollowedOfflineAndIsTheSameOnTheSecondDevice() async throws {
        try await scenario { phones in
            let (phone, login) = try await phones.ofNewPerson()
            let journey = phone.qadam.journey
            let welcomed = try await journey.welcome()
            let welcome = try XCTUnwrap(welcomed)
            XCTAssertFalse(welcome.seen)
            XCTAssertFalse(welcome.letter.isEmpty || welcome.tour.isEmpty)

            try await phone.goOffline()
            try await journey.finishWelcome()
            let now = try await journey.currentToday()
            let today = try XCTUnwrap(now)
            XCTAssertEqual(today.day, 1)
            XCTAssert((1...3).contains(today.tasks.count))
            try await journey.complete(ticked)
            let afterTick = try await journey.currentPlan()
            XCTAssert(isDone(ticked, in: afterTick))
            await assertThrows(.TaskCompletesItself) { try await journey.complete(byItself) }
            await assertThrows(.NotFound(what: "task")) { try await journey.complete("no-such-task") }

            try await journey.acknowledgeMoves()
            let ends = try XCTUnwrap(afterTick).ends
            let pause = try await journey.pause(until: ends)
            let inPause = try await journey.currentPlan()
            let paused = try XCTUnwrap(inPause)
            guard case .paused = paused.today.status else { return XCTFail("\(paused.today.status)") }
            XCTAssert(!paused.moves.isEmpty && paused.moves.allSatisfy { $0.why == .pause })
            try await journey.resume(pause)
            let resumed = try await journey.currentPlan()
            XCTAssertEqual(resumed?.ends, ends)

            phone.goOnline()
            let second = try await phones.another(login)
            try await first(of: second.qadam.journey.plan) { isDone(ticked, in: $0) }
            let there = try await second.qadam.journey.currentPlan()
            XCTAssertEqual(there?.ends, ends)
            let greeted = try await second.qadam.journey.welcome()
            XCTAssertEqual(greeted?.seen, true)
            let refusals = try await phone.qadam.sync.currentRefusals()
            XCTAssert(refusals.isEmpty)
        }
    }
}

private func isDone(_ task: String, in plan: JourneyView?) -> Bool {
    let found = plan?.phases.flatMap(\.tasks).first { $0.id == task }
    if case .done = found?.status { return true }
    return false
}
