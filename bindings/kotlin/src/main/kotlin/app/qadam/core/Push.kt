package app.qadam.core

import kotlin.time.Duration

/** How this device can be woken by the platform's push service. Without, nothing is lost but immediacy. */
class Push internal constructor(private val engine: QadamEngine) {
    /**
     * The platform's word on how this device can be woken, or null where it can't be: to be said at each start, and whenever it changes. The server
     * is told with the next sync, if it does not know.
     */
    suspend fun setToken(token: PushToken?): Unit = engine.pushToken(token)

    /** A push came that wakes: one bounded sync brings what it is about. */
    suspend fun woken(budget: Duration): BackgroundOutcome = engine.woken(budget.millis())
}
