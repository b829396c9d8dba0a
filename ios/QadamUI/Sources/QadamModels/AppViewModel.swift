import Observation
import Qadam

/// What is around every screen.
public enum AppState: Equatable, Sendable {
    case signedOut
    case signedIn(Inside)

    public struct Inside: Equatable, Sendable {
        /// Tells one person's screens from the next one's.
        public let account: String
        public let signInNeeded: Bool
        /// The language that they chose.
        public let locale: String
        public let sync: SyncStatusView
        public let leads: Bool
        /// Those that were not opened yet.
        public let messages: Int
    }
}

@MainActor
public final class AppViewModel: ScreenViewModel {
    private let session: Query<SessionView>
    private let settings: Query<SettingsView>
    private let sync: Query<SyncStatusView>
    private let me: Query<TeamMember?>
    private let messages: Query<[NudgeView]>
    /// What belongs to the person who is signed in.
    private let theirs: [any AnyQuery]

    public init(_ qadam: Qadam) {
        let settings = Query(qadam.settings.changes)
        let sync = Query(qadam.sync.status)
        let me = Query(qadam.team.me)
        let messages = Query(qadam.nudges.messages)
        let theirs: [any AnyQuery] = [settings, sync, me, messages]
        var person: String?
        session = Query { query in
            for try await session in qadam.session.changes {
                let account: String? = if case .signedIn(let account) = session { account.account } else { nil }
                if account != person { theirs.forEach { $0.forget() } }
                person = account
                if account != nil { theirs.forEach { $0.resume() } }
                query.show(session)
            }
        }
        self.settings = settings
        self.sync = sync
        self.me = me
        self.messages = messages
        self.theirs = theirs
        super.init([session])
    }

    public var state: Load<AppState> {
        Load.of { () throws(NotReady) in
            guard case .signedIn(let account) = try session.load.ready() else { return .signedOut }
            return .signedIn(AppState.Inside(
                account: account.account,
                signInNeeded: account.signInNeeded,
                locale: try settings.load.ready().locale,
                sync: try sync.load.ready(),
                leads: (try me.load.ready()?.below ?? 0) > 0,
                messages: try messages.load.ready().count { !$0.opened }
            ))
        }
    }

    public override func retry() {
        for query in theirs where query.failed {
            query.start()
        }
        super.retry()
    }

    public override func watch() async {
        await super.watch()
        theirs.forEach { $0.stop() }
    }
}
