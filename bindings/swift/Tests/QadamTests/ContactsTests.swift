import Foundation
import Qadam
import QadamTestSupport
import XCTest

final class ContactsTests: XCTestCase {
    func testContactsComeInPages() async throws {
        try await scenario { phones in
            let contacts = try await phones.ofNewPerson().phone.qadam.contacts
            for name in ["Gulnara", "Aigul", "Zhanar", "Әсел", "Botagoz"] {
                try await contacts.add(ContactEdit(name: name))
            }
            var page = try await contacts.page(ContactsQuery(limit: 2))
            var names = page.contacts.map(\.name)
            while let next = page.next {
                page = try await contacts.page(ContactsQuery(after: next, limit: 2))
                names += page.contacts.map(\.name)
            }
            XCTAssertEqual(names.count, 5)
            let whole = try await contacts.page()
            XCTAssertEqual(whole.contacts.map(\.name), names)
            XCTAssertNil(whole.next)
            let found = try await contacts.page(ContactsQuery(search: "zha"))
            XCTAssertEqual(found.contacts.map(\.name), ["Zhanar"])
        }
    }

    func testEditsOfTwoDevicesAreMergedByField() async throws {
        try await scenario { phones in
            let (phone, login) = try await phones.ofNewPerson()
            let second = try await phones.another(login)
            let id = try await phone.qadam.contacts.add(ContactEdit(name: "Aigul", phone: "+7 701 000 00 00"))
            try await phone.qadam.contacts.tag(id: id, tag: "neighbour")
            try await phone.qadam.contacts.logInteraction(
                contact: id, channel: .call, note: "asked about the cream", at: 1_790_000_000_000
            )
            try await first(of: second.qadam.contacts.contact(id: id)) {
                $0?.interactions.count == 1 && $0?.tags.count == 1
            }

            try await phone.goOffline()
            try await second.goOffline()
            try await phone.qadam.contacts.edit(id: id, ContactEdit(note: "call on Monday"))
            try await second.qadam.contacts.edit(id: id, ContactEdit(phone: "", doNotContact: true))
            phone.goOnline()
            second.goOnline()

            for device in [phone, second] {
                let merged = try await first(of: device.qadam.contacts.contact(id: id)) {
                    $0?.doNotContact == true && $0?.note != ""
                }
                let contact = try XCTUnwrap(merged)
                XCTAssertEqual(contact.name, "Aigul")
                XCTAssertEqual(contact.phone, "")
                XCTAssertEqual(contact.note, "call on Monday")
                XCTAssertEqual(contact.tags.map(\.text), ["neighbour"])
                XCTAssertEqual(contact.interactions.map(\.at), [1_790_000_000_000])
            }

            try await phone.qadam.contacts.delete(id: id)
            try await first(of: second.qadam.contacts.contact(id: id)) { $0 == nil }
        }
    }

    func testExportHoldsContactsAndWhatWaits() async throws {
        try await scenario { phones in
            let (phone, _) = try await phones.ofNewPerson()
            try await phone.qadam.contacts.add(ContactEdit(name: "Zhanar"))
            try await phone.goOffline()
            try await phone.qadam.contacts.add(ContactEdit(name: "Әсел"))
            let file = phone.directory.appendingPathComponent("export.json")
            try await phone.qadam.settings.export(path: file.path)
            let text = try String(contentsOf: file, encoding: .utf8)
            XCTAssert(text.contains("\"Zhanar\"") && text.contains("\"Әсел\""), text)
            let nowhere = phone.directory.appendingPathComponent("no such folder/export.json").path
            await assertThrows("storage", where: { if case .Storage = $0 { true } else { false } }) {
                try await phone.qadam.settings.export(path: nowhere)
            }
            let nobody = try await phones.fresh()
            await assertThrows(.SignedOut) { try await nobody.qadam.settings.export(path: file.path) }
            XCTAssertEqual(try String(contentsOf: file, encoding: .utf8), text)
        }
    }

    func testCardIsForOthersAddressBooks() async throws {
        try await scenario { phones in
            let (phone, _) = try await phones.ofNewPerson()
            let id = try await phone.qadam.contacts.add(ContactEdit(name: "Әсел", phone: "+7 701 000 00 00", note: "secret"))
            let file = phone.directory.appendingPathComponent("contact.vcf")
            try await phone.qadam.contacts.card(id: id, path: file.path)
            let lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\r\n")
            XCTAssertEqual(lines, ["BEGIN:VCARD", "VERSION:3.0", "FN:Әсел", "N:Әсел;;;;", "TEL;TYPE=CELL:+7 701 000 00 00", "END:VCARD", ""])
            await assertThrows("not found", where: { if case .NotFound = $0 { true } else { false } }) {
                try await phone.qadam.contacts.card(id: "nobody", path: file.path)
            }
        }
    }
}
