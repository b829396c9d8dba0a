import QadamCore

extension Qadam {
    /// What the platform is to show, what came, and why. Dates are written `2026-11-24`.
    public final class Nudges: Sendable {
        private let engine: QadamEngine

        init(_ engine: QadamEngine) {
            self.engine = engine
        }

        /// The newest ones, as they come.
        public var messages: Live<[NudgeView]> {
            live(engine.observeNudges(), stop: { $0.stop() }, next: { try await $0.next(after: $1).map { ($0.number, $0.value) } })
        }

        public func currentMessages() async throws -> [NudgeView] {
            try await engine.nudges()
        }

        /// What the platform is to show in the coming days, whole: to be reconciled by id with what it has. To be called after each start, sync and
        /// change, at midnight and at `validUntil`, and where the zone or the permission changes.
        public func plan(permission: Bool) async throws -> NudgePlanView {
            try await engine.planNudges(permission: permission)
        }

        /// The person tapped the notification, or the message.
        public func open(_ id: String) async throws {
            try await engine.openNudge(id: id)
        }

        /// The person swiped it away.
        public func dismiss(_ id: String) async throws {
            try await engine.dismissNudge(id: id)
        }

        public func why(_ id: String) async throws -> WhyView {
            try await engine.whyNudge(id: id)
        }

        public func settings() async throws -> NudgeSettingsView {
            try await engine.nudgeSettings()
        }

        /// The minute of the day at which a nudge suits best, from 8:00 on, before 21:00.
        public func setBestMinute(_ minute: UInt32) async throws {
            try await engine.setBestMinute(minute: minute)
        }

        public func `switch`(_ category: NudgeCategory, on: Bool) async throws {
            try await engine.switchNudges(category: category, on: on)
        }

        /// Nothing comes up to and with a date; without one everything comes again.
        public func pause(until: String?) async throws {
            try await engine.pauseNudges(until: until)
        }

        /// Nothing of this rule is to come again, or it may.
        public func never(_ rule: String, _ never: Bool = true) async throws {
            try await engine.neverNudge(rule: rule, never: never)
        }

        /// Whether the sponsor is told of one's progress.
        public func shareProgress(_ share: Bool) async throws {
            try await engine.shareProgress(share: share)
        }

        /// The goal for customers' volume in a month; without one there is none.
        public func setVolumeGoal(_ goal: Int64?) async throws {
            try await engine.setVolumeGoal(goal: goal)
        }
    }
}

public typealias NudgePlanView = QadamCore.NudgePlanView
public typealias ScheduledNudgeView = QadamCore.ScheduledNudgeView
public typealias NudgeCategory = QadamCore.NudgeCategory
public typealias NudgeView = QadamCore.NudgeView
public typealias WhyView = QadamCore.WhyView
public typealias NudgeWindow = QadamCore.NudgeWindow
public typealias ComparedView = QadamCore.ComparedView
public typealias ComparedSideView = QadamCore.ComparedSideView
public typealias NudgeSettingsView = QadamCore.NudgeSettingsView
public typealias NeverView = QadamCore.NeverView
