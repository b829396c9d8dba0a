import Foundation
import Qadam

/// Secrets of a test's phone. ``failure``, where there is one, is thrown by every call.
public final class InMemorySecureStore: SecureStore, @unchecked Sendable {
    private let lock = NSLock()
    private var values: [String: String] = [:]
    private var thrown: (any Error)?

    public init() {}

    public var failure: (any Error)? {
        get { lock.withLock { thrown } }
        set { lock.withLock { thrown = newValue } }
    }

    public func get(name: String) throws -> String? {
        try lock.withLock {
            if let thrown { throw thrown }
            return values[name]
        }
    }

    public func set(name: String, value: String) throws {
        try lock.withLock {
            if let thrown { throw thrown }
            values[name] = value
        }
    }

    public func remove(name: String) throws {
        try lock.withLock {
            if let thrown { throw thrown }
            values[name] = nil
        }
    }
}
