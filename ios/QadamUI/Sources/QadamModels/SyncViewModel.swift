import Qadam

public struct SyncScreenState: Sendable {
    public let status: SyncStatusView
    public let refusals: [RefusalView]
}

@MainActor
public final class SyncViewModel: ScreenViewModel {
    private let qadam: Qadam
    private let status: Query<SyncStatusView>
    private let refusals: Query<[RefusalView]>

    public init(_ qadam: Qadam) {
        self.qadam = qadam
        status = Query(qadam.sync.status)
        refusals = Query(qadam.sync.refusals)
        super.init([status, refusals])
    }

    public var state: Load<SyncScreenState> {
        Load.of { () throws(NotReady) in SyncScreenState(status: try status.load.ready(), refusals: try refusals.load.ready()) }
    }

    @discardableResult
    public func now() -> Task<Void, Never> {
        act { [self] in try await qadam.sync.now() }
    }

    @discardableResult
    public func dismiss(_ refusal: String) -> Task<Void, Never> {
        act { [self] in try await qadam.sync.dismissRefusal(id: refusal) }
    }
}
