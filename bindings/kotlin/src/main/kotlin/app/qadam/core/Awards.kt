package app.qadam.core

import kotlinx.coroutines.flow.Flow

/** Points, level, badges and streak. */
class Awards internal constructor(private val engine: QadamEngine) {
    /** What has been earned, as it changes. */
    val changes: Flow<AwardsView> =
        live(engine::observeAwards, LiveAwards::stop) { query, after -> query.next(after)?.run { number to value } }

    suspend fun current(): AwardsView = engine.awards()
}
