/// What only the phone itself knows, and what it does in its own way.
@MainActor
public protocol Platform: Sendable {
    /// As the person's other devices name this one.
    var deviceName: String { get }

    /// BCP 47 tag of the language in which the phone speaks.
    var locale: String { get }

    /// The server that the sign-in proposes; empty where there is none.
    var server: String { get }

    /// The company's host, whose https links open the app; empty where there is none.
    var host: String { get }

    /// The path at which a file of this name is to be written, for ``handOut(_:)``.
    func outgoing(_ name: String) -> String

    /// Gives a file of ``outgoing(_:)`` to the person, to keep it or to send it.
    func handOut(_ path: String)
}
