/// What changes over time: who is slow gets the newest value, never a queue of old ones. The stream ends when the
/// engine is shut down, and throws what the query throws, ``QadamError/SignedOut`` for one.
public typealias Live<Value> = AsyncThrowingStream<Value, any Error>

/// A live query as a stream, which ends with whoever listens.
func live<Query: Sendable, Value: Sendable>(
    _ query: Query,
    stop: @escaping @Sendable (Query) -> Void,
    next: @escaping @Sendable (Query, UInt64) async throws -> (UInt64, Value)?
) -> Live<Value> {
    AsyncThrowingStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
        // Cancelling a task does not end a call into Rust that it waits for: `stop` does.
        continuation.onTermination = { _ in stop(query) }
        Task {
            do {
                var seen: UInt64 = 0
                while let (number, value) = try await next(query, seen) {
                    seen = number
                    continuation.yield(value)
                }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
    }
}
