import Foundation
import Network

/// Which network the phone has.
final class Reachability: Sendable {
    private let monitor = NWPathMonitor()

    /// Once ``start(_:)`` was called.
    var now: Connection { Self.connection(monitor.currentPath) }

    /// Tells how things are, and each change.
    func start(_ changed: @escaping @Sendable (Connection) -> Void) {
        monitor.pathUpdateHandler = { changed(Self.connection($0)) }
        monitor.start(queue: .global(qos: .utility))
    }

    private static func connection(_ path: NWPath) -> Connection {
        guard path.status == .satisfied else { return .offline }
        return path.isExpensive || path.isConstrained ? .metered : .unmetered
    }
}
