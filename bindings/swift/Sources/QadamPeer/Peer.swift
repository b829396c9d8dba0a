import Foundation
import Qadam
import QadamTestSupport

/// A phone that is driven from Swift, for the tests of the other language:
/// `peer <server> <login> <password> <directory> add-contact <name>` signs in, adds the contact, syncs, and prints `done`.
@main
struct Peer {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count == 6, arguments[5] == "add-contact" else {
            FileHandle.standardError.write(Data("peer <server> <login> <password> <directory> add-contact <name>\n".utf8))
            exit(2)
        }
        let config = Config(
            directory: arguments[4],
            app: "qadam-swift-peer/0.1.0",
            locale: "en",
            network: .unmetered
        )
        let qadam = try await Qadam.open(config, secureStore: InMemorySecureStore())
        _ = try await qadam.session.signIn(
            server: arguments[1],
            login: arguments[2],
            password: arguments[3],
            deviceName: "Swift peer"
        )
        try await qadam.contacts.add(ContactEdit(name: arguments[6]))
        try await qadam.sync.now()
        await qadam.shutDown()
        print("done")
    }
}
