import Qadam
import QadamModels
import SwiftUI

struct LessonScreen: View {
    @State private var model: LessonViewModel
    private let id: String
    @Environment(\.texts) private var texts
    @Environment(\.language) private var language
    @Environment(Navigation.self) private var navigation

    init(_ qadam: Qadam, _ id: String, _ saved: SavedState) {
        _model = State(initialValue: LessonViewModel(qadam, id, saved))
        self.id = id
    }

    var body: some View {
        Screen(model.state.value?.lesson.summary.title ?? texts.learnTitle, model.state, model) { state in
            if let missing = state.missing {
                Note(texts.lessonLocked(titles: missing.map(\.title).joined(separator: ", ")))
                ForEach(missing, id: \.id) { lesson in
                    Secondary(lesson.title) { navigation.go(.lesson(id: lesson.id)) }
                }
            } else if let progress = state.progress {
                ProgressRows(progress)
            } else {
                Bar(100 * (state.card + 1) / max(state.lesson.cards.count, 1))
                Small(texts.lessonCard(at: Int64(state.card + 1), of: Int64(state.lesson.cards.count), minutes: Int64(state.minutesLeft)))
                Blocks(state.blocks)
                if state.last, state.hasQuiz {
                    Text(texts.lessonQuizAhead(count: Int64(state.lesson.quizSize), percent: Int64(state.lesson.passPercent)))
                }
            }
        } bottom: { state in
            if state.missing == nil {
                forward(state)
                if state.card > 0, state.progress == nil { Secondary(texts.lessonBack) { model.back() } }
            }
        }
    }

    @ViewBuilder private func forward(_ state: LessonState) -> some View {
        if state.progress != nil {
            Primary(texts.lessonDone) { navigation.back() }
        } else if !state.last {
            Primary(texts.lessonNext) { model.next() }
        } else if state.hasQuiz, case .waiting(let until) = state.lesson.summary.status {
            Small(texts.lessonWaiting(time: time(until, language)))
        } else if state.hasQuiz {
            Primary(state.lesson.quizBegun ? texts.lessonQuizContinue : texts.lessonQuiz) {
                model.finish { navigation.go(.quiz(lesson: id)) }
            }
        } else {
            Primary(texts.lessonFinish) { model.finish { navigation.back() } }
        }
    }
}
