import Qadam

/// What the person wants to be reminded of.
@MainActor
public final class RemindersViewModel: ScreenViewModel {
    private let qadam: Qadam
    private let reminders: Query<[ReminderView]>

    public init(_ qadam: Qadam) {
        self.qadam = qadam
        reminders = Query(qadam.reminders.changes)
        super.init([reminders])
    }

    public var state: Load<[ReminderView]> { reminders.load }

    @discardableResult
    public func finish(_ id: String, done: Bool) -> Task<Void, Never> {
        act { [self] in try await qadam.reminders.finish(id, done: done) }
    }

    @discardableResult
    public func delete(_ id: String) -> Task<Void, Never> {
        act { [self] in try await qadam.reminders.delete(id) }
    }
}
