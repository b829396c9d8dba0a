package app.qadam.core

import kotlinx.coroutines.flow.Flow

/** What the person has chosen. */
class Settings internal constructor(private val engine: QadamEngine) {
    /** Settings, as they change. */
    val changes: Flow<SettingsView> =
        live(engine::observeSettings, LiveSettings::stop) { query, after -> query.next(after)?.run { number to value } }

    suspend fun current(): SettingsView = engine.settings()

    /** A BCP 47 tag, one of [SettingsView.locales]. */
    suspend fun setLocale(locale: String): Unit = engine.setLocale(locale)

    /** Whether media are fetched ahead on metered networks too, and the storage for them in bytes. */
    suspend fun setMedia(onMetered: Boolean, budget: Long): Unit = engine.setMedia(onMetered, budget)

    /** Writes all that the person has to a new file at this path, as JSON; one that is there is written over. */
    suspend fun export(path: String): Unit = engine.export(path)
}
