import QadamTestSupport
import XCTest

@testable import QadamModels

final class SignInTests: XCTestCase {
    func testInvitationLeavesWhatItDoesNotName() async throws {
        try await models { phones in
            let phone = try await phones.fresh()
            let model = SignInViewModel(phone.qadam, TestPlatform(), SavedState())
            model.scanned(" https://qadam.example\n")
            XCTAssertEqual(model.state, SignInState(server: "https://qadam.example"))
            for link in ["qadam://join?code=W4ZW-J9FM", "https://go.company.example/app/join?code=W4ZW-J9FM"] {
                model.change(SignInState(server: "https://qadam.example"))
                model.scanned(link)
                XCTAssertEqual(model.state, SignInState(server: "https://qadam.example", code: "W4ZW-J9FM", withCode: true))
            }
            model.scanned("qadam://join")
            XCTAssertEqual(model.state.server, "https://qadam.example")
        }
    }
}
