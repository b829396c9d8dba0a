package app.qadam.core

import kotlinx.coroutines.flow.Flow

/** The person's team: oneself in the company's tree, and everybody below. The company alone writes it. */
class Team internal constructor(private val engine: QadamEngine) {
    /** Oneself, as it changes; `null` while there is no team on this phone. */
    val me: Flow<TeamMember?> =
        live(engine::observeTeam, LiveTeam::stop) { query, after -> query.next(after)?.run { number to value } }

    /** A page of the members right below one, as it changes. */
    fun children(query: TeamQuery = TeamQuery()): Flow<TeamMembers> =
        live({ engine.observeTeamChildren(query) }, LiveTeamChildren::stop) { live, after ->
            live.next(after)?.run { number to value }
        }

    /** One member, as it changes; `null` while the team has none with this id. */
    fun member(id: String): Flow<TeamMember?> =
        live({ engine.observeTeamMember(id) }, LiveTeamMember::stop) { query, after ->
            query.next(after)?.run { number to value }
        }

    /** Oneself; `null` where there is no team on this phone. */
    suspend fun current(): TeamMember? = engine.team()

    suspend fun current(id: String): TeamMember = engine.teamMember(id)

    /** The members right below one. */
    suspend fun page(query: TeamQuery = TeamQuery()): TeamMembers = engine.teamChildren(query)

    /** Everybody below a member, each before those below it. */
    suspend fun subtree(query: TeamQuery = TeamQuery()): TeamMembers = engine.teamSubtree(query)

    /** The members from oneself down to the one above a member. */
    suspend fun path(id: String): List<TeamMember> = engine.teamPath(id)

    /** The members whose name begins so. */
    suspend fun search(query: TeamSearch): TeamMembers = engine.searchTeam(query)
}
