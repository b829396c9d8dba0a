package app.qadam.app

import android.content.Context
import app.qadam.core.PushToken
import app.qadam.core.PushVendor
import com.google.firebase.FirebaseApp
import com.google.firebase.messaging.FirebaseMessaging
import com.google.firebase.messaging.FirebaseMessagingService
import com.google.firebase.messaging.RemoteMessage
import kotlin.coroutines.resume
import kotlinx.coroutines.launch
import kotlinx.coroutines.suspendCancellableCoroutine

/** How Firebase reaches this device; null where it can't. By a token, which the server's messages name; what replaces it names Firebase's own installations. */
@Suppress("DEPRECATION")
suspend fun pushToken(context: Context, permitted: Boolean): PushToken? {
    // A build without a Firebase project of its own, or a phone without Google's services.
    if (FirebaseApp.getApps(context).isEmpty()) return null
    val token = suspendCancellableCoroutine { continuation ->
        FirebaseMessaging.getInstance().token.addOnCompleteListener { task ->
            continuation.resume(if (task.isSuccessful) task.result else null)
        }
    }
    return token?.let { PushToken(PushVendor.FCM, it, app = null, sandbox = false, permission = permitted) }
}

/** Nothing of a person travels in a push: whatever it is about comes with a sync. */
class PushService : FirebaseMessagingService() {
    override fun onMessageReceived(message: RemoteMessage) {
        if (message.data.containsKey(KIND)) BackgroundWork.now(this)
    }

    /** Too many waited, and all were dropped. */
    override fun onDeletedMessages() = BackgroundWork.now(this)

    @Deprecated("As Firebase has it")
    override fun onNewToken(token: String) {
        core.scope.launch { core.open()?.let { core.tellToken(it) } }
    }

    private companion object {
        /** As the server writes it: `sync`, or `nudge` for one that came while the app was shown. */
        const val KIND = "qadam"
    }
}
