/// What only the phone itself knows.
public struct Platform: Sendable {
    /// As the person's other devices name this one.
    public let deviceName: String
    /// BCP 47 tag of the language in which the phone speaks.
    public let locale: String
    /// The server that the sign-in proposes; empty where there is none.
    public let server: String

    public init(deviceName: String, locale: String, server: String) {
        self.deviceName = deviceName
        self.locale = locale
        self.server = server
    }
}
