import Foundation
import Qadam
import QadamTestSupport
import XCTest

final class PeerTests: XCTestCase {
    func testLiveQueryShowsWhatThePeerInTheOtherLanguageWrites() async throws {
        try await scenario { phones in
            let (phone, login) = try await phones.ofNewPerson()
            let pages = phone.qadam.contacts.pages()
            let observed = Task { try await first(of: pages, within: .seconds(300)) { !$0.contacts.isEmpty } }
            defer { observed.cancel() }
            let server = try await Backend.shared.address()
            let (status, output) = try await kotlinPeer(server, login, password, "add-contact", "Айгүл")
            if status == noKotlin, ProcessInfo.processInfo.environment["CI"] != "true" {
                throw XCTSkip(output)
            }
            XCTAssertEqual(status, 0, output)
            XCTAssertEqual(output.split(separator: "\n").last, "done")
            guard status == 0 else { return }
            let names = try await observed.value.contacts.map(\.name)
            XCTAssertEqual(names, ["Айгүл"])
        }
    }
}

/// `bindings/kotlin/peer` says so where there is no Java.
private let noKotlin: Int32 = 77

/// Asks `bindings/swift/test`, which runs where there may be a Java, for the peer.
private func kotlinPeer(_ server: String, _ login: String, _ password: String, _ command: String...) async throws -> (Int32, String) {
    guard let requests = ProcessInfo.processInfo.environment["QADAM_PEER_REQUESTS"] else {
        return (noKotlin, "nobody runs the Kotlin peer: use bindings/swift/test")
    }
    let name = URL(fileURLWithPath: requests).appendingPathComponent(UUID().uuidString)
    let directory = name.appendingPathExtension("phone")
    defer { try? FileManager.default.removeItem(at: directory) }
    let arguments = [server, login, password, directory.path] + command
    let draft = name.appendingPathExtension("draft")
    try (arguments.joined(separator: "\n") + "\n").write(to: draft, atomically: false, encoding: .utf8)
    // Whole, or not there.
    try FileManager.default.moveItem(at: draft, to: name.appendingPathExtension("request"))
    let reply = name.appendingPathExtension("reply")
    return try await within(.seconds(300)) {
        while !FileManager.default.fileExists(atPath: reply.path) {
            try await Task.sleep(for: .milliseconds(100))
        }
        let text = try String(contentsOf: reply, encoding: .utf8)
        let status = text.prefix { $0 != "\n" }
        return (Int32(status) ?? -1, String(text.dropFirst(status.count + 1)))
    }
}
