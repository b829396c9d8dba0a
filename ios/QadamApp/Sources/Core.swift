import Foundation
import Observation
import Qadam
import QadamModels
import UIKit

/// What the platform sees of the network.
typealias Connection = Network

/// The one engine of this process, and its life with the app's.
@Observable @MainActor
final class Core {
    static let shared = Core()

    enum State {
        case closed
        case open(Qadam)
        case failed(QadamError)
    }

    private(set) var state = State.closed
    /// Where a notification or a link leads.
    var opened: Route?
    /// A link that invites somebody.
    var invitation: String?
    @ObservationIgnored private var opening: Task<Qadam?, Never>?
    @ObservationIgnored private let reachability = Reachability()
    @ObservationIgnored private var leaving = UIBackgroundTaskIdentifier.invalid

    /// The language in which the phone speaks.
    static var locale: String { Locale.preferredLanguages.first ?? "en" }

    /// The server that the sign-in proposes, of the app's Info.plist.
    static var server: String { Bundle.main.object(forInfoDictionaryKey: "QadamServer") as? String ?? "" }

    /// The company's host, whose https links open the app, of the app's Info.plist.
    static var host: String { Bundle.main.object(forInfoDictionaryKey: "QadamHost") as? String ?? "" }

    /// Opens what a link into the app names; false where it names nothing.
    @discardableResult
    func follow(_ link: String) -> Bool {
        if isInvitation(link, host: Self.host) {
            invitation = link
            return true
        }
        guard let route = Route(link: link, host: Self.host) else { return false }
        opened = route
        return true
    }

    /// The engine, opened once; `nil` where it can't be opened now.
    @discardableResult
    func open() async -> Qadam? {
        if case .open(let qadam) = state { return qadam }
        if let opening { return await opening.value }
        let task = Task { await opened() }
        opening = task
        let qadam = await task.value
        opening = nil
        return qadam
    }

    private func opened() async -> Qadam? {
        do {
            let store = KeychainStore()
            let directory = try Self.directory(store)
            let version = Bundle.main.object(forInfoDictionaryKey: "CFBundleShortVersionString") as? String ?? "0"
            // Until the platform has told what there is.
            let config = Config(directory: directory.path, app: "qadam-ios/\(version)", locale: Self.locale, network: .offline)
            let qadam = try await Qadam.open(config, secureStore: store)
            reachability.start { qadam.setNetwork($0) }
            state = .open(qadam)
            Notifications.follow(qadam)
            return qadam
        } catch QadamError.SecureStoreLocked {
            // Not unlocked since its start: nothing was changed, and it is tried again when the app is next shown or woken.
            state = .closed
        } catch SecureStoreError.Locked {
            state = .closed
        } catch let problem as QadamError {
            state = .failed(problem)
        } catch {
            state = .failed(.Storage(detail: error.localizedDescription))
        }
        return nil
    }

    /// Kept out of backups; readable in the background once the phone was unlocked, since syncs run there.
    private static func directory(_ store: KeychainStore) throws -> URL {
        let support = try FileManager.default.url(for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
        var directory = support.appending(path: "qadam", directoryHint: .isDirectory)
        if !FileManager.default.fileExists(atPath: directory.path) {
            // The keychain outlives the app: what an earlier installation left is of no use without its files.
            try store.removeAll()
            try FileManager.default.createDirectory(
                at: directory,
                withIntermediateDirectories: true,
                attributes: [.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication]
            )
        }
        var values = URLResourceValues()
        values.isExcludedFromBackup = true
        try directory.setResourceValues(values)
        return directory
    }

    /// The app is shown again.
    func foreground() {
        Task {
            guard let qadam = await open() else { return }
            try? await qadam.foreground(network: reachability.now)
            // It may have changed meanwhile.
            qadam.setNetwork(reachability.now)
            await Notifications.reconcile(qadam)
        }
    }

    /// The app goes away; iOS gives it some seconds.
    func background() {
        BackgroundWork.schedule()
        guard case .open(let qadam) = state else { return }
        left()
        leaving = UIApplication.shared.beginBackgroundTask { Core.shared.left() }
        Task {
            try? await qadam.background(deadline: .seconds(5))
            left()
        }
    }

    private func left() {
        guard leaving != .invalid else { return }
        UIApplication.shared.endBackgroundTask(leaving)
        leaving = .invalid
    }
}
