import Observation
import Qadam

/// Live queries become a state; intents that fail leave what went wrong until it was seen.
@Observable @MainActor
public class ScreenViewModel {
    /// What the last intent failed with.
    public private(set) var failure: QadamError?
    @ObservationIgnored private let queries: [any AnyQuery]

    init(_ queries: [any AnyQuery] = []) {
        self.queries = queries
    }

    public func dismissFailure() {
        failure = nil
    }

    /// Asks again for what could not be had.
    public func retry() {
        for query in queries where query.failed {
            query.start()
        }
    }

    /// Keeps the state up to date for as long as the task runs: that of the screen.
    public func watch() async {
        for query in queries {
            query.start()
        }
        let never = AsyncStream<Never> { _ in }
        for await _ in never {}
        for query in queries {
            query.stop()
        }
    }

    @discardableResult
    func act(_ intent: @escaping @MainActor () async throws -> Void) -> Task<Void, Never> {
        Task {
            do {
                failure = nil
                try await intent()
            } catch let problem as QadamError {
                failure = problem
            } catch {
                preconditionFailure("a fault of the app, which is not hidden: \(error)")
            }
        }
    }
}
