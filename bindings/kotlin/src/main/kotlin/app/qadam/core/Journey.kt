package app.qadam.core

import kotlinx.coroutines.flow.Flow

/** The plan of the first days. Dates are written `2026-11-24`. */
class Journey internal constructor(private val engine: QadamEngine) {
    /** The whole of it, as it changes; null where the company has none. */
    val plan: Flow<JourneyView?> =
        live(engine::observeJourney, LiveJourney::stop) { query, after -> query.next(after)?.run { number to value } }

    /** What is next in it, as it changes. */
    val today: Flow<TodayView?> =
        live(engine::observeToday, LiveToday::stop) { query, after -> query.next(after)?.run { number to value } }

    suspend fun currentPlan(): JourneyView? = engine.journey()

    suspend fun currentToday(): TodayView? = engine.today()

    /** Ticks a task off, or one item of its checklist; without an item all of them. */
    suspend fun complete(task: String, item: UInt? = null) = engine.completeTask(task, item)

    /** Takes a tick back. */
    suspend fun reopen(task: String, item: UInt? = null) = engine.reopenTask(task, item)

    /** Pauses the plan, from today on where `from` is left out, up to and with a day. Gives the pause's id. */
    suspend fun pause(until: String, from: String? = null): String = engine.pauseJourney(from, until)

    /** Ends a pause, or takes one back that has not begun; without an id the one in which today lies. */
    suspend fun resume(pause: String? = null) = engine.resumeJourney(pause)

    /** The plan was seen as it is now: what moves later is told from here. */
    suspend fun acknowledgeMoves() = engine.acknowledgeMoves()

    /** What a newcomer sees first: the sponsor's letter, the leader's video, the tour; null where the company has none. */
    suspend fun welcome(): WelcomeView? = engine.welcome()

    /** The welcome was seen, on all of the person's phones. */
    suspend fun finishWelcome() = engine.finishWelcome()
}
