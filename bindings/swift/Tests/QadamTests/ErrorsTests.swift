import Foundation
import Qadam
import QadamTestSupport
import XCTest

final class ErrorsTests: XCTestCase {
    func testWrongPasswordIsTyped() async throws {
        try await scenario { phones in
            let phone = try await phones.fresh()
            let login = try await phones.newPerson(from: phone)
            let server = try await Backend.shared.address()
            await assertThrows(.WrongCredentials) {
                try await phone.qadam.session.signIn(server: server, login: login, password: "not this one", deviceName: "Swift")
            }
            let session = try await phone.qadam.session.current()
            XCTAssertEqual(session, .signedOut)
        }
    }

    func testUsedCodeAndShortPasswordAreTyped() async throws {
        try await scenario { phones in
            let session = try await phones.fresh().qadam.session
            let (_, code) = try await Backend.shared.invite()
            let server = try await Backend.shared.address()
            await assertThrows(.PasswordUnsuitable) {
                try await session.setPassword(server: server, code: code, password: "short")
            }
            _ = try await session.setPassword(server: server, code: code, password: password)
            await assertThrows(.CodeInvalid) {
                try await session.setPassword(server: server, code: code, password: password)
            }
        }
    }

    func testAddressWithoutTlsIsTyped() async throws {
        try await scenario { phones in
            let session = try await phones.fresh().qadam.session
            await assertThrows(.InsecureAddress) {
                try await session.signIn(server: "http://qadam.example", login: "a", password: password, deviceName: "Swift")
            }
            await assertThrows(.InvalidAddress) {
                try await session.signIn(server: "no address", login: "a", password: password, deviceName: "Swift")
            }
        }
    }

    func testUnreachableServerIsTyped() async throws {
        try await scenario { phones in
            let portal = try CaptivePortal()
            portal.close()
            let session = try await phones.fresh().qadam.session
            await assertThrows("Unreachable", where: { if case .Unreachable = $0 { true } else { false } }) {
                try await session.signIn(server: portal.address, login: "a", password: password, deviceName: "Swift")
            }
        }
    }

    func testCaptivePortalIsTyped() async throws {
        try await scenario { phones in
            let portal = try CaptivePortal()
            defer { portal.close() }
            let session = try await phones.fresh().qadam.session
            await assertThrows("NotQadam", where: { if case .NotQadam = $0 { true } else { false } }) {
                try await session.signIn(server: portal.address, login: "a", password: password, deviceName: "Swift")
            }
        }
    }

    func testNobodySignedInIsTyped() async throws {
        try await scenario { phones in
            let qadam = try await phones.fresh().qadam
            await assertThrows(.SignedOut) { try await qadam.learning.currentCourses() }
            await assertThrows(.SignedOut) { try await qadam.contacts.add(ContactEdit(name: "Aigul")) }
            await assertThrows(.SignedOut) { try await qadam.sync.now() }
        }
    }

    func testMissingAndUnacceptableThingsAreTyped() async throws {
        try await scenario { phones in
            let qadam = try await phones.ofNewPerson().phone.qadam
            let isNotFound: (QadamError) -> Bool = { if case .NotFound = $0 { true } else { false } }
            await assertThrows("NotFound", where: isNotFound) { try await qadam.learning.currentLesson(id: "no-such-lesson") }
            await assertThrows("NotFound", where: isNotFound) { try await qadam.contacts.current(id: "0") }
            await assertThrows("NotFound", where: isNotFound) { try await qadam.media.current(name: "no-such.png") }
            await assertThrows(.Invalid(field: "name")) { try await qadam.contacts.add(ContactEdit(name: " ")) }
            await assertThrows(.Invalid(field: "limit")) { try await qadam.contacts.page(ContactsQuery(limit: 101)) }
        }
    }

    func testSigningOutSendsWhatWaits() async throws {
        try await scenario { phones in
            let (phone, login) = try await phones.ofNewPerson()
            try await phone.goOffline()
            try await phone.qadam.contacts.add(ContactEdit(name: "Aigul"))
            try await phone.qadam.session.signOut()
            let session = try await phone.qadam.session.current()
            XCTAssertEqual(session, .signedOut)
            let again = try await phones.another(login)
            let names = try await again.qadam.contacts.page().contacts.map(\.name)
            XCTAssertEqual(names, ["Aigul"])
            let devices = try await again.qadam.session.devices()
            XCTAssertEqual(devices.map(\.isThis), [true])
        }
    }

    func testRevokedDeviceIsWiped() async throws {
        try await scenario { phones in
            let (phone, login) = try await phones.ofNewPerson()
            let lost = try await phones.another(login)
            try await lost.qadam.contacts.add(ContactEdit(name: "Aigul"))
            try await lost.qadam.sync.now()
            let devices = try await phone.qadam.session.devices().filter { !$0.isThis }
            XCTAssertEqual(devices.count, 1)
            try await phone.qadam.session.revokeDevice(id: devices[0].id)
            try await first(of: lost.qadam.session.changes) { $0 == .signedOut }
            try await first(of: phone.qadam.contacts.pages()) { $0.contacts.count == 1 }
        }
    }
}
