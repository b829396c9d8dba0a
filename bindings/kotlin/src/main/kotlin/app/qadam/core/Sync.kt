package app.qadam.core

import kotlinx.coroutines.flow.Flow

/** How things stand with the server. Syncing happens by itself; nothing needs to wait for it. */
class Sync internal constructor(private val engine: QadamEngine) {
    /** How things stand, as that changes. */
    val status: Flow<SyncStatusView> =
        live(engine::observeSyncStatus, LiveSyncStatus::stop) { query, after -> query.next(after)?.run { number to value } }

    /** What the server refused and the person has not dismissed, as that changes. */
    val refusals: Flow<List<RefusalView>> =
        live(engine::observeRefusals, LiveRefusals::stop) { query, after -> query.next(after)?.run { number to value } }

    /** Syncs now, until both sides are in step. */
    suspend fun now(): SyncOutcome = engine.sync()

    suspend fun currentStatus(): SyncStatusView = engine.syncStatus()

    suspend fun currentRefusals(): List<RefusalView> = engine.refusals()

    suspend fun dismissRefusal(id: String): Unit = engine.dismissRefusal(id)
}
