import Foundation

/// Nobody writes longer links than this, in characters.
private let longest = 2_000

/// Below it lie the screens, on the company's own host.
private let below = "app"

extension Route {
    /// The screen that a link into the app names: `qadam://reviews`, `qadam://lesson/ID`, or the same path below `/app` of an https address of the
    /// company's host. `nil` where it names none.
    public init?(link: String, host: String) {
        guard let path = parts(link, host) else { return nil }
        switch (path.count, path[0]) {
        case (1, "today"): self = .today
        case (1, "learn"): self = .learn
        case (1, "contacts"): self = .contacts
        case (1, "me"): self = .me
        case (1, "reviews"): self = .reviews
        case (1, "plan"): self = .plan
        case (1, "people"): self = .people
        case (1, "messages"): self = .messages
        case (1, "offers"): self = .offers
        case (1, "reminders"): self = .reminders
        case (1, "settings"): self = .settings
        case (1, "sync"): self = .sync
        case (1, "welcome"): self = .welcome
        case (2, "lesson"): self = .lesson(id: path[1])
        case (2, "quiz"): self = .quiz(lesson: path[1])
        case (2, "contact"): self = path[1] == "new" ? .contactEdit(id: nil) : .contact(id: path[1])
        case (2, "why"): self = .why(id: path[1])
        default: return nil
        }
    }
}

/// Whether a link invites somebody: what it says fills the sign-in (``SignInViewModel/scanned(_:)``).
public func isInvitation(_ link: String, host: String) -> Bool {
    parts(link, host) == ["join"]
}

/// The parts of the path, none of them empty.
private func parts(_ link: String, _ host: String) -> [String]? {
    guard link.utf16.count <= longest, let url = URLComponents(string: link), url.user == nil, url.password == nil, url.port == nil else { return nil }
    var path = Array(url.path.components(separatedBy: "/").dropFirst())
    switch url.scheme?.lowercased() {
    case "qadam":
        path.insert(url.host ?? "", at: 0)
    case "https":
        guard !host.isEmpty, url.host?.lowercased() == host.lowercased(), path.first == below else { return nil }
        path.removeFirst()
    default:
        return nil
    }
    return path.isEmpty || path.contains("") ? nil : path
}
