import Foundation
import Observation
import Qadam
import QadamModels
import QadamTestSupport

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

let platform = Platform(deviceName: "iPhone", locale: "en", server: "")

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
