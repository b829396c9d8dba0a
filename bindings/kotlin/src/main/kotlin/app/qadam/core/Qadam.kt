package app.qadam.core

import java.util.TimeZone
import kotlin.time.Duration
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext

/**
 * Qadam on this phone: one per process, for as long as the process lives.
 *
 * Each noun has its own part. What can be asked is a `suspend` function, what changes over time is a cold [kotlinx.coroutines.flow.Flow]
 * that begins with how things are now. All of it can be called from any thread, the main one too: nothing runs on the caller's. A caller
 * that is cancelled loses nothing; what it began to write is written. Whatever fails throws a [QadamException].
 *
 * Not from [Dispatchers.Unconfined]: there the caller goes on inside a callback on a thread of the core's, and its next call is answered by a
 * callback inside that one. JNA detaches the thread after the inner one, which the JVM refuses ("JNA: could not detach thread") and Android ends the
 * process for. Tests of screens, which need an unconfined main thread, run on the JVM alone.
 *
 * The types of this package whose names begin with `Live`, [QadamEngine] and all converters are generated and are this wrapper's alone.
 */
class Qadam private constructor(private val engine: QadamEngine) : AutoCloseable {
    val session: Session = Session(engine)
    val learning: Learning = Learning(engine)
    val reviews: Reviews = Reviews(engine)
    val journey: Journey = Journey(engine)
    val nudges: Nudges = Nudges(engine)
    val reminders: Reminders = Reminders(engine)
    val people: People = People(engine)
    val results: Results = Results(engine)
    val offers: Offers = Offers(engine)
    val awards: Awards = Awards(engine)
    val contacts: Contacts = Contacts(engine)
    val team: Team = Team(engine)
    val settings: Settings = Settings(engine)
    val sync: Sync = Sync(engine)
    val media: Media = Media(engine)
    val push: Push = Push(engine)

    /** The app is shown again, perhaps in another time zone or network. */
    suspend fun foreground(network: Network): Unit = engine.foreground(network)

    /** The app goes away: what runs stops at a border within [deadline], and every lock is released. */
    suspend fun background(deadline: Duration): Unit = engine.background(deadline.millis())

    /** One bounded sync while the app is not shown. */
    suspend fun runBackground(budget: Duration): BackgroundOutcome = engine.runBackground(budget.millis())

    /** The platform sees another network. */
    fun setNetwork(network: Network): Unit = engine.setNetwork(network)

    /** Ends all flows and finishes what is being written. Whatever is called later fails with [QadamException.Closed]. */
    suspend fun shutDown(): Unit = engine.shutDown()

    /** [shutDown], for `use` and for whoever has no coroutine; blocks until it is done. */
    override fun close() {
        runBlocking { shutDown() }
    }

    companion object {
        /**
         * Opens what this phone holds. Days are those of the phone's own zone, unless a test has another.
         *
         * @throws QadamException.SecureStoreLocked where the phone has not been unlocked since it started: nothing was changed, try later.
         */
        suspend fun open(config: Config, secureStore: SecureStore, zone: Zone = PhoneZone): Qadam =
            withContext(Dispatchers.IO) {
                // A library that these bindings were not generated from fails here, not in some later call.
                uniffiEnsureInitialized()
                Qadam(QadamEngine.open(config, secureStore, zone))
            }
    }
}

/** The zone in which the phone is; asked anew each time, since it may have travelled. */
private object PhoneZone : Zone {
    override fun offset(at: Long): Int = TimeZone.getDefault().getOffset(at) / 60_000
}
