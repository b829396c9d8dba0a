import Foundation
import Qadam

public let password = "a step each evening"

/// A test's phones; they end with it.
public actor Phones {
    private var opened: [Phone] = []

    /// A phone that nothing was opened on yet.
    public func unopened() -> Phone {
        let phone = Phone()
        opened.append(phone)
        return phone
    }

    /// A phone with nothing on it.
    public func fresh() async throws -> Phone {
        let phone = unopened()
        try await phone.open()
        return phone
    }

    /// A phone of a new account, with all content. Gives the log-in name too.
    public func ofNewPerson() async throws -> (phone: Phone, login: String) {
        let phone = try await fresh()
        let login = try await newPerson(from: phone)
        try await phone.signIn(login)
        return (phone, login)
    }

    /// Another phone of this account, with all content.
    public func another(_ login: String) async throws -> Phone {
        let phone = try await fresh()
        try await phone.signIn(login)
        return phone
    }

    /// Makes an account and sets its password from this phone.
    public func newPerson(from phone: Phone) async throws -> String {
        let (login, code) = try await Backend.shared.invite()
        return try await phone.qadam.session.setPassword(server: Backend.shared.address(), code: code, password: password)
            == login ? login : ""
    }

    func end() async {
        for phone in opened {
            await phone.shutDown()
            try? FileManager.default.removeItem(at: phone.directory)
        }
    }
}

/// A folder, a secure store, and the engine while it is open.
public final class Phone: @unchecked Sendable {
    public let directory = FileManager.default.temporaryDirectory.appendingPathComponent("qadam-phone-\(UUID().uuidString)")
    public let secureStore = InMemorySecureStore()
    private let lock = NSLock()
    private var openedAs: Qadam?

    public var qadam: Qadam {
        lock.withLock { openedAs }!
    }

    public func open(zone: any Zone = PhoneZone()) async throws {
        try await open(network: .unmetered, zone: zone)
    }

    public func open(network: Network, zone: any Zone = PhoneZone()) async throws {
        let config = Config(
            directory: directory.path,
            app: "qadam-swift-tests/0.1.0",
            locale: "en",
            network: network
        )
        let qadam = try await Qadam.open(config, secureStore: secureStore, zone: zone)
        lock.withLock { openedAs = qadam }
    }

    /// Without a connection, and without an exchange that is still under way.
    public func goOffline() async throws {
        qadam.setNetwork(.offline)
        try await first(of: qadam.sync.status) { $0.state == .offline }
    }

    public func goOnline() {
        qadam.setNetwork(.unmetered)
    }

    public func signIn(_ login: String) async throws {
        let server = try await Backend.shared.address()
        _ = try await qadam.session.signIn(server: server, login: login, password: password, deviceName: "Swift")
        try await qadam.sync.now()
    }

    public func shutDown() async {
        await lock.withLock { openedAs }?.shutDown()
    }
}

/// A test on phones, on the actor of whoever calls.
public func scenario(isolation: isolated (any Actor)? = #isolation, _ test: (Phones) async throws -> Void) async throws {
    let phones = Phones()
    do {
        try await test(phones)
    } catch {
        await phones.end()
        throw error
    }
    await phones.end()
}

/// Where what was waited for did not come.
public struct TimedOut: Error {
    public let file: StaticString
    public let line: UInt
}

public struct StreamEnded: Error {}

/// The first value for which this holds.
@discardableResult
public func first<Value: Sendable>(
    of stream: Live<Value>,
    within limit: Duration = .seconds(30),
    file: StaticString = #fileID,
    line: UInt = #line,
    where holds: @escaping @Sendable (Value) -> Bool = { _ in true }
) async throws -> Value {
    try await within(limit, file: file, line: line) {
        for try await value in stream where holds(value) {
            return value
        }
        throw StreamEnded()
    }
}

/// What this gives, or ``TimedOut``.
public func within<Value: Sendable>(
    _ limit: Duration,
    file: StaticString = #fileID,
    line: UInt = #line,
    _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask(operation: work)
        group.addTask {
            try await Task.sleep(for: limit)
            throw TimedOut(file: file, line: line)
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw StreamEnded() }
        return value
    }
}
