import Qadam
import QadamModels
import SwiftUI

struct ReviewsScreen: View {
    @State private var model: ReviewsViewModel
    @Environment(\.texts) private var texts
    @Environment(\.language) private var language
    @Environment(Navigation.self) private var navigation

    init(_ qadam: Qadam) {
        _model = State(initialValue: ReviewsViewModel(qadam))
    }

    var body: some View {
        Screen(texts.reviewsTitle, model.state, model) { state in
            if let card = state.card {
                if let graded = state.graded {
                    GradedRow(question: card.question, graded: graded)
                    if let result = state.result {
                        Text(texts.reviewsComesBack(date: date(result.next, language)))
                        ProgressRows(result.progress)
                    } else if graded.verdict == .right {
                        Text(texts.reviewsHowEasy)
                    }
                } else {
                    Small(texts.reviewsLeft(count: Int64(state.stack.cards.count), title: card.lessonTitle))
                    Blocks(card.question.prompt)
                    AnswerField(card.question.kind, state.answer) { model.answer($0) }
                }
            } else {
                Note(state.stack.doneToday > 0 ? texts.reviewsDone(count: Int64(state.stack.doneToday)) : texts.reviewsEmpty)
                if let next = state.stack.next { Small(texts.reviewsNextOn(date: date(next, language))) }
            }
        } bottom: { state in
            if state.card == nil {
                Primary(texts.close) { navigation.back() }
            } else if state.result != nil {
                Primary(texts.reviewsNext) { model.next() }
            } else if state.graded?.verdict == .right {
                ForEach([EaseInput.hard, .good, .easy], id: \.self) { ease in
                    Secondary(texts.of(ease)) { model.ease(ease) }
                }
            } else if state.graded == nil {
                Primary(texts.reviewsCheck) { model.check() }
            }
        }
    }
}
