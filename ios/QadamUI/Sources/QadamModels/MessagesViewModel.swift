import Qadam

@MainActor
public final class MessagesViewModel: ScreenViewModel {
    private let messages: Query<[NudgeView]>

    public init(_ qadam: Qadam) {
        messages = Query(qadam.nudges.messages)
        super.init([messages])
    }

    public var state: Load<[NudgeView]> { messages.load }
}

public struct WhyState: Sendable {
    public let message: NudgeView?
    public let why: WhyView
    public let settings: NudgeSettingsView
}

/// Why a nudge came, and the switches that stop such ones.
@MainActor
public final class WhyViewModel: ScreenViewModel {
    private let qadam: Qadam
    private let id: String
    private let why: Query<WhyState>

    public init(_ qadam: Qadam, _ id: String) {
        self.qadam = qadam
        self.id = id
        why = Query { query in
            for try await messages in qadam.nudges.messages {
                query.show(WhyState(
                    message: messages.first { $0.id == id },
                    why: try await qadam.nudges.why(id),
                    settings: try await qadam.nudges.settings()
                ))
            }
        }
        super.init([why])
    }

    public var state: Load<WhyState> { why.load }

    @discardableResult
    public func opened() -> Task<Void, Never> {
        act { [self] in try await qadam.nudges.open(id) }
    }

    @discardableResult
    public func never(_ rule: String, _ never: Bool) -> Task<Void, Never> {
        choose { qadam in try await qadam.nudges.never(rule, never) }
    }

    @discardableResult
    public func `switch`(_ category: NudgeCategory, on: Bool) -> Task<Void, Never> {
        choose { qadam in try await qadam.nudges.switch(category, on: on) }
    }

    private func choose(_ intent: @escaping @MainActor (Qadam) async throws -> Void) -> Task<Void, Never> {
        act { [self] in
            try await intent(qadam)
            why.again()
        }
    }
}
