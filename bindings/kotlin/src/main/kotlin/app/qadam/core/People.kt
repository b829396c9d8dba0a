package app.qadam.core

import kotlinx.coroutines.flow.Flow

/** For who has a team: whom a word would help now. */
class People internal constructor(private val engine: QadamEngine) {
    /** The most urgent first, as it changes. */
    val worklist: Flow<List<SignalView>> =
        live(engine::observePeople, LivePeople::stop) { query, after -> query.next(after)?.run { number to value } }

    suspend fun currentWorklist(): List<SignalView> = engine.people()

    /** It is looked after: it leaves the list, on all of the person's phones. */
    suspend fun finish(id: String) = engine.finishSignal(id)
}
