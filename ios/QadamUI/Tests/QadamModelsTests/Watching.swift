import Foundation
import Observation
import Qadam
import QadamModels
import QadamTestSupport
import XCTest

/// A test of view models on the real core and a real server, in real time.
@MainActor
func models(_ test: @MainActor @escaping (Phones) async throws -> Void) async throws {
    try await scenario { phones in try await test(phones) }
}

/// A model on a screen that stays until the test is over.
@MainActor
func shown<Model: ScreenViewModel>(_ model: Model) -> Model {
    Task { await model.watch() }
    return model
}

/// The first value for which this holds. It is looked at again only when the model says that it changed, as a view does.
@MainActor @discardableResult
func until<Model: ScreenViewModel, Value>(
    _ model: Model,
    _ path: KeyPath<Model, Value>,
    file: StaticString = #fileID,
    line: UInt = #line,
    _ holds: @MainActor (Value) -> Bool
) async throws -> Value {
    let (changes, changed) = AsyncStream.makeStream(of: Void.self)
    let limit = Task {
        try await Task.sleep(for: .seconds(30))
        changed.finish()
    }
    defer { limit.cancel() }
    var change = changes.makeAsyncIterator()
    while true {
        let now = withObservationTracking { model[keyPath: path] } onChange: { changed.yield() }
        if holds(now) { return now }
        if await change.next() == nil { throw NeverCame(file: file, line: line) }
    }
}

/// Where what was waited for did not come.
struct NeverCame: Error {
    let file: StaticString
    let line: UInt
}

/// A phone that keeps in mind what it handed out.
@MainActor
final class TestPlatform: Platform {
    let deviceName = "iPhone"
    let locale = "en"
    let server = ""
    let host = "go.company.example"
    private(set) var handedOut: [String] = []

    func outgoing(_ name: String) -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString)-\(name)").path
    }

    func handOut(_ path: String) {
        handedOut.append(path)
    }

    func pickContact() async -> PhoneContact? { nil }

    let scansCodes = false

    func scanCode() async -> String? { nil }

    func succeeded() {}
}

/// So many days from today, as the core writes a date.
func date(inDays days: Int) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "yyyy-MM-dd"
    return formatter.string(from: Calendar.current.date(byAdding: .day, value: days, to: Date())!)
}

/// Right answers of a lesson's questions, as somebody finds them out who takes its quiz again and again.
func solutions(_ phones: Phones, _ lesson: String) async throws -> [String: AnswerInput] {
    let (phone, _) = try await phones.ofNewPerson()
    var known: [String: AnswerInput] = [:]
    for _ in 0..<20 {
        _ = try await phone.qadam.learning.quiz(lesson: lesson)
        for graded in try await phone.qadam.learning.handIn(lesson: lesson).graded {
            known[graded.question] = graded.solution
        }
    }
    return known
}

/// Reads the first lesson and passes its quiz with what is known of it.
func pass(_ qadam: Qadam, _ known: [String: AnswerInput]) async throws {
    let lesson = "what-this-business-is"
    _ = try await qadam.learning.finishReading(lesson: lesson)
    for question in try await qadam.learning.quiz(lesson: lesson).questions {
        if let answer = known[question.id] { try await qadam.learning.answer(lesson: lesson, question: question.id, answer: answer) }
    }
    let result = try await qadam.learning.handIn(lesson: lesson)
    XCTAssert(result.passed)
}

/// Who is signed in, as the company knows them.
func distributor(_ phone: Phone) async throws -> String {
    guard case .signedIn(let account) = try await phone.qadam.session.current() else { throw QadamError.SignedOut }
    return account.distributor
}

/// A sale to a customer, which the back office has confirmed; today, unless said otherwise.
func sell(_ distributor: String, order: String = "first", day: String? = nil) async throws {
    let today = ISO8601DateFormatter.string(from: Date(), timeZone: TimeZone(identifier: "UTC")!, formatOptions: [.withFullDate])
    let line = "\(order)-\(distributor),1,\(distributor),\(day ?? today),300,customer,confirmed"
    try await Backend.shared.importResults("sales", "id,version,distributor,day,volume,buyer,status\n\(line)\n")
}

/// The zone of a phone that travels.
final class MovedZone: Zone, @unchecked Sendable {
    private let lock = NSLock()
    private var minutes: Int32

    /// In minutes east of Greenwich.
    init(offset: Int32) {
        minutes = offset
    }

    func move(to offset: Int32) {
        lock.withLock { minutes = offset }
    }

    func offset(at: Int64) -> Int32 {
        lock.withLock { minutes }
    }
}
