import Observation
import Qadam

public struct ReviewsState: Sendable {
    public let stack: ReviewsView
    /// The card that is shown: while its result is, it is no longer in the stack.
    public let card: ReviewCardView?
    public let answer: AnswerInput?
    public let graded: GradedView?
    public let result: ReviewResultView?
}

@Observable @MainActor
public final class ReviewsViewModel: ScreenViewModel {
    private struct Turn {
        var card: ReviewCardView?
        var answer: AnswerInput?
        var graded: GradedView?
        var result: ReviewResultView?
    }

    private var turn = Turn()
    @ObservationIgnored private let qadam: Qadam
    @ObservationIgnored private let stack: Query<ReviewsView>

    public init(_ qadam: Qadam) {
        self.qadam = qadam
        stack = Query(qadam.reviews.stack)
        super.init([stack])
    }

    public var state: Load<ReviewsState> {
        Load.of { () throws(NotReady) in
            let stack = try stack.load.ready()
            return ReviewsState(stack: stack, card: turn.card ?? stack.cards.first, answer: turn.answer, graded: turn.graded, result: turn.result)
        }
    }

    public func answer(_ answer: AnswerInput) {
        guard let card = state.value?.card else { return }
        turn = Turn(card: card, answer: answer)
    }

    /// How the answer is. A right one is kept once the person said how easy it was, another one at once.
    @discardableResult
    public func check() -> Task<Void, Never> {
        guard let card = state.value?.card else { return Task {} }
        let asShown: AnswerInput = if case .ordering(let items) = card.question.kind { .order(items: items.map(\.index)) } else { .skipped }
        let answer = turn.answer ?? asShown
        return act { [self] in
            let graded = try await qadam.reviews.grade(lesson: card.lesson, question: card.question.id, answer: answer)
            turn = Turn(card: card, answer: answer, graded: graded)
            if graded.verdict != .right { try await keep(card, answer, .hard) }
        }
    }

    @discardableResult
    public func ease(_ ease: EaseInput) -> Task<Void, Never> {
        guard let card = turn.card, let answer = turn.answer else { return Task {} }
        return act { [self] in try await keep(card, answer, ease) }
    }

    private func keep(_ card: ReviewCardView, _ answer: AnswerInput, _ ease: EaseInput) async throws {
        let result = try await qadam.reviews.answer(lesson: card.lesson, question: card.question.id, answer: answer, ease: ease)
        turn = Turn(card: card, answer: answer, graded: result.graded, result: result)
    }

    public func next() {
        turn = Turn()
    }
}
