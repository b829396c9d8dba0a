package app.qadam.app

import android.net.ConnectivityManager
import android.net.NetworkCapabilities
import android.os.Looper
import androidx.work.testing.WorkManagerTestInitHelper
import app.qadam.core.Backend
import app.qadam.core.PASSWORD
import app.qadam.core.Qadam
import app.qadam.core.SecureStore
import app.qadam.core.SecureStoreException
import java.io.File
import java.time.Duration
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import kotlin.test.fail
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.async
import kotlinx.coroutines.cancel
import kotlinx.coroutines.runBlocking
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowNetworkCapabilities

/** The app itself, with what Robolectric lacks: WorkManager's own start, the verifier of Android alone, and a keystore. */
class TestApplication : QadamApplication() {
    var prepared = 0
        private set

    override fun onCreate() {
        WorkManagerTestInitHelper.initializeTestWorkManager(this)
        super.onCreate()
    }

    override fun onTerminate() {
        core.scope.cancel()
        (core.state.value as? Core.State.Open)?.qadam?.close()
        super.onTerminate()
    }

    override fun prepare() {
        prepared++
    }

    override fun secureStore(): SecureStore = KeystoreSecureStore(File(noBackupFilesDir, "secrets"), key)

    val key = HeldKey()
}

/** A key in memory; [problem] is what a keystore says instead. */
class HeldKey : StoreKey {
    private var held: SecretKey? = null

    @Volatile
    var problem: SecureStoreException? = null

    override fun get(): SecretKey? {
        problem?.let { throw it }
        return held
    }

    override fun create(): SecretKey {
        problem?.takeIf { it !is SecureStoreException.Invalidated }?.let { throw it }
        problem = null
        return KeyGenerator.getInstance("AES").apply { init(256) }.generateKey().also { held = it }
    }
}

val app: TestApplication get() = RuntimeEnvironment.getApplication() as TestApplication

/** Runs beside the main thread, which goes on meanwhile: Rust knows nothing of Robolectric's time. */
fun <T> beside(work: suspend CoroutineScope.() -> T): T = runBlocking {
    val result = CoroutineScope(Dispatchers.Default).async(block = work)
    settle("it does not end") { result.isCompleted }
    result.await()
}

/** Waits in real time, with the main thread going on. */
fun settle(otherwise: String, holds: () -> Boolean) {
    val until = System.nanoTime() + 20_000_000_000
    while (!holds()) {
        if (System.nanoTime() > until) fail(otherwise)
        // A frame further: what is shown is drawn by then.
        shadowOf(Looper.getMainLooper()).idleFor(Duration.ofMillis(16))
        Thread.sleep(10)
    }
    shadowOf(Looper.getMainLooper()).idle()
}

/** What the phone has from now on, as the system tells it. */
fun connect(capabilities: NetworkCapabilities?) {
    val manager = app.service<ConnectivityManager>()
    val network = checkNotNull(manager.activeNetwork)
    shadowOf(manager).setNetworkCapabilities(network, capabilities)
    for (callback in shadowOf(manager).networkCallbacks) {
        if (capabilities == null) callback.onLost(network) else callback.onCapabilitiesChanged(network, capabilities)
    }
}

fun unmetered(): NetworkCapabilities = ShadowNetworkCapabilities.newInstance().also {
    shadowOf(it).addCapability(NetworkCapabilities.NET_CAPABILITY_INTERNET)
    shadowOf(it).addCapability(NetworkCapabilities.NET_CAPABILITY_NOT_METERED)
}

/** The engine of this phone, with somebody new signed in and all content. Gives the log-in name too. */
fun signedIn(): Pair<Qadam, String> = beside {
    val qadam = checkNotNull(app.core.open())
    connect(unmetered())
    val (login, code) = Backend.invite()
    qadam.session.setPassword(Backend.address, code, PASSWORD)
    qadam.session.signIn(Backend.address, login, PASSWORD, "Robolectric")
    qadam.sync.now()
    // Asks for the lease of notifications, and has it.
    app.core.notifications.reconcile(qadam)
    qadam.sync.now()
    app.core.notifications.reconcile(qadam)
    qadam to login
}
