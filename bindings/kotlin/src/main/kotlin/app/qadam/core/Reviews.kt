package app.qadam.core

import kotlinx.coroutines.flow.Flow

/** Passed questions that come back. */
class Reviews internal constructor(private val engine: QadamEngine) {
    /** The evening's stack, as it changes. */
    val stack: Flow<ReviewsView> =
        live(engine::observeReviews, LiveReviews::stop) { query, after -> query.next(after)?.run { number to value } }

    suspend fun currentStack(): ReviewsView = engine.reviews()

    /** How an answer is, before the person says how easy it was. Stores nothing. */
    suspend fun grade(lesson: String, question: String, answer: AnswerInput): GradedView =
        engine.gradeReview(lesson, question, answer)

    suspend fun answer(lesson: String, question: String, answer: AnswerInput, ease: EaseInput): ReviewResultView =
        engine.answerReview(lesson, question, answer, ease)
}
