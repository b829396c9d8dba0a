import QadamCore

extension Qadam {
    /// The plan of the first days. Dates are written `2026-11-24`.
    public final class Journey: Sendable {
        private let engine: QadamEngine

        init(_ engine: QadamEngine) {
            self.engine = engine
        }

        /// The whole of it, as it changes; nil where the company has none.
        public var plan: Live<JourneyView?> {
            live(engine.observeJourney(), stop: { $0.stop() }, next: { try await $0.next(after: $1).map { ($0.number, $0.value) } })
        }

        /// What is next in it, as it changes.
        public var today: Live<TodayView?> {
            live(engine.observeToday(), stop: { $0.stop() }, next: { try await $0.next(after: $1).map { ($0.number, $0.value) } })
        }

        public func currentPlan() async throws -> JourneyView? {
            try await engine.journey()
        }

        public func currentToday() async throws -> TodayView? {
            try await engine.today()
        }

        /// Ticks a task off, or one item of its checklist; without an item all of them.
        public func complete(_ task: String, item: UInt32? = nil) async throws {
            try await engine.completeTask(task: task, item: item)
        }

        /// Takes a tick back.
        public func reopen(_ task: String, item: UInt32? = nil) async throws {
            try await engine.reopenTask(task: task, item: item)
        }

        /// Pauses the plan, from today on where `from` is left out, up to and with a day. Gives the pause's id.
        public func pause(until: String, from: String? = nil) async throws -> String {
            try await engine.pauseJourney(from: from, until: until)
        }

        /// Ends a pause, or takes one back that has not begun; without an id the one in which today lies.
        public func resume(_ pause: String? = nil) async throws {
            try await engine.resumeJourney(pause: pause)
        }

        /// The plan was seen as it is now: what moves later is told from here.
        public func acknowledgeMoves() async throws {
            try await engine.acknowledgeMoves()
        }

        /// What a newcomer sees first: the sponsor's letter, the leader's video, the tour; nil where the company has none.
        public func welcome() async throws -> WelcomeView? {
            try await engine.welcome()
        }

        /// The welcome was seen, on all of the person's phones.
        public func finishWelcome() async throws {
            try await engine.finishWelcome()
        }
    }
}

public typealias JourneyView = QadamCore.JourneyView
public typealias TodayView = QadamCore.TodayView
public typealias JourneyStatus = QadamCore.JourneyStatus
public typealias GoalView = QadamCore.GoalView
public typealias PhaseView = QadamCore.PhaseView
public typealias PhaseStatus = QadamCore.PhaseStatus
public typealias TaskView = QadamCore.TaskView
public typealias TaskKindView = QadamCore.TaskKindView
public typealias TaskStatus = QadamCore.TaskStatus
public typealias TaskRef = QadamCore.TaskRef
public typealias TaskItemView = QadamCore.TaskItemView
public typealias MoveView = QadamCore.MoveView
public typealias MoveReason = QadamCore.MoveReason
public typealias PauseView = QadamCore.PauseView
public typealias WelcomeView = QadamCore.WelcomeView
public typealias StopView = QadamCore.StopView
