package app.qadam.app

import android.os.Looper
import androidx.startup.InitializationProvider
import androidx.work.testing.WorkManagerTestInitHelper
import app.qadam.core.Backend
import app.qadam.core.Network
import app.qadam.core.PASSWORD
import app.qadam.core.Qadam
import app.qadam.core.SecureStore
import app.qadam.core.SecureStoreException
import java.io.File
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import kotlin.test.fail
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf

/** The app itself, with what Robolectric lacks: libraries that start by themselves, the verifier of Android alone, and a keystore. */
class TestApplication : QadamApplication() {
    var prepared = 0
        private set

    override fun onCreate() {
        Robolectric.setupContentProvider(InitializationProvider::class.java)
        WorkManagerTestInitHelper.initializeTestWorkManager(this)
        super.onCreate()
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
    val until = System.nanoTime() + 15_000_000_000
    while (!holds()) {
        if (System.nanoTime() > until) fail(otherwise)
        shadowOf(Looper.getMainLooper()).idle()
        Thread.sleep(10)
    }
    shadowOf(Looper.getMainLooper()).idle()
}

/** The engine of this phone, with somebody new signed in and all content. Gives the log-in name too. */
fun signedIn(): Pair<Qadam, String> = beside {
    val qadam = checkNotNull(app.core.open())
    qadam.setNetwork(Network.UNMETERED)
    val (login, code) = Backend.invite()
    qadam.session.setPassword(Backend.address, code, PASSWORD)
    qadam.session.signIn(Backend.address, login, PASSWORD, "Robolectric")
    qadam.sync.now()
    qadam to login
}
