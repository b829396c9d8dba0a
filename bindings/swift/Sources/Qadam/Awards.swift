import QadamCore

extension Qadam {
    /// Points, level, badges and streak.
    public final class Awards: Sendable {
        private let engine: QadamEngine

        init(_ engine: QadamEngine) {
            self.engine = engine
        }

        /// What has been earned, as it changes.
        public var changes: Live<AwardsView> {
            live(engine.observeAwards(), stop: { $0.stop() }, next: { try await $0.next(after: $1).map { ($0.number, $0.value) } })
        }

        public func current() async throws -> AwardsView {
            try await engine.awards()
        }
    }
}

public typealias AwardsView = QadamCore.AwardsView
public typealias LevelView = QadamCore.LevelView
public typealias BadgeView = QadamCore.BadgeView
public typealias StreakView = QadamCore.StreakView
public typealias LedgerEntryView = QadamCore.LedgerEntryView
public typealias PointsSource = QadamCore.PointsSource
