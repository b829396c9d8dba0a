import Foundation
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
    public let journey: Journey
    public let nudges: Nudges
    public let reminders: Reminders
    public let people: People
    public let results: Results
    public let offers: Offers
    public let awards: Awards
    public let contacts: Contacts
    public let team: Team
    public let settings: Settings
    public let sync: Sync
    public let media: Media
    public let push: Push

    private let engine: QadamEngine

    private init(_ engine: QadamEngine) {
        self.engine = engine
        session = Session(engine)
        learning = Learning(engine)
        reviews = Reviews(engine)
        journey = Journey(engine)
        nudges = Nudges(engine)
        reminders = Reminders(engine)
        people = People(engine)
        results = Results(engine)
        offers = Offers(engine)
        awards = Awards(engine)
        contacts = Contacts(engine)
        team = Team(engine)
        settings = Settings(engine)
        sync = Sync(engine)
        media = Media(engine)
        push = Push(engine)
    }

    /// Opens what this phone holds. Days are those of the phone's own zone, unless a test has another.
    ///
    /// Throws ``QadamError/SecureStoreLocked`` where the phone has not been unlocked since it started: nothing was changed, try later.
    public static func open(
        _ config: Config,
        secureStore: any SecureStore,
        zone: any Zone = PhoneZone()
    ) async throws -> Qadam {
        // No caller's actor: opening blocks for a moment.
        try await Task.detached { Qadam(try QadamEngine.open(config: config, secureStore: secureStore, zone: zone)) }.value
    }

    /// The app is shown again, perhaps in another time zone or network.
    public func foreground(network: Network) async throws {
        try await engine.foreground(network: network)
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
public typealias Zone = QadamCore.Zone
public typealias ZoneError = QadamCore.ZoneError
public typealias QadamError = QadamCore.QadamError
public typealias BackgroundOutcome = QadamCore.BackgroundOutcome

/// The zone in which the phone is; asked anew each time, since it may have travelled.
public final class PhoneZone: Zone {
    public init() {}

    public func offset(at: Int64) -> Int32 {
        let instant = Date(timeIntervalSince1970: Double(at) / 1_000)
        return Int32(TimeZone.autoupdatingCurrent.secondsFromGMT(for: instant) / 60)
    }
}

extension Duration {
    var milliseconds: UInt64 {
        let (seconds, attoseconds) = components
        return UInt64(max(0, seconds * 1_000 + attoseconds / 1_000_000_000_000_000))
    }
}
