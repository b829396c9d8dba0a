package app.qadam.core

import kotlinx.coroutines.flow.Flow

/** Courses, lessons and their quizzes. All of it works without a connection. */
class Learning internal constructor(private val engine: QadamEngine) {
    /** All courses, as they change. */
    val courses: Flow<CoursesView> =
        live(engine::observeCourses, LiveCourses::stop) { query, after -> query.next(after)?.run { number to value } }

    /** One lesson, as it changes. */
    fun lesson(id: String): Flow<LessonView> =
        live({ engine.observeLesson(id) }, LiveLesson::stop) { query, after -> query.next(after)?.run { number to value } }

    suspend fun currentCourses(): CoursesView = engine.courses()

    suspend fun currentLesson(id: String): LessonView = engine.lesson(id)

    /** The lesson was read to its end. */
    suspend fun finishReading(lesson: String): ProgressView = engine.finishReading(lesson)

    /**
     * Begins a quiz, or goes on with the unfinished one.
     *
     * @throws QadamException.LessonLocked where something comes first, or the waiting time runs.
     */
    suspend fun quiz(lesson: String): QuizView = engine.quiz(lesson)

    /** Keeps an answer; it can be changed until the quiz is handed in. */
    suspend fun answer(lesson: String, question: String, answer: AnswerInput): Unit =
        engine.answer(lesson, question, answer)

    /** Questions without an answer count as skipped. */
    suspend fun handIn(lesson: String): QuizResultView = engine.handIn(lesson)
}
