import Foundation
import QadamTestSupport
import XCTest

@testable import QadamModels

final class FirstSuccessTests: XCTestCase {
    func testPassedQuizIsASuccess() async throws {
        try await models { phones in
            let known = try await solutions(phones, "what-this-business-is")
            let (phone, _) = try await phones.ofNewPerson()
            let model = shown(FirstSuccessViewModel(phone.qadam))
            let before = try await until(model, \.state) { $0.value != nil }.value
            XCTAssertEqual(before, false)
            try await pass(phone.qadam, known)
            try await until(model, \.state) { $0.value == true }
        }
    }

    func testFinishedTaskIsASuccess() async throws {
        try await models { phones in
            let (phone, _) = try await phones.ofNewPerson()
            let model = shown(FirstSuccessViewModel(phone.qadam))
            let before = try await until(model, \.state) { $0.value != nil }.value
            XCTAssertEqual(before, false)
            try await phone.qadam.journey.complete("meet-your-sponsor")
            try await until(model, \.state) { $0.value == true }
        }
    }

    func testNotificationsAreAskedForAfterASuccessAndNeverTwiceInARow() {
        let now = Date(timeIntervalSince1970: 1_764_000_000)
        func ago(days: Double) -> Date { now.addingTimeInterval(-days * 86_400) }
        func asks(_ permission: NotificationPermission, succeeded: Bool = true, asked: Date? = nil) -> Bool {
            asksForNotifications(permission, succeeded: succeeded, asked: asked, now: now)
        }
        XCTAssert(asks(.unasked))
        XCTAssert(asks(.quiet))
        XCTAssertFalse(asks(.quiet, succeeded: false))
        for asked in [nil, ago(days: 365)] {
            XCTAssertFalse(asks(.granted, asked: asked))
            XCTAssertFalse(asks(.refused, asked: asked), "never after a refusal")
        }
        XCTAssertFalse(asks(.quiet, asked: now))
        XCTAssertFalse(asks(.quiet, asked: ago(days: 29.99)))
        XCTAssert(asks(.quiet, asked: ago(days: 30)))
        // The clock was put back meanwhile.
        XCTAssertFalse(asks(.quiet, asked: ago(days: -1)))
    }
}
