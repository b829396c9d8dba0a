import QadamCore

extension Qadam {
    /// The person's team: oneself in the company's tree, and everybody below. The company alone writes it.
    public final class Team: Sendable {
        private let engine: QadamEngine

        init(_ engine: QadamEngine) {
            self.engine = engine
        }

        /// Oneself, as it changes; `nil` while there is no team on this phone.
        public var me: Live<TeamMember?> {
            live(engine.observeTeam(), stop: { $0.stop() }, next: { try await $0.next(after: $1).map { ($0.number, $0.value) } })
        }

        /// A page of the members right below one, as it changes.
        public func children(_ query: TeamQuery = TeamQuery()) -> Live<TeamMembers> {
            live(
                engine.observeTeamChildren(query: query),
                stop: { $0.stop() },
                next: { try await $0.next(after: $1).map { ($0.number, $0.value) } }
            )
        }

        /// One member, as it changes; `nil` while the team has none with this id.
        public func member(id: String) -> Live<TeamMember?> {
            live(engine.observeTeamMember(id: id), stop: { $0.stop() }, next: { try await $0.next(after: $1).map { ($0.number, $0.value) } })
        }

        /// Oneself; `nil` where there is no team on this phone.
        public func current() async throws -> TeamMember? {
            try await engine.team()
        }

        public func current(id: String) async throws -> TeamMember {
            try await engine.teamMember(id: id)
        }

        /// The members right below one.
        public func page(_ query: TeamQuery = TeamQuery()) async throws -> TeamMembers {
            try await engine.teamChildren(query: query)
        }

        /// Everybody below a member, each before those below it.
        public func subtree(_ query: TeamQuery = TeamQuery()) async throws -> TeamMembers {
            try await engine.teamSubtree(query: query)
        }

        /// The members from oneself down to the one above a member.
        public func path(id: String) async throws -> [TeamMember] {
            try await engine.teamPath(id: id)
        }

        /// The members whose name begins so.
        public func search(_ query: TeamSearch) async throws -> TeamMembers {
            try await engine.searchTeam(query: query)
        }
    }
}

public typealias TeamQuery = QadamCore.TeamQuery
public typealias TeamSearch = QadamCore.TeamSearch
public typealias TeamMembers = QadamCore.TeamMembers
public typealias TeamMember = QadamCore.TeamMember
