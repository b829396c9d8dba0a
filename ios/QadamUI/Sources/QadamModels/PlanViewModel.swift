import Qadam

public struct PlanState: Sendable {
    /// `nil` where the company has no plan.
    public let journey: JourneyView?
}

@MainActor
public final class PlanViewModel: ScreenViewModel {
    private let qadam: Qadam
    private let plan: Query<JourneyView?>

    public init(_ qadam: Qadam) {
        self.qadam = qadam
        plan = Query(qadam.journey.plan)
        super.init([plan])
    }

    public var state: Load<PlanState> {
        Load.of { () throws(NotReady) in PlanState(journey: try plan.load.ready()) }
    }

    @discardableResult
    public func complete(_ task: String, item: UInt32? = nil) -> Task<Void, Never> {
        act { [self] in try await qadam.journey.complete(task, item: item) }
    }

    @discardableResult
    public func reopen(_ task: String, item: UInt32? = nil) -> Task<Void, Never> {
        act { [self] in try await qadam.journey.reopen(task, item: item) }
    }

    /// From today on, for so many days.
    @discardableResult
    public func pause(_ days: Int) -> Task<Void, Never> {
        act { [self] in _ = try await qadam.journey.pause(until: day(inDays: days - 1)) }
    }

    @discardableResult
    public func resume(_ pause: String) -> Task<Void, Never> {
        act { [self] in try await qadam.journey.resume(pause) }
    }

    /// The plan was seen: what moves later is told from here.
    @discardableResult
    public func movesSeen() -> Task<Void, Never> {
        act { [self] in try await qadam.journey.acknowledgeMoves() }
    }
}
