import Qadam

public struct PersonState: Sendable {
    public let signal: SignalView
    /// Empty where the company knows none.
    public let phone: String
}

@MainActor
public final class PeopleViewModel: ScreenViewModel {
    private let qadam: Qadam
    private let people: Query<[PersonState]>

    public init(_ qadam: Qadam) {
        self.qadam = qadam
        let people = Query<[PersonState]> { query in
            for try await signals in qadam.people.worklist {
                var people: [PersonState] = []
                for signal in signals {
                    people.append(PersonState(signal: signal, phone: try await phone(of: signal.about, qadam)))
                }
                query.show(people)
            }
        }
        // The team may lag behind the signals: they are asked again once it has come.
        let team = Query<TeamMember?> { query in
            for try await me in qadam.team.me {
                query.show(me)
                people.again()
            }
        }
        self.people = people
        super.init([people, team])
    }

    public var state: Load<[PersonState]> { people.load }

    @discardableResult
    public func finish(_ id: String) -> Task<Void, Never> {
        act { [self] in try await qadam.people.finish(id) }
    }
}

/// Empty while the team has nobody with this id.
private func phone(of member: String, _ qadam: Qadam) async throws -> String {
    do {
        return try await qadam.team.current(id: member).phone
    } catch QadamError.NotFound {
        return ""
    }
}
