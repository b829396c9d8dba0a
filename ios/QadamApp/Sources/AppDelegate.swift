import Qadam
import UIKit
@preconcurrency import UserNotifications

/// What iOS tells the app as a whole.
@MainActor
final class AppDelegate: NSObject, UIApplicationDelegate {
    func application(_ application: UIApplication, didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]? = nil) -> Bool {
        BackgroundWork.register()
        UNUserNotificationCenter.current().delegate = self
        QuickActions.offer()
        return true
    }

    func application(
        _ application: UIApplication,
        configurationForConnecting session: UISceneSession,
        options: UIScene.ConnectionOptions
    ) -> UISceneConfiguration {
        // Where the app was not running, it hears here alone of the quick action that opened it.
        if let action = options.shortcutItem { Core.shared.follow(action.type) }
        let configuration = UISceneConfiguration(name: nil, sessionRole: session.role)
        configuration.delegateClass = SceneDelegate.self
        return configuration
    }

    /// The phone was unlocked for the first time since its start: what could not be opened can be now.
    func applicationProtectedDataDidBecomeAvailable(_ application: UIApplication) {
        Task { await Core.shared.open() }
    }

    /// Midnight, or another time zone: the plan counts local days.
    func applicationSignificantTimeChange(_ application: UIApplication) {
        Core.shared.foreground()
    }

    func application(_ application: UIApplication, didRegisterForRemoteNotificationsWithDeviceToken token: Data) {
        #if DEBUG
        let sandbox = true
        #else
        let sandbox = false
        #endif
        let hex = token.map { String(format: "%02x", $0) }.joined()
        Task {
            guard let qadam = await Core.shared.open() else { return }
            let permission = await Notifications.permitted()
            try? await qadam.push.setToken(
                PushToken(vendor: .apns, token: hex, app: Bundle.main.bundleIdentifier, sandbox: sandbox, permission: permission)
            )
        }
    }

    func application(_ application: UIApplication, didFailToRegisterForRemoteNotificationsWithError error: any Error) {
        // Nothing is lost but immediacy.
        Task { try? await Core.shared.open()?.push.setToken(nil) }
    }

    /// A push that wakes: one bounded sync, and what it brought is planned.
    func application(
        _ application: UIApplication,
        didReceiveRemoteNotification userInfo: [AnyHashable: Any]
    ) async -> UIBackgroundFetchResult {
        guard let qadam = await Core.shared.open() else { return .failed }
        guard let outcome = try? await qadam.push.woken(budget: .seconds(20)) else { return .failed }
        await Notifications.reconcile(qadam)
        return switch outcome {
        case .done(let sync): sync.received > 0 ? .newData : .noData
        case .nothing: .noData
        case .outOfTime: .failed
        }
    }
}

// On the main actor: UIKit takes the answer to a response there alone.
extension AppDelegate: @preconcurrency UNUserNotificationCenterDelegate {
    func userNotificationCenter(
        _ center: UNUserNotificationCenter,
        willPresent notification: UNNotification
    ) async -> UNNotificationPresentationOptions {
        [.banner, .list]
    }

    func userNotificationCenter(_ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse) async {
        await Notifications.answered(response.notification.request.identifier, response.actionIdentifier)
    }
}
