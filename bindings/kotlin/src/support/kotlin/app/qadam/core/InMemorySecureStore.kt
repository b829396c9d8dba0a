package app.qadam.core

import java.util.concurrent.ConcurrentHashMap

/** Secrets of a test's phone. [failure], where there is one, is thrown by every call. */
class InMemorySecureStore : SecureStore {
    private val values = ConcurrentHashMap<String, String>()

    @Volatile
    var failure: (() -> Throwable)? = null

    override fun get(name: String): String? {
        failure?.let { throw it() }
        return values[name]
    }

    override fun set(name: String, value: String) {
        failure?.let { throw it() }
        values[name] = value
    }

    override fun remove(name: String) {
        failure?.let { throw it() }
        values.remove(name)
    }
}
