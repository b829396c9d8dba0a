import QadamCore

extension Qadam {
    /// How things stand with the server. Syncing happens by itself; nothing needs to wait for it.
    public final class Sync: Sendable {
        private let engine: QadamEngine

        init(_ engine: QadamEngine) {
            self.engine = engine
        }

        /// How things stand, as that changes.
        public var status: Live<SyncStatusView> {
            live(engine.observeSyncStatus(), stop: { $0.stop() }, next: { try await $0.next(after: $1).map { ($0.number, $0.value) } })
        }

        /// What the server refused and the person has not dismissed, as that changes.
        public var refusals: Live<[RefusalView]> {
            live(engine.observeRefusals(), stop: { $0.stop() }, next: { try await $0.next(after: $1).map { ($0.number, $0.value) } })
        }

        /// Syncs now, until both sides are in step.
        @discardableResult
        public func now() async throws -> SyncOutcome {
            try await engine.sync()
        }

        public func currentStatus() async throws -> SyncStatusView {
            try await engine.syncStatus()
        }

        public func currentRefusals() async throws -> [RefusalView] {
            try await engine.refusals()
        }

        public func dismissRefusal(id: String) async throws {
            try await engine.dismissRefusal(id: id)
        }
    }
}

public typealias SyncStatusView = QadamCore.SyncStatusView
public typealias SyncState = QadamCore.SyncState
public typealias SyncProblem = QadamCore.SyncProblem
public typealias RefusalView = QadamCore.RefusalView
public typealias RefusalSubject = QadamCore.RefusalSubject
public typealias RefusalReason = QadamCore.RefusalReason
public typealias SyncOutcome = QadamCore.SyncOutcome
