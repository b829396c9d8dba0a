import UIKit

/// What a long touch on the app's icon offers: each is a link into the app.
@MainActor
enum QuickActions {
    static func offer() {
        let actions = [
            ("qadam://today", "shortcut_today", "sun.max"),
            ("qadam://reviews", "shortcut_reviews", "arrow.triangle.2.circlepath"),
            ("qadam://contact/new", "shortcut_contact", "person.badge.plus"),
        ]
        UIApplication.shared.shortcutItems = actions.map { link, title, icon in
            UIApplicationShortcutItem(
                type: link,
                localizedTitle: NSLocalizedString(title, comment: ""),
                localizedSubtitle: nil,
                icon: UIApplicationShortcutIcon(systemImageName: icon),
                userInfo: nil
            )
        }
    }
}

/// Hears of them while the app runs; SwiftUI does the rest of a scene.
@MainActor
final class SceneDelegate: NSObject, UIWindowSceneDelegate {
    func windowScene(_ windowScene: UIWindowScene, performActionFor shortcutItem: UIApplicationShortcutItem) async -> Bool {
        Core.shared.follow(shortcutItem.type)
    }
}
