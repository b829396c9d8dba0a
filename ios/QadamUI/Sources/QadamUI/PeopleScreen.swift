import Qadam
import QadamModels
import SwiftUI

struct PeopleScreen: View {
    @State private var model: PeopleViewModel
    @Environment(\.texts) private var texts

    init(_ qadam: Qadam) {
        _model = State(initialValue: PeopleViewModel(qadam))
    }

    var body: some View {
        Screen(texts.peopleTitle, model.state, model) { people in
            if people.isEmpty { Note(texts.peopleEmpty) }
            ForEach(people, id: \.signal.id) { person in
                PersonRow(person: person) { model.finish($0) }
            }
            Small(texts.peopleShared)
        }
    }
}

private struct PersonRow: View {
    let person: PersonState
    let finish: @MainActor (String) -> Void
    @Environment(\.texts) private var texts
    @Environment(\.language) private var language
    @Environment(Navigation.self) private var navigation

    var body: some View {
        let signal = person.signal
        VStack(alignment: .leading, spacing: 6) {
            Text(signal.name).font(.headline)
            Text(signal.why)
            Small(date(signal.day, language))
            Small(texts.peopleSay)
            Text(signal.say)
            if !person.phone.isEmpty { Reach(phone: person.phone) }
            ShareLink(item: signal.say) { Text(texts.peopleShareWords).frame(minHeight: touchTarget) }.buttonStyle(.borderless)
            if let lesson = signal.lesson {
                Quiet(texts.peopleLesson(title: lesson.title)) { navigation.go(.lesson(id: lesson.id)) }
            }
            Quiet(texts.peopleDone) { finish(signal.id) }
        }
    }
}
