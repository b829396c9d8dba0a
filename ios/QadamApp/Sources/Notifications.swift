import Foundation
import Qadam
import QadamModels
import UIKit
@preconcurrency import UserNotifications

/// What the engine plans is what iOS shows: its list is reconciled by id.
@MainActor
enum Notifications {
    private static let why = "why"
    private static let expires = "expires"
    private static let asked = "notificationsAsked"
    private static var center: UNUserNotificationCenter { .current() }
    private static var following: Task<Void, Never>?

    /// Plans anew with whatever changes the plan.
    static func follow(_ qadam: Qadam) {
        following?.cancel()
        following = Task {
            var theirs: [Task<Void, any Error>] = []
            defer { theirs.forEach { $0.cancel() } }
            do {
                for try await session in qadam.session.changes {
                    theirs.forEach { $0.cancel() }
                    theirs = []
                    if case .signedIn = session {
                        // Quietly, into the list of notifications: iOS asks nobody anything for that.
                        _ = try? await center.requestAuthorization(options: [.alert, .sound, .provisional])
                        UIApplication.shared.registerForRemoteNotifications()
                        theirs = [
                            Task { for try await _ in qadam.nudges.messages { await reconcile(qadam) } },
                            Task { for try await _ in qadam.reminders.changes { await reconcile(qadam) } },
                            // What lets this phone show anything at all comes with a sync.
                            Task {
                                var last: Int64?
                                for try await status in qadam.sync.status where status.lastSuccess != last {
                                    last = status.lastSuccess
                                    await reconcile(qadam)
                                }
                            },
                            Task { for try await settings in qadam.settings.changes { register(Texts.of(settings.locale)) } },
                        ]
                    }
                    await reconcile(qadam)
                }
            } catch {
                // The engine was shut down: there is nothing left to plan.
            }
        }
    }

    /// Each category can be switched off by itself in the app; here each has the way to why it came.
    private static func register(_ texts: Texts) {
        let action = UNNotificationAction(identifier: why, title: texts.messagesWhy, options: [.foreground])
        let categories = [NudgeCategory.learning, .team, .business, .company].map { category in
            UNNotificationCategory(identifier: identifier(category), actions: [action], intentIdentifiers: [], options: [.customDismissAction])
        }
        center.setNotificationCategories(Set(categories))
    }

    private static func identifier(_ category: NudgeCategory) -> String {
        switch category {
        case .learning: "learning"
        case .team: "team"
        case .business: "business"
        case .company: "company"
        }
    }

    /// Whether iOS lets the app show anything.
    static func permitted() async -> Bool {
        switch await center.notificationSettings().authorizationStatus {
        case .authorized, .provisional, .ephemeral: true
        default: false
        }
    }

    /// Asks the person, after a success, for notifications that are heard and seen; says first what they will be like.
    static func ask() async {
        let permission: NotificationPermission = switch await center.notificationSettings().authorizationStatus {
        case .notDetermined: .unasked
        case .provisional: .quiet
        case .denied: .refused
        default: .granted
        }
        let before = UserDefaults.standard.object(forKey: asked) as? Date
        guard asksForNotifications(permission, succeeded: true, asked: before, now: Date()), let top = PhonePlatform.top else { return }
        UserDefaults.standard.set(Date(), forKey: asked)
        await withCheckedContinuation { continuation in
            let reason = UIAlertController(title: NSLocalizedString("permission_notifications", comment: ""), message: nil, preferredStyle: .alert)
            reason.addAction(UIAlertAction(title: NSLocalizedString("permission_continue", comment: ""), style: .default) { _ in continuation.resume() })
            top.present(reason, animated: true)
        }
        _ = try? await center.requestAuthorization(options: [.alert, .sound])
        if let qadam = await Core.shared.open() { await reconcile(qadam) }
    }

    static func reconcile(_ qadam: Qadam) async {
        guard let plan = try? await qadam.nudges.plan(permission: permitted()) else {
            // Signed out: nothing of that person comes any more.
            center.removeAllPendingNotificationRequests()
            return
        }
        let planned = Set(plan.scheduled.map(\.id))
        let pending = await center.pendingNotificationRequests().map(\.identifier)
        center.removePendingNotificationRequests(withIdentifiers: pending.filter { !planned.contains($0) })
        for nudge in plan.scheduled {
            // One with the same id is replaced.
            try? await center.add(request(nudge))
        }
        let now = Date().timeIntervalSince1970 * 1_000
        let late = await center.deliveredNotifications().map(\.request).filter { ($0.content.userInfo[expires] as? Double ?? .infinity) < now }
        center.removeDeliveredNotifications(withIdentifiers: late.map(\.identifier))
    }

    private static func request(_ nudge: ScheduledNudgeView) -> UNNotificationRequest {
        let content = UNMutableNotificationContent()
        content.title = nudge.title
        content.body = nudge.body
        content.sound = .default
        if let category = nudge.category { content.categoryIdentifier = identifier(category) }
        content.threadIdentifier = content.categoryIdentifier
        content.userInfo = [expires: Double(nudge.expires)]
        let wait = max(1, Double(nudge.at) / 1_000 - Date().timeIntervalSince1970)
        return UNNotificationRequest(
            identifier: nudge.id,
            content: content,
            trigger: UNTimeIntervalNotificationTrigger(timeInterval: wait, repeats: false)
        )
    }

    /// What the person did with a notification.
    static func answered(_ id: String, _ action: String) async {
        guard let qadam = await Core.shared.open() else { return }
        // A reminder of the person's own is none of the messages: there is nothing to note then.
        switch action {
        case UNNotificationDismissActionIdentifier:
            try? await qadam.nudges.dismiss(id)
        case why:
            Core.shared.opened = .why(id: id)
        default:
            try? await qadam.nudges.open(id)
            Core.shared.opened = .today
        }
    }
}
