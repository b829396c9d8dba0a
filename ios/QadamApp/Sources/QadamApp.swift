import QadamModels
import QadamUI
import SwiftUI

/// The iPhone app: Qadam's screens over the one core of this process.
@main
struct QadamApp: App {
    @UIApplicationDelegateAdaptor(AppDelegate.self) private var delegate
    @State private var core = Core.shared
    @State private var platform = PhonePlatform()
    @Environment(\.scenePhase) private var phase

    var body: some Scene {
        WindowGroup {
            Group {
                switch core.state {
                case .closed:
                    // For a moment, or until the phone is unlocked for the first time since its start.
                    Color.clear
                case .failed(let problem):
                    Text(Texts.of(Core.locale).of(problem)).padding()
                case .open(let qadam):
                    QadamScreens(qadam, platform, opened: $core.opened, invitation: $core.invitation)
                }
            }
            .task { await core.open() }
            .onOpenURL { core.follow($0.absoluteString) }
            .onContinueUserActivity(NSUserActivityTypeBrowsingWeb) { activity in
                if let link = activity.webpageURL { core.follow(link.absoluteString) }
            }
        }
        .onChange(of: phase) { _, phase in
            switch phase {
            case .active: core.foreground()
            case .background: core.background()
            default: break
            }
        }
    }
}
