package app.qadam.core

/** Pictures, sound and video of the lessons. */
class Media internal constructor(private val engine: QadamEngine) {
    /** Without fetching it. */
    suspend fun current(name: String): MediaView = engine.media(name)

    /** Fetches it now, whatever the network. */
    suspend fun fetch(name: String): MediaView = engine.fetchMedia(name)

    /** What is open is never evicted: [release] it when it is no longer shown. */
    suspend fun open(name: String): MediaView = engine.openMedia(name)

    suspend fun release(name: String): Unit = engine.releaseMedia(name)

    suspend fun status(): MediaStatusView = engine.mediaStatus()
}
