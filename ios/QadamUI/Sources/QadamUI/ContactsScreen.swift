import Foundation
import Qadam
import QadamModels
import SwiftUI

struct ContactsScreen: View {
    @State private var model: ContactsViewModel
    @Environment(\.texts) private var texts
    @Environment(Navigation.self) private var navigation

    init(_ qadam: Qadam, _ saved: SavedState) {
        _model = State(initialValue: ContactsViewModel(qadam, saved))
    }

    var body: some View {
        Screen(texts.contactsTitle, model.state, model) { state in
            if state.contacts.isEmpty { Note(model.search.isEmpty ? texts.contactsEmpty : texts.contactsNoneFound) }
            let groups = state.byLetter
            ForEach(groups.indices, id: \.self) { at in
                Section {
                    ForEach(groups[at].contacts, id: \.id) { ContactRow(contact: $0) }
                } header: {
                    Headline(groups[at].letter)
                }
            }
            if state.more {
                // Comes in sight with the end of the list.
                EmptyRow().id(state.contacts.count).onAppear { model.more() }
            }
        } bottom: { _ in
            Primary(texts.contactsAdd) { navigation.go(.contactEdit(id: nil)) }
        }
        .searchable(text: bound(model.search) { model.search($0) }, prompt: Text(texts.contactsSearch))
    }
}

private struct EmptyRow: View {
    var body: some View {
        Text(verbatim: " ").accessibilityHidden(true)
    }
}

private struct ContactRow: View {
    let contact: ContactSummary
    @Environment(\.texts) private var texts
    @Environment(\.language) private var language
    @Environment(Navigation.self) private var navigation

    var body: some View {
        Tile { navigation.go(.contact(id: contact.id)) } content: {
            Text(contact.name).font(.headline)
            if contact.doNotContact { Small(texts.contactDoNotContact) }
            Small(contact.lastInteraction.map { texts.contactLastTalk(date: day($0, language)) } ?? texts.contactNoTalk)
        }
    }
}

struct ContactScreen: View {
    @State private var model: ContactViewModel
    @State private var note = ""
    @State private var tag = ""
    @State private var deleting = false
    private let id: String
    private let platform: any Platform
    @Environment(\.texts) private var texts
    @Environment(\.language) private var language
    @Environment(Navigation.self) private var navigation

    init(_ qadam: Qadam, _ platform: any Platform, _ id: String) {
        _model = State(initialValue: ContactViewModel(qadam, id))
        self.platform = platform
        self.id = id
    }

    var body: some View {
        Screen(model.state.value?.contact?.name ?? texts.contactsTitle, model.state, model) { state in
            if let contact = state.contact {
                if contact.doNotContact { Label(texts.contactDoNotContactDetail, systemImage: "hand.raised") }
                facts(contact)
                if !contact.phone.isEmpty, !contact.doNotContact { Reach(phone: contact.phone) }
                talk
                followUp(contact)
                if !contact.doNotContact { Quiet(texts.reminderOfContact) { navigation.go(.reminderEdit(id: nil, about: contact.name)) } }
                SwitchRow(texts.contactDoNotContact, contact.doNotContact, detail: texts.contactDoNotContactWhat) { model.doNotContact($0) }
                tags(contact)
                Headline(texts.contactTalks)
                if contact.interactions.isEmpty { Small(texts.contactNoTalk) }
                ForEach(contact.interactions, id: \.id) { talk in
                    VStack(alignment: .leading, spacing: 6) {
                        Text(texts.of(talk.channel))
                        Small(time(talk.at, language))
                        if !talk.note.isEmpty { Text(talk.note) }
                    }
                }
                Secondary(texts.contactEdit) { navigation.go(.contactEdit(id: id)) }
                Quiet(texts.contactShare) { model.share(platform) }
                Quiet(texts.contactDelete) { deleting = true }
            } else {
                Note(texts.contactGone)
                Quiet(texts.back) { navigation.back() }
            }
        }
        // Says what happens, of either way.
        .confirmationDialog(texts.contactDeleteTitle, isPresented: $deleting, titleVisibility: .visible) {
            Button(texts.contactDelete, role: .destructive) { model.delete { navigation.back() } }
            Button(texts.contactErase, role: .destructive) { model.erase { navigation.back() } }
            Button(texts.cancel, role: .cancel) {}
        } message: {
            Text(texts.contactDeleteWhat)
        }
    }

