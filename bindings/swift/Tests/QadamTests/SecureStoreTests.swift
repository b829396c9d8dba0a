import Foundation
import Qadam
import QadamTestSupport
import XCTest

final class SecureStoreTests: XCTestCase {
    func testLockedSecureStoreChangesNothing() async throws {
        try await scenario { phones in
            let untouched = await phones.unopened()
            untouched.secureStore.failure = SecureStoreError.Locked
            await assertThrows(.SecureStoreLocked) { try await untouched.open() }
            XCTAssertFalse(FileManager.default.fileExists(atPath: untouched.directory.path))

            let (phone, _) = try await phones.ofNewPerson()
            let account = try await phone.qadam.session.current()
            await phone.shutDown()
            phone.secureStore.failure = SecureStoreError.Locked
            await assertThrows(.SecureStoreLocked) { try await phone.open() }
            phone.secureStore.failure = nil
            try await phone.open()
            let again = try await phone.qadam.session.current()
            XCTAssertEqual(again, account)
        }
    }

    func testMissingSecureStoreIsTyped() async throws {
        try await scenario { phones in
            let phone = await phones.unopened()
            phone.secureStore.failure = SecureStoreError.Missing
            try await phone.open()
            let login = try await phones.newPerson(from: phone)
            await assertThrows(.SecureStoreMissing) { try await phone.signIn(login) }
            let session = try await phone.qadam.session.current()
            XCTAssertEqual(session, .signedOut)
            phone.secureStore.failure = nil
            try await phone.signIn(login)
        }
    }

    func testInvalidatedSecureStoreKeepsWorkAndAsksToSignInAgain() async throws {
        try await scenario { phones in
            let (phone, login) = try await phones.ofNewPerson()
            try await phone.goOffline()
            try await phone.qadam.contacts.add(ContactEdit(name: "Aigul"))
            await phone.shutDown()
            phone.secureStore.failure = SecureStoreError.Invalidated
            try await phone.open()
            guard case .signedIn(let account) = try await phone.qadam.session.current() else { return XCTFail("signed out") }
            XCTAssert(account.signInNeeded)
            let kept = try await phone.qadam.contacts.page().contacts.count
            XCTAssertEqual(kept, 1)
            await assertThrows(.SignInNeeded) { try await phone.qadam.sync.now() }
            await assertThrows(.SecureStoreInvalidated) { try await phone.signIn(login) }

            phone.secureStore.failure = nil
            try await phone.signIn(login)
            let pending = try await phone.qadam.sync.currentStatus().pending
            XCTAssertEqual(pending, 0)
            let names = try await phones.another(login).qadam.contacts.page().contacts.map(\.name)
            XCTAssertEqual(names, ["Aigul"])
        }
    }

    func testUnexpectedExceptionInTheSecureStoreIsNoCrash() async throws {
        struct PlatformTrouble: Error {}
        try await scenario { phones in
            let phone = await phones.unopened()
            phone.secureStore.failure = PlatformTrouble()
            try await phone.open()
            let login = try await phones.newPerson(from: phone)
            // What the store never declared counts as a store that is out of order.
            await assertThrows(.SecureStoreMissing) { try await phone.signIn(login) }
            phone.secureStore.failure = nil
            try await phone.signIn(login)
        }
    }
}
