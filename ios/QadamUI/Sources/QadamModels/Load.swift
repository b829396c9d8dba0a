import Qadam

/// What a screen has to show.
public enum Load<Value> {
    /// Until the first answer of a query; too short for a sign of waiting.
    case pending
    case ready(Value)
    case failed(QadamError)

    /// The value, where it is there.
    public var value: Value? {
        if case .ready(let value) = self { value } else { nil }
    }

    /// What the last query failed with.
    public var problem: QadamError? {
        if case .failed(let problem) = self { problem } else { nil }
    }

    /// A state of several loads: ready once all are.
    static func of(_ make: () throws(NotReady) -> Value) -> Load {
        do {
            return .ready(try make())
        } catch {
            switch error {
            case .pending: return .pending
            case .failed(let problem): return .failed(problem)
            }
        }
    }

    func ready() throws(NotReady) -> Value {
        switch self {
        case .pending: throw .pending
        case .ready(let value): return value
        case .failed(let problem): throw .failed(problem)
        }
    }
}

extension Load: Sendable where Value: Sendable {}
extension Load: Equatable where Value: Equatable {}

enum NotReady: Error {
    case pending
    case failed(QadamError)
}