    private func facts(_ contact: ContactView) -> some View {
        VStack(alignment: .leading, spacing: 6) {
            ForEach([contact.phone, contact.email, contact.note].filter { !$0.isEmpty }, id: \.self) { Text($0) }
            if let birthday = contact.birthday { Text(texts.contactBirthdayOn(date: monthDay(birthday, language))) }
            Small(contact.interactions.first.map { texts.contactLastTalk(date: day($0.at, language)) } ?? texts.contactNoTalk)
        }
    }

    @ViewBuilder private var talk: some View {
        Headline(texts.contactLog)
        Field(texts.contactLogNote, $note)
        ForEach([Channel.call, .message, .meeting, .other], id: \.self) { channel in
            Quiet(texts.of(channel)) {
                model.log(channel, note: note)
                note = ""
            }
        }
    }

    private func followUp(_ contact: ContactView) -> some View {
        // 0 stands for none: the day itself is not offered.
        let days = [
            Option(1, texts.contactTomorrow), Option(3, texts.contactInDays(count: 3)), Option(7, texts.contactInDays(count: 7)),
            Option(0, texts.contactNoFollowUp),
        ]
        let label = contact.followUp.map { texts.contactFollowUpOn(date: date($0, language)) } ?? texts.contactFollowUp
        return Choice(label, days, nil) { model.followUp($0 == 0 ? nil : $0) }
    }

    @ViewBuilder private func tags(_ contact: ContactView) -> some View {
        Headline(texts.contactTags)
        ForEach(contact.tags, id: \.id) { tag in
            HStack {
                Text(tag.text)
                Spacer()
                Quiet(texts.contactUntag) { model.untag(tag.id) }
            }
        }
        Field(texts.contactTag, $tag).onSubmit {
            let text = tag.trimmingCharacters(in: .whitespacesAndNewlines)
            if !text.isEmpty { model.tag(text) }
            tag = ""
        }
    }
}

/// To call or to write, in the phone's own apps.
struct Reach: View {
    let phone: String
    @Environment(\.texts) private var texts
    @Environment(\.openURL) private var openURL

    var body: some View {
        HStack {
            Quiet(texts.contactCall) { open("tel:") }
            Spacer()
            Quiet(texts.contactWrite) { open("sms:") }
        }
    }

    private func open(_ scheme: String) {
        if let url = URL(string: scheme + phone.filter { $0 == "+" || $0.isNumber }) { openURL(url) }
    }
}

struct ContactEditScreen: View {
    @State private var model: ContactEditViewModel
    private let id: String?
    private let platform: any Platform
    @Environment(\.texts) private var texts
    @Environment(Navigation.self) private var navigation

    init(_ qadam: Qadam, _ platform: any Platform, _ id: String?, _ saved: SavedState) {
        _model = State(initialValue: ContactEditViewModel(qadam, id, saved))
        self.platform = platform
        self.id = id
    }

    var body: some View {
        Screen(id == nil ? texts.contactsAdd : texts.contactEdit, load, model) { state in
            if id == nil { Secondary(texts.contactPick) { pick() } }
            Field(texts.contactName, field(\.name)).typing(.name)
            Field(texts.contactPhone, field(\.phone)).typing(.phone)
            Field(texts.contactEmail, field(\.email)).typing(.email)
            Field(texts.contactBirthday, field(\.birthday)).typing(.number)
            Field(texts.contactNote, field(\.note))
        } bottom: { state in
            Primary(texts.save, enabled: state.name.contains { !$0.isWhitespace }) {
                // A new one is shown in place of the form; one that is there lies below it.
                model.save { saved in if id == nil { navigation.replace(with: .contact(id: saved)) } else { navigation.back() } }
            }
        }
    }

    private func pick() {
        Task {
            guard let person = await platform.pickContact() else { return }
            model.picked(name: person.name, phone: person.phone, email: person.email, birthday: person.birthday)
        }
    }

    private var load: Load<ContactEditState> {
        model.problem.map { .failed($0) } ?? .ready(model.state)
    }

    private func field(_ path: WritableKeyPath<ContactEditState, String>) -> Binding<String> {
        bound(model.state[keyPath: path]) { value in
            var state = model.state
            state[keyPath: path] = value
            model.change(state)
        }
    }
}
