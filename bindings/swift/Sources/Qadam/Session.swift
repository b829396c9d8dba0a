import QadamCore

extension Qadam {
    /// Who uses this phone.
    public final class Session: Sendable {
        private let engine: QadamEngine

        init(_ engine: QadamEngine) {
            self.engine = engine
        }

        /// Who is signed in, as that changes.
        public var changes: Live<SessionView> {
            live(engine.observeSession(), stop: { $0.stop() }, next: { try await $0.next(after: $1).map { ($0.number, $0.value) } })
        }

        public func current() async throws -> SessionView {
            try await engine.session()
        }

        /// Sets the password with an invite or reset code. Gives the log-in name.
        public func setPassword(server: String, code: String, password: String) async throws -> String {
            try await engine.setPassword(server: server, code: code, password: password)
        }

        public func signIn(server: String, login: String, password: String, deviceName: String) async throws -> AccountView {
            try await engine.signIn(server: server, login: login, password: password, deviceName: deviceName)
        }

        /// Sends what waits, then removes everything of the account from this phone.
        ///
        /// Throws ``QadamError/Unsent(count:)`` where not all could be sent, unless `evenUnsent`: nothing was removed then.
        public func signOut(evenUnsent: Bool = false) async throws {
            try await engine.signOut(evenUnsent: evenUnsent)
        }

        /// The account's devices; asks the server.
        public func devices() async throws -> [DeviceView] {
            try await engine.devices()
        }

        /// Signs another device out; it wipes itself as soon as it hears of it.
        public func revokeDevice(id: String) async throws {
            try await engine.revokeDevice(id: id)
        }
    }
}

public typealias SessionView = QadamCore.SessionView
public typealias AccountView = QadamCore.AccountView
public typealias DeviceView = QadamCore.DeviceView
