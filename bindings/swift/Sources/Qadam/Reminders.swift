import QadamCore

extension Qadam {
    /// What the person wants to be reminded of, in their own words, at a time of their own. It comes with ``Nudges/plan(permission:)``. Dates are written
    /// `2026-11-24`.
    public final class Reminders: Sendable {
        private let engine: QadamEngine

        init(_ engine: QadamEngine) {
            self.engine = engine
        }

        /// What is due, and what will come, by time; then what is done, the newest first; as it changes.
        public var changes: Live<[ReminderView]> {
            live(engine.observeReminders(), stop: { $0.stop() }, next: { try await $0.next(after: $1).map { ($0.number, $0.value) } })
        }

        public func current() async throws -> [ReminderView] {
            try await engine.reminders()
        }

        /// Sets one, 200 characters at most, at a minute of a date, at night too. Gives its id.
        @discardableResult
        public func add(_ text: String, day: String, minute: UInt32) async throws -> String {
            try await engine.addReminder(text: text, day: day, minute: minute)
        }

        /// Changes its words or its time. With another time it is open again.
        public func change(_ id: String, text: String, day: String, minute: UInt32) async throws {
            try await engine.changeReminder(id: id, text: text, day: day, minute: minute)
        }

        /// It is done, or it is not: what is done does not come.
        public func finish(_ id: String, done: Bool = true) async throws {
            try await engine.finishReminder(id: id, done: done)
        }

        /// Wipes it everywhere, for good.
        public func delete(_ id: String) async throws {
            try await engine.deleteReminder(id: id)
        }
    }
}

public typealias ReminderView = QadamCore.ReminderView
public typealias ReminderStatus = QadamCore.ReminderStatus
