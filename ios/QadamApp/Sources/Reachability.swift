import Foundation
import Network

/// Which network the phone has.
final class Reachability: Sendable {
    private let monitor = NWPathMonitor()

    init() {
        monitor.start(queue: .global(qos: .utility))
    }

    var now: Connection { Self.connection(monitor.currentPath) }

    func start(_ changed: @escaping @Sendable (Connection) -> Void) {
        monitor.pathUpdateHandler = { changed(Self.connection($0)) }
    }

    private static func connection(_ path: NWPath) -> Connection {
        guard path.status == .satisfied else { return .offline }
        return path.isExpensive || path.isConstrained ? .metered : .unmetered
    }
}
