package app.qadam.core

import android.content.Context

/** What the core needs of Android alone: certificates are verified by the system, in Java. */
object Android {
    init {
        System.loadLibrary("qadam")
    }

    /** Before the first connection, once per process. */
    @JvmStatic
    external fun init(context: Context)
}
