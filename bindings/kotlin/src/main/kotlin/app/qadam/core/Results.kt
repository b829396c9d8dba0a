package app.qadam.core

import kotlinx.coroutines.flow.Flow

/** What the company's back office has confirmed, and what was taken back since it corrected that. */
class Results internal constructor(private val engine: QadamEngine) {
    /** Rank, volumes and sales, as they change. */
    val changes: Flow<ResultsView> =
        live(engine::observeResults, LiveResults::stop) { query, after -> query.next(after)?.run { number to value } }

    /** What was taken back and not seen yet, the newest first, as it changes. */
    val notices: Flow<List<NoticeView>> =
        live(engine::observeNotices, LiveNotices::stop) { query, after -> query.next(after)?.run { number to value } }

    suspend fun current(): ResultsView = engine.results()

    suspend fun currentNotices(): List<NoticeView> = engine.notices()

    /** The person has seen it: it is shown no more, on none of their phones. */
    suspend fun see(id: String) = engine.seeNotice(id)
}
