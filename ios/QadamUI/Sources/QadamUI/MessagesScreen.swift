import Qadam
import QadamModels
import SwiftUI

struct MessagesScreen: View {
    @State private var model: MessagesViewModel
    @Environment(\.texts) private var texts
    @Environment(\.language) private var language
    @Environment(Navigation.self) private var navigation

    init(_ qadam: Qadam) {
        _model = State(initialValue: MessagesViewModel(qadam))
    }

    var body: some View {
        Screen(texts.messagesTitle, model.state, model) { messages in
            if messages.isEmpty { Note(texts.messagesEmpty) }
            ForEach(messages, id: \.id) { message in
                Tile { navigation.go(.why(id: message.id)) } content: {
                    Text(message.title).font(.headline)
                    Text(message.body)
                    if !message.opened { Label(texts.messagesNew, systemImage: "circle.fill") }
                    Small("\(texts.of(message.category)) · \(time(message.at, language))")
                    Text(texts.messagesWhy).foregroundStyle(.tint)
                }
            }
            Secondary(texts.remindersTitle) { navigation.go(.reminders) }
        }
    }
}

/// What a rule asks for and found, in plain words.
struct Compared: View {
    private let compared: [ComparedView]
    @Environment(\.texts) private var texts

    init(_ compared: [ComparedView]) {
        self.compared = compared
    }

    var body: some View {
        ForEach(texts.lines(compared), id: \.self) { Small($0) }
    }
}

/// Why a nudge came, and the switches that stop such ones.
struct WhyScreen: View {
    @State private var model: WhyViewModel
    @Environment(\.texts) private var texts
    @Environment(\.language) private var language

    init(_ qadam: Qadam, _ id: String) {
        _model = State(initialValue: WhyViewModel(qadam, id))
    }

    var body: some View {
        Screen(texts.messagesWhy, model.state, model) { state in
            if let message = state.message {
                VStack(alignment: .leading, spacing: 6) {
                    Text(message.title).font(.headline)
                    Text(message.body)
                    Small(time(message.at, language))
                }
            }
            let why = state.why
            Text(why.why)
            Compared(why.compared)
            Small(texts.of(why.window))
            if !why.group.isEmpty { Small(texts.whyGroup) }
            SwitchRow(texts.whyNever, why.never) { model.never(why.rule, $0) }
            SwitchRow(texts.whyCategory(category: texts.of(why.category)), !state.settings.off.contains(why.category)) {
                model.switch(why.category, on: $0)
            }
        }
        .onAppear { model.opened() }
    }
}
