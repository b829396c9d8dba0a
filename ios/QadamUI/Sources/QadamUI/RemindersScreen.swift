import Qadam
import QadamModels
import SwiftUI

struct RemindersScreen: View {
    @State private var model: RemindersViewModel
    @Environment(\.texts) private var texts
    @Environment(\.language) private var language
    @Environment(Navigation.self) private var navigation

    init(_ qadam: Qadam) {
        _model = State(initialValue: RemindersViewModel(qadam))
    }

    var body: some View {
        Screen(texts.remindersTitle, model.state, model) { reminders in
            if reminders.isEmpty { Note(texts.remindersEmpty) }
            ForEach(reminders, id: \.id) { reminder in
                VStack(alignment: .leading, spacing: 6) {
                    SwitchRow(reminder.text, reminder.status == .done, detail: texts.of(reminder, language)) { model.finish(reminder.id, done: $0) }
                    Quiet(texts.remindersEdit) { navigation.go(.reminderEdit(id: reminder.id, about: "")) }
                    Quiet(texts.reminderDelete) { model.delete(reminder.id) }
                }
            }
        } bottom: { _ in
            Primary(texts.remindersAdd) { navigation.go(.reminderEdit(id: nil, about: "")) }
        }
    }
}

struct ReminderEditScreen: View {
    @State private var model: ReminderEditViewModel
    private let id: String?
    @Environment(\.texts) private var texts
    @Environment(Navigation.self) private var navigation

    init(_ qadam: Qadam, _ id: String?, about: String, _ saved: SavedState) {
        _model = State(initialValue: ReminderEditViewModel(qadam, id, about: about, saved))
        self.id = id
    }

    var body: some View {
        Screen(id == nil ? texts.remindersAdd : texts.remindersEdit, load, model) { _ in
            Field(texts.reminderText, field(\.text))
            Field(texts.reminderDay, field(\.day)).typing(.number)
            Quiet(texts.contactTomorrow) { model.inDays(1) }
            ForEach([3, 7], id: \.self) { days in
                Quiet(texts.contactInDays(count: Int64(days))) { model.inDays(days) }
            }
            Field(texts.reminderTime, field(\.time)).typing(.number)
            Small(texts.remindersNight)
        } bottom: { state in
            Primary(texts.save, enabled: state.complete) { model.save { navigation.back() } }
        }
    }

    private var load: Load<ReminderEditState> {
        model.problem.map { .failed($0) } ?? .ready(model.state)
    }

    private func field(_ path: WritableKeyPath<ReminderEditState, String>) -> Binding<String> {
        bound(model.state[keyPath: path]) { value in
            var state = model.state
            state[keyPath: path] = value
            model.change(state)
        }
    }
}
