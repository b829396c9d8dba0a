import QadamTestSupport
import XCTest

@testable import QadamModels

final class ContactEditTests: XCTestCase {
    func testWhoeverIsPickedFillsTheFormAndLeavesWhatIsNotKnown() async throws {
        try await models { phones in
            let (phone, _) = try await phones.ofNewPerson()
            let saved = SavedState()
            let edit = shown(ContactEditViewModel(phone.qadam, nil, saved))
            edit.change(ContactEditState(name: "?", email: "typed@company.example", note: "met at the fair"))
            edit.picked(name: "Данияр", phone: "+7 701 000 00 00", email: "", birthday: "02-29")
            let filled = ContactEditState(
                name: "Данияр", phone: "+7 701 000 00 00", email: "typed@company.example", birthday: "29.02", note: "met at the fair"
            )
            XCTAssertEqual(edit.state, filled)
            // It survives the process as what was typed does.
            XCTAssertEqual(ContactEditViewModel(phone.qadam, nil, saved).state, filled)
            var id: String?
            await edit.save { id = $0 }.value
            let kept = try await phone.qadam.contacts.current(id: XCTUnwrap(id))
            XCTAssertEqual([kept.name, kept.phone, kept.email, kept.note], ["Данияр", "+7 701 000 00 00", "typed@company.example", "met at the fair"])
            XCTAssertEqual(kept.birthday, "02-29")
        }
    }
}
