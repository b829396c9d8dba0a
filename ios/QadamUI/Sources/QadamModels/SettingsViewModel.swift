import Observation
import Qadam

public struct SettingsState: Sendable {
    public let settings: SettingsView
    public let nudges: NudgeSettingsView
    public let media: MediaStatusView
    /// `nil` until the server was asked.
    public let devices: [DeviceView]?
    /// The path of the file with the person's data that was written last.
    public let exported: String?
}

@Observable @MainActor
public final class SettingsViewModel: ScreenViewModel {
    private typealias Held = (settings: SettingsView, nudges: NudgeSettingsView, media: MediaStatusView)

    private var devices: [DeviceView]?
    private var exported: String?
    @ObservationIgnored private let qadam: Qadam
    @ObservationIgnored private let platform: any Platform
    @ObservationIgnored private let held: Query<Held>

    public init(_ qadam: Qadam, _ platform: any Platform) {
        self.qadam = qadam
        self.platform = platform
        held = Query { query in
            for try await settings in qadam.settings.changes {
                query.show((settings, try await qadam.nudges.settings(), try await qadam.media.status()))
            }
        }
        super.init([held])
    }

    public var state: Load<SettingsState> {
        Load.of { () throws(NotReady) in
            let (settings, nudges, media) = try held.load.ready()
            return SettingsState(settings: settings, nudges: nudges, media: media, devices: devices, exported: exported)
        }
    }

    @discardableResult
    public func locale(_ locale: String) -> Task<Void, Never> {
        act { [self] in try await qadam.settings.setLocale(locale) }
    }

    @discardableResult
    public func media(onMetered: Bool) -> Task<Void, Never> {
        act { [self] in
            guard let settings = state.value?.settings else { return }
            try await qadam.settings.setMedia(onMetered: onMetered, budget: settings.mediaBudget)
        }
    }

    /// In bytes.
    @discardableResult
    public func mediaBudget(_ budget: Int64) -> Task<Void, Never> {
        act { [self] in
            guard let settings = state.value?.settings else { return }
            try await qadam.settings.setMedia(onMetered: settings.mediaOnMetered, budget: budget)
        }
    }

    @discardableResult
    public func `switch`(_ category: NudgeCategory, on: Bool) -> Task<Void, Never> {
        choose { qadam in try await qadam.nudges.switch(category, on: on) }
    }

    /// The hour of the day at which a nudge suits best.
    @discardableResult
    public func bestHour(_ hour: Int) -> Task<Void, Never> {
        choose { qadam in try await qadam.nudges.setBestMinute(UInt32(hour * 60)) }
    }

    /// For so many days from today; without, everything comes again.
    @discardableResult
    public func pause(_ days: Int?) -> Task<Void, Never> {
        choose { qadam in try await qadam.nudges.pause(until: days.map { day(inDays: $0 - 1) }) }
    }

    @discardableResult
    public func allow(_ rule: String) -> Task<Void, Never> {
        choose { qadam in try await qadam.nudges.never(rule, false) }
    }

    @discardableResult
    public func share(_ on: Bool) -> Task<Void, Never> {
        choose { qadam in try await qadam.nudges.shareProgress(on) }
    }

    private func choose(_ intent: @escaping @MainActor (Qadam) async throws -> Void) -> Task<Void, Never> {
        act { [self] in
            try await intent(qadam)
            held.again()
        }
    }

    /// Asks the server.
    @discardableResult
    public func askDevices() -> Task<Void, Never> {
        act { [self] in devices = try await qadam.session.devices() }
    }

    @discardableResult
    public func signOutDevice(_ id: String) -> Task<Void, Never> {
        act { [self] in
            try await qadam.session.revokeDevice(id: id)
            devices = try await qadam.session.devices()
        }
    }

    /// Writes all of the person's data to a file, which is theirs to keep.
    @discardableResult
    public func export() -> Task<Void, Never> {
        act { [self] in
            let path = platform.outgoing("qadam-\(day(inDays: 0)).json")
            try await qadam.settings.export(path: path)
            exported = path
            platform.handOut(path)
        }
    }

    /// Fails with the number of changes that could not be sent, unless they may be lost.
    @discardableResult
    public func signOut(evenUnsent: Bool = false) -> Task<Void, Never> {
        act { [self] in try await qadam.session.signOut(evenUnsent: evenUnsent) }
    }
}
