import Observation
import Qadam

public struct LessonState: Sendable {
    public let lesson: LessonView
    /// The card that is shown, from 0.
    public let card: Int
    /// What came of reading it to its end, where there is no quiz.
    public let progress: ProgressView?

    public var blocks: [Block] { lesson.cards.indices.contains(card) ? lesson.cards[card] : [] }
    public var last: Bool { card >= lesson.cards.count - 1 }
    public var hasQuiz: Bool { lesson.quizSize > 0 }
    /// What comes first; `nil` where the lesson can be read.
    public var missing: [LessonRef]? {
        if case .locked(let missing) = lesson.summary.status { missing } else { nil }
    }

    /// Of the whole lesson's minutes, by the cards that are left; 1 at least.
    public var minutesLeft: Int {
        let left = Double(lesson.summary.minutes) * Double(lesson.cards.count - card) / Double(max(lesson.cards.count, 1))
        return max(Int(left.rounded(.up)), 1)
    }
}

@Observable @MainActor
public final class LessonViewModel: ScreenViewModel {
    private var progress: ProgressView?
    @ObservationIgnored private let qadam: Qadam
    @ObservationIgnored private let id: String
    @ObservationIgnored private let saved: SavedState
    @ObservationIgnored private let lesson: Query<LessonView>

    public init(_ qadam: Qadam, _ id: String, _ saved: SavedState) {
        self.qadam = qadam
        self.id = id
        self.saved = saved
        lesson = Query(qadam.learning.lesson(id: id))
        super.init([lesson])
    }

    public var state: Load<LessonState> {
        Load.of { () throws(NotReady) in
            let lesson = try lesson.load.ready()
            return LessonState(lesson: lesson, card: place(saved.get("card") ?? 0, in: lesson), progress: progress)
        }
    }

    public func next() { move(1) }

    public func back() { move(-1) }

    private func move(_ by: Int) {
        guard let state = state.value else { return }
        saved.set("card", place(state.card + by, in: state.lesson))
    }

    private func place(_ card: Int, in lesson: LessonView) -> Int {
        min(max(card, 0), max(lesson.cards.count - 1, 0))
    }

    /// The last card was read. `then` runs once that is kept.
    @discardableResult
    public func finish(_ then: @escaping @MainActor () -> Void) -> Task<Void, Never> {
        act { [self] in
            let result = try await qadam.learning.finishReading(lesson: id)
            if state.value?.hasQuiz == true { then() } else { progress = result }
        }
    }
}
