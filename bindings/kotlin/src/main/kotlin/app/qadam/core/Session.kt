package app.qadam.core

import kotlinx.coroutines.flow.Flow

/** Who uses this phone. */
class Session internal constructor(private val engine: QadamEngine) {
    /** Who is signed in, as that changes. */
    val changes: Flow<SessionView> =
        live(engine::observeSession, LiveSession::stop) { query, after -> query.next(after)?.run { number to value } }

    suspend fun current(): SessionView = engine.session()

    /** Sets the password with an invite or reset code. Gives the log-in name. */
    suspend fun setPassword(server: String, code: String, password: String): String =
        engine.setPassword(server, code, password)

    suspend fun signIn(server: String, login: String, password: String, deviceName: String): AccountView =
        engine.signIn(server, login, password, deviceName)

    /**
     * Sends what waits, then removes everything of the account from this phone.
     *
     * @throws QadamException.Unsent where not all could be sent, unless [evenUnsent]: nothing was removed then.
     */
    suspend fun signOut(evenUnsent: Boolean = false): Unit = engine.signOut(evenUnsent)

    /** The account's devices; asks the server. */
    suspend fun devices(): List<DeviceView> = engine.devices()

    /** Signs another device out; it wipes itself as soon as it hears of it. */
    suspend fun revokeDevice(id: String): Unit = engine.revokeDevice(id)
}
