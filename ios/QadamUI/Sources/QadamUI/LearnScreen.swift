import Qadam
import QadamModels
import SwiftUI

struct LearnScreen: View {
    @State private var model: LearnViewModel
    @Environment(\.texts) private var texts

    init(_ qadam: Qadam) {
        _model = State(initialValue: LearnViewModel(qadam))
    }

    var body: some View {
        Screen(texts.learnTitle, model.state, model) { state in
            if state.courses.isEmpty { Note(texts.learnEmpty) }
            ForEach(state.courses, id: \.id) { course in
                Section {
                    Small(course.summary)
                    if course.assigned { Label(texts.learnAssigned, systemImage: "pin") }
                    ForEach(course.lessons, id: \.id) { LessonRow(lesson: $0) }
                } header: {
                    Headline(course.title)
                }
            }
        }
    }
}

private struct LessonRow: View {
    let lesson: LessonSummary
    @Environment(\.texts) private var texts
    @Environment(\.language) private var language
    @Environment(Navigation.self) private var navigation

    var body: some View {
        Tile { navigation.go(.lesson(id: lesson.id)) } content: {
            HStack {
                // What it means is said in words below.
                Image(systemName: icon).accessibilityHidden(true)
                Text(lesson.title).font(.headline)
            }
            Small(texts.of(lesson.status, language))
            Small(texts.lessonMinutesPoints(minutes: Int64(lesson.minutes), points: Int64(lesson.points)))
        }
    }

    private var icon: String {
        switch lesson.status {
        case .locked: "lock"
        case .waiting: "clock"
        case .open: "play"
        case .passed, .completed: "checkmark"
        }
    }
}
