import Qadam

public struct TodayState: Sendable {
    public let name: String
    /// `nil` where the company has no plan.
    public let plan: TodayView?
    /// The lesson that can be taken now.
    public let lesson: LessonSummary?
    public let reviewsDue: Int
    public let streak: StreakView
    public let notices: [NoticeView]
    /// Those that run.
    public let offers: [OfferView]
    public let welcome: Bool
}

@MainActor
public final class TodayViewModel: ScreenViewModel {
    private let qadam: Qadam
    private let session: Query<SessionView>
    private let today: Query<TodayView?>
    private let welcome: Query<WelcomeView?>
    private let courses: Query<CoursesView>
    private let reviews: Query<ReviewsView>
    private let awards: Query<AwardsView>
    private let notices: Query<[NoticeView]>
    private let offers: Query<[OfferView]>

    public init(_ qadam: Qadam) {
        self.qadam = qadam
        session = Query(qadam.session.changes)
        today = Query(qadam.journey.today)
        welcome = Query { $0.show(try await qadam.journey.welcome()) }
        courses = Query(qadam.learning.courses)
        reviews = Query(qadam.reviews.stack)
        awards = Query(qadam.awards.changes)
        notices = Query(qadam.results.notices)
        offers = Query(qadam.offers.changes)
        super.init([session, today, welcome, courses, reviews, awards, notices, offers])
    }

    public var state: Load<TodayState> {
        Load.of { () throws(NotReady) in
            let name = if case .signedIn(let account) = try session.load.ready() { account.name } else { "" }
            let courses = try courses.load.ready().courses
            // What was assigned comes first.
            let lessons = (courses.filter(\.assigned) + courses.filter { !$0.assigned }).flatMap(\.lessons)
            return TodayState(
                name: name,
                plan: try today.load.ready(),
                lesson: lessons.first { $0.status == .open },
                reviewsDue: try reviews.load.ready().cards.count,
                streak: try awards.load.ready().streak,
                notices: try notices.load.ready(),
                offers: try offers.load.ready().filter { $0.status == .open },
                welcome: try welcome.load.ready()?.seen == false
            )
        }
    }

    /// The screen is looked at anew: the welcome, which is no live query, may have been seen meanwhile.
    public func look() {
        welcome.again()
    }

    /// Ticks a task off, or one item of its list.
    @discardableResult
    public func complete(_ task: String, item: UInt32? = nil) -> Task<Void, Never> {
        act { [self] in try await qadam.journey.complete(task, item: item) }
    }

    @discardableResult
    public func reopen(_ task: String, item: UInt32? = nil) -> Task<Void, Never> {
        act { [self] in try await qadam.journey.reopen(task, item: item) }
    }

    @discardableResult
    public func seen(_ notice: String) -> Task<Void, Never> {
        act { [self] in try await qadam.results.see(notice) }
    }
}
