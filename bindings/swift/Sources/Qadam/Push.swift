import QadamCore

extension Qadam {
    /// How this device can be woken by the platform's push service. Without, nothing is lost but immediacy.
    public final class Push: Sendable {
        private let engine: QadamEngine

        init(_ engine: QadamEngine) {
            self.engine = engine
        }

        /// The platform's word on how this device can be woken, or nil where it can't be: to be said at each start, and whenever it changes. The
        /// server is told with the next sync, if it does not know.
        public func setToken(_ token: PushToken?) async throws {
            try await engine.pushToken(token: token)
        }

        /// A push came that wakes: one bounded sync brings what it is about.
        @discardableResult
        public func woken(budget: Duration) async throws -> BackgroundOutcome {
            try await engine.woken(budget: budget.milliseconds)
        }
    }
}

public typealias PushToken = QadamCore.PushToken
public typealias PushVendor = QadamCore.PushVendor
