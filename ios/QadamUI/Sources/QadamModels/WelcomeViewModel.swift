import Qadam

@MainActor
public final class WelcomeViewModel: ScreenViewModel {
    private let qadam: Qadam
    private let welcome: Query<WelcomeView?>

    public init(_ qadam: Qadam) {
        self.qadam = qadam
        welcome = Query { $0.show(try await qadam.journey.welcome()) }
        super.init([welcome])
    }

    /// `nil` where the company has none.
    public var state: Load<WelcomeView?> { welcome.load }

    @discardableResult
    public func finish(_ then: @escaping @MainActor () -> Void) -> Task<Void, Never> {
        act { [self] in
            try await qadam.journey.finishWelcome()
            then()
        }
    }
}
