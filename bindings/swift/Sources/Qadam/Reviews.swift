import QadamCore

extension Qadam {
    /// Passed questions that come back.
    public final class Reviews: Sendable {
        private let engine: QadamEngine

        init(_ engine: QadamEngine) {
            self.engine = engine
        }

        /// The evening's stack, as it changes.
        public var stack: Live<ReviewsView> {
            live(engine.observeReviews(), stop: { $0.stop() }, next: { try await $0.next(after: $1).map { ($0.number, $0.value) } })
        }

        public func currentStack() async throws -> ReviewsView {
            try await engine.reviews()
        }

        /// How an answer is, before the person says how easy it was. Stores nothing.
        public func grade(lesson: String, question: String, answer: AnswerInput) async throws -> GradedView {
            try await engine.gradeReview(lesson: lesson, question: question, answer: answer)
        }

        public func answer(lesson: String, question: String, answer: AnswerInput, ease: EaseInput) async throws -> ReviewResultView {
            try await engine.answerReview(lesson: lesson, question: question, answer: answer, ease: ease)
        }
    }
}

public typealias ReviewsView = QadamCore.ReviewsView
public typealias ReviewCardView = QadamCore.ReviewCardView
public typealias EaseInput = QadamCore.EaseInput
public typealias ReviewResultView = QadamCore.ReviewResultView
