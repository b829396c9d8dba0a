import Qadam

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

    /// Lets the person choose somebody of the phone's own book, of whom alone the app learns; `nil` where nobody was chosen.
    func pickContact() async -> PhoneContact?

    /// Whether there is a camera that reads codes.
    var scansCodes: Bool { get }

    /// What a code in front of the camera says; `nil` where none was read.
    func scanCode() async -> String?

    /// The person has succeeded at something: now they know what notifications would be for.
    func succeeded()
}

/// Somebody of the phone's own book; what it does not say is empty.
public struct PhoneContact: Equatable, Sendable {
    public let name: String
    public let phone: String
    public let email: String
    /// Month and day, as `05-17`.
    public let birthday: String

    public init(name: String, phone: String, email: String, birthday: String) {
        self.name = name
        self.phone = phone
        self.email = email
        self.birthday = birthday
    }
}
