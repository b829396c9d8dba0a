import QadamCore

/// Qadam on this phone: one per process, for as long as the process lives.
///
/// Each noun has its own part. What can be asked is an `async` function, what changes over time is an `AsyncThrowingStream` that begins
/// with how things are now. All of it can be called from any thread and actor, the main one too: nothing runs on the caller's. A task
/// that is cancelled loses nothing; what it began to write is written. Whatever fails throws a ``QadamError``.
public final class Qadam: Sendable {
    public let session: Session
    public let learning: Learning
    public let reviews: Reviews
    public let awards: Awards
    public let contacts: Contacts
    public let team: Team
    public let settings: Settings
    public let sync: Sync
    public let media: Media

    private let engine: QadamEngine

    private init(_ engine: QadamEngine) {
        self.engine = engine
        session = Session(engine)
        learning = Learning(engine)
        reviews = Reviews(engine)
        awards = Awards(engine)
        contacts = Contacts(engine)
        team = Team(engine)
        settings = Settings(engine)
        sync = Sync(engine)
        media = Media(engine)
    }

    /// Opens what this phone holds.
    ///
    /// Throws ``QadamError/SecureStoreLocked`` where the phone has not been unlocked since it started: nothing was changed, try later.
    public static func open(_ config: Config, secureStore: any SecureStore) async throws -> Qadam {
        // No caller's actor: opening blocks for a moment.
        try await Task.detached { Qadam(try QadamEngine.open(config: config, secureStore: secureStore)) }.value
    }

    /// The app is shown again, perhaps in another time zone (by its IANA name) or network.
    public func foreground(zone: String, network: Network) async throws {
        try await engine.foreground(zone: zone, network: network)
    }

    /// The app goes away: what runs stops at a border within the deadline, and every lock is released.
    public func background(deadline: Duration) async throws {
        try await engine.background(deadline: deadline.milliseconds)
    }

    /// One bounded sync while the app is not shown.
    public func runBackground(budget: Duration) async throws -> BackgroundOutcome {
        try await engine.runBackground(budget: budget.milliseconds)
    }

    /// The platform sees another network.
    public func setNetwork(_ network: Network) {
        engine.setNetwork(network: network)
    }

    /// Ends all streams and finishes what is being written. Whatever is called later fails with ``QadamError/Closed``.
    public func shutDown() async {
        await engine.shutDown()
    }
}

public typealias Config = QadamCore.Config
public typealias Network = QadamCore.Network
public typealias SecureStore = QadamCore.SecureStore
public typealias SecureStoreError = QadamCore.SecureStoreError
public typealias QadamError = QadamCore.QadamError
public typealias BackgroundOutcome = QadamCore.BackgroundOutcome

extension Duration {
    var milliseconds: UInt64 {
        let (seconds, attoseconds) = components
        return UInt64(max(0, seconds * 1_000 + attoseconds / 1_000_000_000_000_000))
    }
}
