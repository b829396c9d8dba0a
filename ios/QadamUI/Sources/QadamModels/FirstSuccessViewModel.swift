import Foundation
import Qadam

/// Whether the person has passed a first lesson or finished a first task of the plan.
@MainActor
public final class FirstSuccessViewModel: ScreenViewModel {
    private let courses: Query<CoursesView>
    private let plan: Query<JourneyView?>

    public init(_ qadam: Qadam) {
        courses = Query(qadam.learning.courses)
        plan = Query(qadam.journey.plan)
        super.init([courses, plan])
    }

    public var state: Load<Bool> {
        Load.of { () throws(NotReady) in
            let lessons = try courses.load.ready().courses.flatMap(\.lessons)
            let done = try plan.load.ready()?.done ?? 0
            return done > 0 || lessons.contains(where: \.succeeded)
        }
    }
}

extension LessonSummary {
    fileprivate var succeeded: Bool {
        switch status {
        case .passed, .completed: true
        case .locked, .open, .waiting: false
        }
    }
}

/// What the person lets the app show outside of it.
public enum NotificationPermission: Sendable {
    /// They were not asked.
    case unasked
    /// They were not asked: it comes into the list of notifications, without a sound.
    case quiet
    case granted
    case refused
}

/// The shortest time between two askings, in seconds.
private let patience: TimeInterval = 30 * 24 * 60 * 60

/// Whether to ask now for notifications that are heard and seen: after a success, not soon after the last time, and never after a refusal.
public func asksForNotifications(_ permission: NotificationPermission, succeeded: Bool, asked: Date?, now: Date) -> Bool {
    guard succeeded, permission == .unasked || permission == .quiet else { return false }
    guard let asked else { return true }
    return now.timeIntervalSince(asked) >= patience
}
