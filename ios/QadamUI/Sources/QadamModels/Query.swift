import Observation
import Qadam

/// What the core is asked while a screen is there. What it has shown stays when the screen comes again, so nothing blinks.
@Observable @MainActor
final class Query<Value> {
    private(set) var load: Load<Value> = .pending
    @ObservationIgnored private let ask: @MainActor (Query) async throws -> Void
    @ObservationIgnored private var running: Task<Void, Never>?

    /// `ask` shows values as they come, and ends with the task in which it runs.
    init(_ ask: @escaping @MainActor (Query) async throws -> Void) {
        self.ask = ask
    }

    func show(_ value: Value) {
        // What was started anew does not show what it had asked before.
        if !Task.isCancelled { load = .ready(value) }
    }

    /// Begins, or begins anew.
    func start() {
        running?.cancel()
        running = Task {
            while await !asked() {
                // The content comes with the first sync, a moment after the sign-in: nobody has to ask for it.
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    /// False where it has to be asked again.
    private func asked() async -> Bool {
        do {
            try await ask(self)
        } catch let problem as QadamError {
            guard !Task.isCancelled else { return true }
            load = .failed(problem)
            return problem != .ContentMissing
        } catch is CancellationError {
            // Nobody looks any more.
        } catch {
            preconditionFailure("a fault of the app, which is not hidden: \(error)")
        }
        return true
    }

    /// Begins, unless it runs or has run to its end.
    func resume() {
        if running == nil { start() }
    }

    /// Begins anew, where it runs or has run to its end since the screen is there.
    func again() {
        if running != nil { start() }
    }

    func stop() {
        running?.cancel()
        running = nil
    }

    /// Stops, and shows nothing of before when it is started again.
    func forget() {
        stop()
        load = .pending
    }
}

extension Query where Value: Sendable {
    /// A live query of the core.
    convenience init(_ live: @escaping @autoclosure () -> Live<Value>) {
        self.init { query in
            for try await value in live() {
                query.show(value)
            }
        }
    }
}

/// A query of any value.
@MainActor
protocol AnyQuery: AnyObject {
    var failed: Bool { get }
    func start()
    func resume()
    func stop()
    func forget()
}

extension Query: AnyQuery {
    var failed: Bool { load.problem != nil }
}
