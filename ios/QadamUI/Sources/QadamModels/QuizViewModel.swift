import Qadam

public struct QuizState: Sendable {
    public let quiz: QuizView
    /// The question that is shown, from 0.
    public var at: Int
    /// Beside the questions; the engine keeps them until the quiz is handed in.
    public var answers: [AnswerInput?]
    public var result: QuizResultView?

    public var question: QuestionView { quiz.questions[at] }
    public var answer: AnswerInput? { answers[at] }
    public var last: Bool { at == quiz.questions.count - 1 }
    public var unanswered: Int { answers.count { $0 == nil || $0 == .skipped } }
}

/// An unfinished quiz lies in the engine, so it is there again whatever happened to the app; the place in it is in the saved state.
@MainActor
public final class QuizViewModel: ScreenViewModel {
    private let qadam: Qadam
    private let lesson: String
    private let saved: SavedState
    private let quiz: Query<QuizState>
    /// Answers reach the engine in the order in which they were given.
    private var sent: Task<Void, Never>?

    public init(_ qadam: Qadam, _ lesson: String, _ saved: SavedState) {
        self.qadam = qadam
        self.lesson = lesson
        self.saved = saved
        quiz = Query { query in
            // The screen came back: what it shows goes on.
            if query.load.value != nil { return }
            let quiz = try await qadam.learning.quiz(lesson: lesson)
            let first = quiz.answers.firstIndex { $0 == nil } ?? quiz.questions.count - 1
            let kept: Int? = saved.get("attempt") == Int(quiz.attempt) ? saved.get("at") : nil
            query.show(QuizState(quiz: quiz, at: min(max(kept ?? first, 0), quiz.questions.count - 1), answers: quiz.answers))
        }
        super.init([quiz])
    }

    public var state: Load<QuizState> { quiz.load }

    /// Another draw, after a failed one.
    public func again() {
        saved.remove("at")
        quiz.forget()
        quiz.start()
    }

    @discardableResult
    public func answer(_ answer: AnswerInput) -> Task<Void, Never> {
        guard var state = state.value else { return Task {} }
        state.answers[state.at] = answer
        quiz.show(state)
        let question = state.question.id
        return inOrder { [self] in try await qadam.learning.answer(lesson: lesson, question: question, answer: answer) }
    }

    public func back() { go(-1) }

    public func next() {
        guard let state = state.value else { return }
        // The order that was shown was left as it was: that is an answer too.
        if state.answer == nil, case .ordering(let items) = state.question.kind {
            answer(.order(items: items.map(\.index)))
        }
        go(1)
    }

    private func go(_ by: Int) {
        guard var state = state.value else { return }
        state.at = min(max(state.at + by, 0), state.quiz.questions.count - 1)
        saved.set("at", state.at)
        saved.set("attempt", Int(state.quiz.attempt))
        quiz.show(state)
    }

    @discardableResult
    public func handIn() -> Task<Void, Never> {
        next()
        return inOrder { [self] in
            let result = try await qadam.learning.handIn(lesson: lesson)
            saved.remove("at")
            guard var state = state.value else { return }
            state.result = result
            quiz.show(state)
        }
    }

    private func inOrder(_ intent: @escaping @MainActor () async throws -> Void) -> Task<Void, Never> {
        let before = sent
        let task = act {
            await before?.value
            try await intent()
        }
        sent = task
        return task
    }
}
