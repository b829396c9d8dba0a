package app.qadam.app

import android.app.Application
import android.content.Context
import app.qadam.core.Android
import app.qadam.core.SecureStore
import java.io.File

/** The process, whatever it was started for. */
open class QadamApplication : Application() {
    val core: Core by lazy { Core(this, ::prepare, ::secureStore) }

    override fun onCreate() {
        super.onCreate()
        Channels.create(this)
        BackgroundWork.schedule(this)
        core.start()
        registerActivityLifecycleCallbacks(Shown(core::shown))
    }

    /** Before the core is opened; not on the main thread. */
    protected open fun prepare() = Android.init(this)

    protected open fun secureStore(): SecureStore = KeystoreSecureStore(File(noBackupFilesDir, "secrets"), AndroidKey(this))
}

/** The one of this process. */
val Context.core: Core get() = (applicationContext as QadamApplication).core

/** A service that every Android has. */
internal inline fun <reified T : Any> Context.service(): T = checkNotNull(getSystemService(T::class.java))
