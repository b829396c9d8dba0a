import Qadam
import QadamTestSupport
import XCTest

final class LearningTests: XCTestCase {
    func testLessonTakenOfflineShowsOnTheSecondDevice() async throws {
        try await scenario { phones in
            let (phone, login) = try await phones.ofNewPerson()
            let second = try await phones.another(login)
            try await phone.goOffline()

            let lesson = try await phone.qadam.learning.currentLesson(id: firstLesson)
            XCTAssertEqual(lesson.summary.status, .open)
            XCTAssertFalse(lesson.cards.isEmpty)
            let result = try await pass(phone.qadam, firstLesson)
            XCTAssertGreaterThanOrEqual(result.percent, result.passPercent)
            XCTAssertEqual(result.progress.completed.map(\.id), [firstLesson])
            XCTAssert(result.progress.unlocked.contains { $0.id == secondLesson })
            XCTAssert(result.progress.badges.contains { $0.id == "first-lesson" && $0.earned != nil })
            XCTAssertGreaterThanOrEqual(result.progress.points, 20)
            let awards = try await phone.qadam.awards.current()
            XCTAssertEqual(awards.streak.days, 1)
            let pending = try await phone.qadam.sync.currentStatus().pending
            XCTAssertGreaterThan(pending, 0)
            let unheard = try await second.qadam.learning.currentLesson(id: firstLesson).summary.status
            XCTAssertEqual(unheard, .open)

            phone.goOnline()
            try await first(of: phone.qadam.sync.status) { $0.pending == 0 }
            let seen = try await first(of: second.qadam.learning.lesson(id: firstLesson)) { $0.summary.status == .completed }
            let own = try await phone.qadam.learning.currentLesson(id: firstLesson)
            XCTAssertEqual(seen.summary, own.summary)
            let seenAwards = try await second.qadam.awards.current()
            let ownAwards = try await phone.qadam.awards.current()
            // Each phone's clock has an error of its own, so midnight comes to each at its own time.
            XCTAssertEqual(seenAwards.badges, ownAwards.badges)
            XCTAssertEqual(seenAwards.ledger, ownAwards.ledger)
            XCTAssertEqual(seenAwards.streak, ownAwards.streak)
        }
    }

    func testEveryKindOfAnswerCrossesTheBorder() async throws {
        try await scenario { phones in
            let qadam = try await phones.ofNewPerson().phone.qadam
            var right: Set<String> = []

            // The quizzes of these lessons can be taken again at once, and tell what would have been right.
            func learn(_ lesson: String, until kinds: Set<String>) async throws {
                var known: [String: AnswerInput] = [:]
                for _ in 0..<20 where !right.isSuperset(of: kinds) {
                    let result = try await attempt(qadam, lesson, &known)
                    right.formUnion(result.graded.filter { $0.verdict == .right }.map { kind(of: $0.solution) })
                }
                XCTAssert(right.isSuperset(of: kinds), "\(right)")
            }
            try await learn(firstLesson, until: ["single", "multiple", "trueFalse", "text", "match", "path"])
            // This one makes who fails wait, so its answers are known here.
            let quiz = try await qadam.learning.quiz(lesson: secondLesson)
            for question in quiz.questions {
                let answer = try honestEarnings(question)
                try await qadam.learning.answer(lesson: secondLesson, question: question.id, answer: answer)
            }
            let draft = try await qadam.learning.quiz(lesson: secondLesson).answers
            XCTAssertEqual(draft, try quiz.questions.map(honestEarnings))
            let result = try await qadam.learning.handIn(lesson: secondLesson)
            XCTAssert(result.passed, "\(result.graded)")
            // Two of the pool's six questions ask for a number, and four are drawn.
            right.formUnion(result.graded.map { kind(of: $0.solution) })
            _ = try await pass(qadam, thirdLesson)
            try await learn(thirdLesson, until: ["order", "number"])
            XCTAssertEqual(right.count, 8)
        }
    }

