import Foundation

/// A real server with the sample company, started for the first test and ended with the run.
public actor Backend {
    public static let shared = Backend()

    private static let checkout = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private let data = FileManager.default.temporaryDirectory.appendingPathComponent("qadam-backend-\(UUID().uuidString)")
    private var running: (process: Process, address: String)?
    private var people = 0

    /// The server's address.
    public func address() throws -> String {
        if let running { return running.address }
        try run("content", "publish", Self.checkout.appendingPathComponent("backend/sample").path)
        let process = try self.process("serve", "--listen", "127.0.0.1:0")
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        serverProcess = process.processIdentifier
        // Foundation starts it from a thread that blocks signals, and it inherits that: only this one arrives.
        atexit { kill(serverProcess, SIGKILL) }
        var said = ""
        while let more = String(data: output.fileHandleForReading.availableData, encoding: .utf8), !more.isEmpty {
            said += more
            if let line = said.split(separator: "\n").first(where: { $0.hasPrefix("listening on ") }), said.hasSuffix("\n") {
                let address = String(line.dropFirst("listening on ".count))
                running = (process, address)
                return address
            }
        }
        throw BackendFailure(what: "the server ended: \(said)")
    }

    /// Makes an account that nobody has set a password for.
    public func invite() throws -> (login: String, code: String) {
        _ = try address()
        people += 1
        let login = "person-\(people)"
        let said = try run("user", "add", "--login", login, "--name", "Aigerim", "--market", "kz", "--locale", "en")
        guard let line = said.split(separator: "\n").first(where: { $0.hasPrefix("invite code ") }) else {
            throw BackendFailure(what: "no invite code: \(said)")
        }
        return (login, String(line.dropFirst("invite code ".count)))
    }

    /// Names the member who is told how to help this person.
    @discardableResult
    public func mentor(_ login: String, _ mentor: String) throws -> String {
        try run("user", "mentor", "--login", login, "--mentor", mentor)
    }

    /// Imports members of the company's tree.
    @discardableResult
    public func importTeam(_ csv: String) throws -> String {
        _ = try address()
        let file = data.appendingPathComponent("team-\(UUID().uuidString).csv")
        try csv.write(to: file, atomically: true, encoding: .utf8)
        return try run("import", "team", file.path)
    }

    /// Imports what the back office confirmed: `sales`, `volumes` or `ranks`.
    @discardableResult
    public func importResults(_ of: String, _ csv: String) throws -> String {
        _ = try address()
        let file = data.appendingPathComponent("\(of)-\(UUID().uuidString).csv")
        try csv.write(to: file, atomically: true, encoding: .utf8)
        return try run("import", of, file.path)
    }

    @discardableResult
    private func run(_ arguments: String...) throws -> String {
        let process = try self.process(arguments)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BackendFailure(what: "qadam-backend \(arguments.joined(separator: " ")): \(said)")
        }
        return said
    }

    private func process(_ arguments: String...) throws -> Process {
        try process(arguments)
    }

    private func process(_ arguments: [String]) throws -> Process {
        let environment = ProcessInfo.processInfo.environment
        let program = environment["QADAM_BACKEND"]
            ?? Self.checkout.appendingPathComponent("target/release/qadam-backend").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = environment.merging(["QADAM_DATA": data.path]) { $1 }
            .merging(["QADAM_LOG": "warn"]) { set, _ in set }
        return process
    }
}

public struct BackendFailure: Error {
    public let what: String
}

/// For what runs at exit, which can hold nothing.
private nonisolated(unsafe) var serverProcess: pid_t = 0
