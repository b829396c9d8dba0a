import Foundation
import Observation

/// Where in the app one is; a link into it names one of these.
public enum Route: Hashable, Codable, Sendable {
    case signIn
    case today
    case learn
    case contacts
    case me
    case lesson(id: String)
    case quiz(lesson: String)
    case reviews
    case plan
    case contact(id: String)
    /// A new one without an id.
    case contactEdit(id: String?)
    case people
    case messages
    case why(id: String)
    case offers
    case reminders
    /// A new one, about what is said, without an id.
    case reminderEdit(id: String?, about: String)
    case settings
    case sync
    case welcome
}

/// What lies at the bottom of the screen.
public enum AppTab: String, CaseIterable, Codable, Sendable {
    case today, learn, contacts, me

    public var route: Route {
        switch self {
        case .today: .today
        case .learn: .learn
        case .contacts: .contacts
        case .me: .me
        }
    }
}

/// Which screens are open, and what is kept of each. ``text`` holds all of it over the end of the process.
@Observable @MainActor
public final class Navigation {
    public var tab = AppTab.today
    /// What is open over each tab.
    private var paths: [AppTab: [Route]] = [:]
    private var saved: [Route: SavedState] = [:]
    private var account: String?

    public init() {
        keep()
    }

    public func path(of tab: AppTab) -> [Route] {
        paths[tab] ?? []
    }

    public func setPath(of tab: AppTab, _ path: [Route]) {
        paths[tab] = path
        keep()
    }

    /// Something is kept of each screen that is open; what was left is forgotten.
    private func keep() {
        let open = Set(paths.values.joined()).union(AppTab.allCases.map(\.route)).union([.signIn])
        saved = Dictionary(uniqueKeysWithValues: open.map { ($0, saved[$0] ?? SavedState()) })
    }

    /// Opens a screen over this tab's.
    public func go(_ route: Route) {
        if let tab = AppTab.allCases.first(where: { $0.route == route }) {
            self.tab = tab
            setPath(of: tab, [])
        } else if path(of: tab).last != route {
            setPath(of: tab, path(of: tab) + [route])
        }
    }

    public func back() {
        setPath(of: tab, Array(path(of: tab).dropLast()))
    }

    /// Goes back over the screen on top and opens another one, in one step; over the one below it too, where that is `over`.
    public func replace(over below: Route? = nil, with route: Route) {
        var path = Array(path(of: tab).dropLast())
        if let below, path.last == below { path.removeLast() }
        setPath(of: tab, path + [route])
    }

    /// What is kept of a screen while it is open.
    public func saved(for route: Route) -> SavedState {
        saved[route] ?? SavedState()
    }

    /// What another person had open is closed.
    public func belongs(to account: String) {
        if let before = self.account, before != account {
            tab = .today
            paths = [:]
            saved = [:]
            keep()
        }
        if self.account != account { self.account = account }
    }

    /// All of it as text.
    public var text: String {
        let kept = Kept(account: account, tab: tab, paths: paths, saved: saved.mapValues(\.values).filter { !$0.value.isEmpty })
        return (try? JSONEncoder().encode(kept)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Opens what was open when ``text`` was kept; what can't be read opens nothing.
    public func restore(_ text: String) {
        guard let kept = try? JSONDecoder().decode(Kept.self, from: Data(text.utf8)) else { return }
        account = kept.account
        tab = kept.tab
        paths = kept.paths
        saved = kept.saved.mapValues { SavedState($0) }
        keep()
    }

    private struct Kept: Codable {
        let account: String?
        let tab: AppTab
        let paths: [AppTab: [Route]]
        let saved: [Route: [String: String]]
    }
}
