import Qadam

/// How a day of the streak's calendar went.
public enum StreakDay: CaseIterable, Sendable {
    case active, frozen, missed
}

public struct MeState: Sendable {
    public let awards: AwardsView
    public let results: ResultsView
    /// As the core writes a date.
    public let today: String

    /// Four weeks up to today.
    public var calendar: [(day: String, how: StreakDay)] {
        days(upTo: today, 28).map { day in
            (day, awards.streak.active.contains(day) ? .active : awards.streak.frozen.contains(day) ? .frozen : .missed)
        }
    }

    /// Of the way from this level to the next one, 0 to 100.
    public var levelPercent: Int {
        let from = awards.level?.from ?? 0
        guard let next = awards.nextLevel else { return 100 }
        return Int(min(max(100 * (awards.points - from) / max(next.from - from, 1), 0), 100))
    }
}

@MainActor
public final class MeViewModel: ScreenViewModel {
    private let awards: Query<AwardsView>
    private let results: Query<ResultsView>

    public init(_ qadam: Qadam) {
        awards = Query(qadam.awards.changes)
        results = Query(qadam.results.changes)
        super.init([awards, results])
    }

    public var state: Load<MeState> {
        Load.of { () throws(NotReady) in MeState(awards: try awards.load.ready(), results: try results.load.ready(), today: day(inDays: 0)) }
    }
}
