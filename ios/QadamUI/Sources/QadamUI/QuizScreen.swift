import Qadam
import QadamModels
import SwiftUI

struct QuizScreen: View {
    @State private var model: QuizViewModel
    private let lesson: String
    @Environment(\.texts) private var texts
    @Environment(\.language) private var language
    @Environment(Navigation.self) private var navigation

    init(_ qadam: Qadam, _ lesson: String, _ saved: SavedState) {
        _model = State(initialValue: QuizViewModel(qadam, lesson, saved))
        self.lesson = lesson
    }

    var body: some View {
        Screen(model.state.value?.quiz.title ?? texts.quizTitle, model.state, model) { state in
            if let result = state.result {
                results(state, result)
            } else {
                let count = state.quiz.questions.count
                Bar(100 * (state.at + 1) / max(count, 1))
                Small(texts.quizQuestion(at: Int64(state.at + 1), of: Int64(count)))
                if state.quiz.attempt > 1, state.at == 0 { Small(texts.quizSecondDraw) }
                Blocks(state.question.prompt)
                AnswerField(state.question.kind, state.answer) { model.answer($0) }
                if state.last, state.unanswered > 0 { Small(texts.quizUnanswered(count: Int64(state.unanswered))) }
            }
        } bottom: { state in
            if let result = state.result {
                if result.passed {
                    if let next = result.progress.unlocked.first {
                        // Over the quiz and its lesson, which are done.
                        Primary(texts.quizNextLesson(title: next.title)) { navigation.replace(over: .lesson(id: lesson), with: .lesson(id: next.id)) }
                    }
                    Secondary(texts.close) { navigation.back() }
                } else {
                    if result.waitUntil == nil { Primary(texts.quizAgain) { model.again() } }
                    Secondary(texts.quizReadAgain) { navigation.back() }
                }
            } else {
                if state.last { Primary(texts.quizHandIn) { model.handIn() } } else { Primary(texts.quizNext) { model.next() } }
                if state.at > 0 { Secondary(texts.quizBack) { model.back() } }
            }
        }
    }

    @ViewBuilder private func results(_ state: QuizState, _ result: QuizResultView) -> some View {
        Text(
            result.passed
                ? texts.quizPassed(percent: Int64(result.percent))
                : texts.quizFailed(percent: Int64(result.percent), need: Int64(result.passPercent))
        )
        .font(.title2)
        if !result.passed { Text(result.waitUntil.map { texts.quizWait(time: time($0, language)) } ?? texts.quizTryAgain) }
        ProgressRows(result.progress)
        ForEach(result.graded, id: \.question) { graded in
            if let question = state.quiz.questions.first(where: { $0.id == graded.question }) {
                GradedRow(question: question, graded: graded)
            }
        }
    }
}

/// What newly followed: points, what unlocked, badges with a small moment of joy.
struct ProgressRows: View {
    private let progress: LearningProgress
    @Environment(\.texts) private var texts

    init(_ progress: LearningProgress) {
        self.progress = progress
    }

    var body: some View {
        if progress.points > 0 { Text(texts.progressPoints(count: Int64(progress.points))).font(.headline) }
        ForEach(progress.badges, id: \.id) { badge in
            Joy {
                VStack(alignment: .leading, spacing: 6) {
                    Label(texts.progressBadge(title: badge.title), systemImage: "rosette").font(.headline)
                    Text(badge.words)
                }
            }
        }
        if let level = progress.level { Text(texts.progressLevel(title: level.title)) }
        ForEach(progress.unlocked, id: \.id) { Text(texts.progressUnlocked(title: $0.title)) }
    }
}

/// Springs in, once; stands still for who wants nothing to move.
private struct Joy<Content: View>: View {
    private let content: Content
    @State private var grown = false
    @Environment(\.accessibilityReduceMotion) private var still

    init(@ViewBuilder content: () -> Content) {
        self.content = content()
    }

    var body: some View {
        content
            .scaleEffect(grown || still ? 1 : 0.8)
            .onAppear { withAnimation(still ? nil : .spring(duration: 0.6, bounce: 0.4)) { grown = true } }
    }
}

/// How an answer was, what was said to it, and why.
struct GradedRow: View {
    let question: QuestionView
    let graded: GradedView
    @Environment(\.texts) private var texts

    var body: some View {
        VStack(alignment: .leading, spacing: 6) {
            Blocks(question.prompt)
            Label(texts.of(graded.verdict), systemImage: icon).font(.headline)
            ForEach(graded.feedback, id: \.self) { Text($0) }
            if graded.verdict != .right { Text(texts.quizSolution(answer: texts.of(question.kind, graded.solution))) }
            Blocks(graded.explanation)
        }
    }

    private var icon: String {
        switch graded.verdict {
        case .right: "checkmark.circle"
        case .partly: "circle.lefthalf.filled"
        case .wrong: "xmark.circle"
        }
    }
}
