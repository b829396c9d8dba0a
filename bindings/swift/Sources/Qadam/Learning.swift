import QadamCore

extension Qadam {
    /// Courses, lessons and their quizzes. All of it works without a connection.
    public final class Learning: Sendable {
        private let engine: QadamEngine

        init(_ engine: QadamEngine) {
            self.engine = engine
        }

        /// All courses, as they change.
        public var courses: Live<CoursesView> {
            live(engine.observeCourses(), stop: { $0.stop() }, next: { try await $0.next(after: $1).map { ($0.number, $0.value) } })
        }

        /// One lesson, as it changes.
        public func lesson(id: String) -> Live<LessonView> {
            live(engine.observeLesson(id: id), stop: { $0.stop() }, next: { try await $0.next(after: $1).map { ($0.number, $0.value) } })
        }

        public func currentCourses() async throws -> CoursesView {
            try await engine.courses()
        }

        public func currentLesson(id: String) async throws -> LessonView {
            try await engine.lesson(id: id)
        }

        /// The lesson was read to its end.
        public func finishReading(lesson: String) async throws -> ProgressView {
            try await engine.finishReading(lesson: lesson)
        }

        /// Begins a quiz, or goes on with the unfinished one.
        ///
        /// Throws ``QadamError/LessonLocked`` where something comes first, or the waiting time runs.
        public func quiz(lesson: String) async throws -> QuizView {
            try await engine.quiz(lesson: lesson)
        }

        /// Keeps an answer; it can be changed until the quiz is handed in.
        public func answer(lesson: String, question: String, answer: AnswerInput) async throws {
            try await engine.answer(lesson: lesson, question: question, answer: answer)
        }

        /// Questions without an answer count as skipped.
        public func handIn(lesson: String) async throws -> QuizResultView {
            try await engine.handIn(lesson: lesson)
        }
    }
}

public typealias CoursesView = QadamCore.CoursesView
public typealias CourseView = QadamCore.CourseView
public typealias LessonSummary = QadamCore.LessonSummary
public typealias LessonStatus = QadamCore.LessonStatus
public typealias LessonRef = QadamCore.LessonRef
public typealias LessonView = QadamCore.LessonView
public typealias Block = QadamCore.Block
public typealias Span = QadamCore.Span
public typealias QuizView = QadamCore.QuizView
public typealias QuestionView = QadamCore.QuestionView
public typealias QuestionKind = QadamCore.QuestionKind
public typealias OptionView = QadamCore.OptionView
public typealias StepView = QadamCore.StepView
public typealias StepOptionView = QadamCore.StepOptionView
public typealias AnswerInput = QadamCore.AnswerInput
public typealias VerdictView = QadamCore.VerdictView
public typealias GradedView = QadamCore.GradedView
public typealias QuizResultView = QadamCore.QuizResultView
public typealias ProgressView = QadamCore.ProgressView
