package app.qadam.app

import android.content.Context
import app.qadam.core.Config
import app.qadam.core.Network
import app.qadam.core.Qadam
import app.qadam.core.QadamException
import app.qadam.core.SecureStore
import app.qadam.core.SessionView
import java.io.File
import java.util.Locale
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.dropWhile
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.merge
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** The one engine of this process, and its life with the app's. */
class Core(private val context: Context, prepare: () -> Unit, private val secureStore: () -> SecureStore) {
    sealed interface State {
        /** Not opened yet; or the phone was not unlocked since its start, and it is tried again when the app is next shown or woken. */
        data object Closed : State

        data class Open(val qadam: Qadam) : State

        data class Failed(val problem: QadamException) : State
    }

    /** Ends with the process. */
    val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    val notifications = Notifications(context)
    private val states = MutableStateFlow<State>(State.Closed)
    val state: StateFlow<State> = states.asStateFlow()
    private val shown = MutableStateFlow(false)
    private val opening = Mutex()
    private val prepared by lazy(prepare)
    private val reachability = Reachability(context)

    /** Follows whether the app is shown, each change after the one before it. */
    fun start() {
        Files(context).clear()
        scope.launch { shown.dropWhile { !it }.collect { if (it) foreground() else background() } }
    }

    fun shown(shown: Boolean) {
        this.shown.value = shown
    }

    /** The engine, opened once; null where it can't be opened now. */
    suspend fun open(): Qadam? = scope.async { opening.withLock { opened() } }.await()

    private suspend fun opened(): Qadam? {
        (states.value as? State.Open)?.let { return it.qadam }
        try {
            prepared
            // Until the platform has told what there is.
            val config = Config(directory().path, "qadam-android/${version()}", Locale.getDefault().toLanguageTag(), Network.OFFLINE)
            val qadam = Qadam.open(config, secureStore())
            reachability.start(qadam::setNetwork)
            states.value = State.Open(qadam)
            scope.launch { follow(qadam) }
            return qadam
        } catch (_: QadamException.SecureStoreLocked) {
            states.value = State.Closed
        } catch (problem: QadamException) {
            states.value = State.Failed(problem)
        }
        return null
    }

    /** Never in a backup: a copy of a phone would be another phone under the same name. */
    private fun directory() = File(context.noBackupFilesDir, "qadam").apply { mkdirs() }

    private fun version(): String = context.packageManager.getPackageInfo(context.packageName, 0).versionName ?: "0"

    /** Plans anew with what comes, what the person sets, and each sync, for as long as the engine is open. */
    private suspend fun follow(qadam: Qadam) = qadam.session.changes.collectLatest { session ->
        notifications.reconcile(qadam)
        if (session is SessionView.SignedIn) {
            tellToken(qadam)
            val synced = qadam.sync.status.map { it.lastSuccess }.distinctUntilChanged()
            attempt { merge(qadam.nudges.messages, qadam.reminders.changes, synced).conflate().collect { notifications.reconcile(qadam) } }
        }
    }

    /** How this device can be woken: at each start, and whenever it or the permission changes. */
    suspend fun tellToken(qadam: Qadam) = attempt { qadam.push.setToken(pushToken(context, notifications.permitted)) }

    /** The person decided whether the app may show notifications: it may plan more now, and the server is told. */
    fun permissionChanged() {
        scope.launch {
            val qadam = open() ?: return@launch
            notifications.reconcile(qadam)
            tellToken(qadam)
        }
    }

    private suspend fun foreground() {
        val qadam = open() ?: return
        attempt { qadam.foreground(reachability.now) }
        // It may have changed meanwhile.
        qadam.setNetwork(reachability.now)
        notifications.reconcile(qadam)
    }

    private suspend fun background() {
        val qadam = (states.value as? State.Open)?.qadam ?: return
        // With all that the person did and chose.
        notifications.reconcile(qadam)
        attempt { qadam.background(LEAVING) }
    }

    private companion object {
        /** Longer than a sync needs to come to a border; shorter than Android lets an app run that is not shown. */
        val LEAVING = 5.seconds
    }
}

/** What fails here fails again where somebody looks: nothing is lost by going on. */
internal suspend fun attempt(work: suspend () -> Unit) {
    try {
        work()
    } catch (_: QadamException) {
    }
}
