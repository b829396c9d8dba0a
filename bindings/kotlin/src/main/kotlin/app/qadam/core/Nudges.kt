package app.qadam.core

import kotlinx.coroutines.flow.Flow

/** What the platform is to show, what came, and why. Dates are written `2026-11-24`. */
class Nudges internal constructor(private val engine: QadamEngine) {
    /** The newest ones, as they come. */
    val messages: Flow<List<NudgeView>> =
        live(engine::observeNudges, LiveNudges::stop) { query, after -> query.next(after)?.run { number to value } }

    suspend fun currentMessages(): List<NudgeView> = engine.nudges()

    /**
     * What the platform is to show in the coming days, whole: to be reconciled by id with what it has. To be called after each start, sync and change, at
     * midnight and at `validUntil`, and where the zone or the permission changes.
     */
    suspend fun plan(permission: Boolean): NudgePlanView = engine.planNudges(permission)

    /** The person tapped the notification, or the message. */
    suspend fun open(id: String) = engine.openNudge(id)

    /** The person swiped it away. */
    suspend fun dismiss(id: String) = engine.dismissNudge(id)

    suspend fun why(id: String): WhyView = engine.whyNudge(id)

    suspend fun settings(): NudgeSettingsView = engine.nudgeSettings()

    /** The minute of the day at which a nudge suits best, from 8:00 on, before 21:00. */
    suspend fun setBestMinute(minute: UInt) = engine.setBestMinute(minute)

    suspend fun switch(category: NudgeCategory, on: Boolean) = engine.switchNudges(category, on)

    /** Nothing comes up to and with a date; without one everything comes again. */
    suspend fun pause(until: String?) = engine.pauseNudges(until)

    /** Nothing of this rule is to come again, or it may. */
    suspend fun never(rule: String, never: Boolean = true) = engine.neverNudge(rule, never)

    /** Whether the sponsor is told of one's progress. */
    suspend fun shareProgress(share: Boolean) = engine.shareProgress(share)

    /** The goal for customers' volume in a month; without one there is none. */
    suspend fun setVolumeGoal(goal: Long?) = engine.setVolumeGoal(goal)
}
