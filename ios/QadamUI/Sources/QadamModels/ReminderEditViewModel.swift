import Foundation
import Qadam

/// The minute of the day that a new reminder proposes: in the evening.
private let evening: UInt32 = 19 * 60

public struct ReminderEditState: Equatable, Codable, Sendable {
    public var text: String
    /// As `24.11.2026`.
    public var day: String
    /// As `19:30`.
    public var time: String

    public init(text: String = "", day: String = "", time: String = "") {
        self.text = text
        self.day = day
        self.time = time
    }

    /// A reminder at a minute of a date, which the core writes `2026-11-24`.
    init(text: String, on date: String, at minute: UInt32) {
        self.init(text: text, day: typed(date), time: String(format: "%d:%02d", Int(minute / 60), Int(minute % 60)))
    }

    /// As the core writes it, `2026-11-24`; `nil` for what is no date.
    public var date: String? {
        let parts = self.day.trimmed.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[2].count == 4, let day = number(parts[0]), let month = number(parts[1]), let year = number(parts[2]),
            DateComponents(calendar: Calendar(identifier: .gregorian), year: year, month: month, day: day).isValidDate
        else { return nil }
        return String(format: "%04d-%02d-%02d", year, month, day)
    }

    /// Of the date; `nil` for what is no time.
    public var minute: UInt32? {
        let parts = time.trimmed.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].count == 2, let hour = number(parts[0]), let minute = number(parts[1]), hour < 24, minute < 60 else { return nil }
        return UInt32(hour * 60 + minute)
    }

    public var complete: Bool { !text.trimmed.isEmpty && date != nil && minute != nil }
}

/// Of digits alone: no sign.
private func number(_ digits: Substring) -> Int? {
    digits.count <= 4 && digits.allSatisfy { "0"..."9" ~= $0 } ? Int(digits) : nil
}

/// `24.11.2026` of `2026-11-24`.
private func typed(_ date: String) -> String {
    date.split(separator: "-").reversed().map { String(Int($0) ?? 0) }.joined(separator: ".")
}

/// A new reminder, about what is said, or one that is there; what was typed survives in the saved state.
@MainActor
public final class ReminderEditViewModel: ScreenViewModel {
    private let qadam: Qadam
    private let id: String?
    private let saved: SavedState
    private let proposed: ReminderEditState
    private let before: Query<ReminderEditState>

    public init(_ qadam: Qadam, _ id: String?, about: String, _ saved: SavedState) {
        self.qadam = qadam
        self.id = id
        self.saved = saved
        proposed = id == nil ? ReminderEditState(text: about, on: day(inDays: 1), at: evening) : ReminderEditState()
        before = Query { query in
            guard let id, query.load.value == nil else { return }
            guard let reminder = try await qadam.reminders.current().first(where: { $0.id == id }) else {
                throw QadamError.NotFound(what: "reminder")
            }
            query.show(ReminderEditState(text: reminder.text, on: reminder.day, at: reminder.minute))
        }
        super.init([before])
    }

    public var state: ReminderEditState {
        saved.get("typed") ?? before.load.value ?? proposed
    }

    /// Why the reminder can't be changed, where it can't.
    public var problem: QadamError? { before.load.problem }

    public func change(_ state: ReminderEditState) {
        saved.set("typed", state)
    }

    /// After so many days from today.
    public func inDays(_ days: Int) {
        var state = state
        state.day = typed(day(inDays: days))
        change(state)
    }

    /// What is no date or no time is not saved.
    @discardableResult
    public func save(_ then: @escaping @MainActor () -> Void) -> Task<Void, Never> {
        let now = state
        return act { [self] in
            guard let day = now.date, let minute = now.minute else { return }
            if let id {
                try await qadam.reminders.change(id, text: now.text.trimmed, day: day, minute: minute)
            } else {
                try await qadam.reminders.add(now.text.trimmed, day: day, minute: minute)
            }
            then()
        }
    }
}
