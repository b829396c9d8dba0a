@preconcurrency import BackgroundTasks
import Foundation
import Qadam

/// Syncs while the app is not shown: short ones as iOS grants them, a longer one at night on a charger.
@MainActor
enum BackgroundWork {
    private static let refresh = "app.qadam.refresh"
    private static let processing = "app.qadam.processing"

    /// Before the app has finished launching, as iOS demands.
    static func register() {
        for (identifier, budget) in [(refresh, Duration.seconds(20)), (processing, .seconds(120))] {
            BGTaskScheduler.shared.register(forTaskWithIdentifier: identifier, using: .main) { task in
                MainActor.assumeIsolated { run(task, budget) }
            }
        }
    }

    /// Asked again each time: iOS forgets what it has run.
    static func schedule() {
        let short = BGAppRefreshTaskRequest(identifier: refresh)
        short.earliestBeginDate = Date(timeIntervalSinceNow: 60 * 60)
        let long = BGProcessingTaskRequest(identifier: processing)
        long.earliestBeginDate = Date(timeIntervalSinceNow: 6 * 60 * 60)
        long.requiresNetworkConnectivity = true
        long.requiresExternalPower = true
        for request in [short, long] as [BGTaskRequest] {
            // Refused where the person switched background work off: then syncs wait for the app.
            try? BGTaskScheduler.shared.submit(request)
        }
    }

    private static func run(_ task: BGTask, _ budget: Duration) {
        // First, so that whatever happens next there is another time.
        schedule()
        let work = Task {
            let done = await sync(budget)
            task.setTaskCompleted(success: done)
        }
        // The sync ends at a border, and the task is completed above. iOS may call this on any thread.
        task.expirationHandler = { @Sendable in work.cancel() }
    }

    private static func sync(_ budget: Duration) async -> Bool {
        guard let qadam = await Core.shared.open() else { return false }
        do {
            _ = try await qadam.runBackground(budget: budget)
            await Notifications.reconcile(qadam)
            return true
        } catch {
            return false
        }
    }
}
