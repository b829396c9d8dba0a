import Qadam

@MainActor
public final class LearnViewModel: ScreenViewModel {
    private let courses: Query<CoursesView>

    public init(_ qadam: Qadam) {
        courses = Query(qadam.learning.courses)
        super.init([courses])
    }

    public var state: Load<CoursesView> { courses.load }
}