    func testFailedQuizExplainsAndWaits() async throws {
        try await scenario { phones in
            let qadam = try await phones.ofNewPerson().phone.qadam
            _ = try await pass(qadam, firstLesson)
            _ = try await qadam.learning.quiz(lesson: secondLesson)
            let result = try await qadam.learning.handIn(lesson: secondLesson)
            XCTAssertFalse(result.passed)
            XCTAssertEqual(result.percent, 0)
            XCTAssert(result.graded.allSatisfy { $0.verdict == .wrong && !$0.explanation.isEmpty })
            let until = try XCTUnwrap(result.waitUntil)
            let status = try await qadam.learning.currentLesson(id: secondLesson).summary.status
            guard case .waiting(let shown) = status else { return XCTFail("\(status)") }
            // By this phone's clock, whose error is measured anew with each exchange.
            XCTAssertEqual((shown - until) / 1_000, 0)
            await assertThrows(.LessonLocked) { try await qadam.learning.quiz(lesson: secondLesson) }
        }
    }

    func testLockedLessonIsTyped() async throws {
        try await scenario { phones in
            let qadam = try await phones.ofNewPerson().phone.qadam
            let status = try await qadam.learning.currentLesson(id: secondLesson).summary.status
            guard case .locked(let missing) = status else { return XCTFail("\(status)") }
            XCTAssertEqual(missing.map(\.id), [firstLesson])
            await assertThrows(.LessonLocked) { try await qadam.learning.quiz(lesson: secondLesson) }
        }
    }
}

private let firstLesson = "what-this-business-is"
private let secondLesson = "honest-earnings"
private let thirdLesson = "knowing-one-product"

/// Takes the lesson's quiz with what is known, and learns from what comes back.
private func attempt(_ qadam: Qadam, _ lesson: String, _ known: inout [String: AnswerInput]) async throws -> QuizResultView {
    for question in try await qadam.learning.quiz(lesson: lesson).questions {
        if let answer = known[question.id] {
            try await qadam.learning.answer(lesson: lesson, question: question.id, answer: answer)
        }
    }
    let result = try await qadam.learning.handIn(lesson: lesson)
    for graded in result.graded {
        known[graded.question] = graded.solution
    }
    return result
}

/// Reads a lesson and takes its quiz until it is passed.
private func pass(_ qadam: Qadam, _ lesson: String) async throws -> QuizResultView {
    _ = try await qadam.learning.finishReading(lesson: lesson)
    var known: [String: AnswerInput] = [:]
    for _ in 0..<20 {
        let result = try await attempt(qadam, lesson, &known)
        if result.passed { return result }
    }
    throw NotPassed(known: known)
}

private struct NotPassed: Error {
    let known: [String: AnswerInput]
}

private struct Unexpected: Error {
    let question: QuestionView
}

/// The case's name.
private func kind(of answer: AnswerInput) -> String {
    switch answer {
    case .single: "single"
    case .multiple: "multiple"
    case .trueFalse: "trueFalse"
    case .number: "number"
    case .text: "text"
    case .order: "order"
    case .match: "match"
    case .path: "path"
    case .skipped: "skipped"
    }
}

/// The right answers of the sample's second lesson.
private func honestEarnings(_ question: QuestionView) throws -> AnswerInput {
    switch question.kind {
    case .single(let options):
        return .single(option: options.first { $0.text.hasPrefix("Most people earn a little") }!.index)
    case .multiple(let options):
        return .multiple(options: options.filter { !$0.text.hasPrefix("The price") }.map(\.index).sorted())
    case .numeric:
        return .number(text: question.id == "what-is-left" ? "25" : "2")
    case .shortText:
        return .text(text: "Turnover")
    case .scenario(let steps):
        return .path(options: steps.map { step in
            step.options.first { $0.text.contains("So far very little") || $0.text.contains("For a sure sum") }!.index
        })
    default:
        throw Unexpected(question: question)
    }
}
