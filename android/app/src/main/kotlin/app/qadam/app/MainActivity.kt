package app.qadam.app

import android.content.Intent
import android.os.Bundle
import androidx.activity.ComponentActivity
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.material3.Surface
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import app.qadam.core.Texts
import app.qadam.ui.LocalTexts
import app.qadam.ui.Note
import app.qadam.ui.QadamApp
import app.qadam.ui.QadamTheme
import app.qadam.ui.Quiet
import app.qadam.ui.of
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.receiveAsFlow
import kotlinx.coroutines.launch

/** The one window: Qadam's screens over the core of this process. */
class MainActivity : ComponentActivity() {
    private val sent = Channel<String>(Channel.CONFLATED)

    /** Where the app was told to go from outside; each is followed once. */
    internal val links: Flow<String> = sent.receiveAsFlow()

    override fun onCreate(savedInstanceState: Bundle?) {
        enableEdgeToEdge()
        super.onCreate(savedInstanceState)
        // What is restored was followed before; so was what comes from the list of recent apps.
        val again = savedInstanceState != null || intent.flags and Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY != 0
        if (!again) follow(intent)
        val platform = AndroidPlatform(this)
        setContent { Content(platform) }
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        setIntent(intent)
        follow(intent)
    }

    private fun follow(intent: Intent) {
        link(intent)?.let(sent::trySend)
    }

    @Composable
    private fun Content(platform: AndroidPlatform) {
        val state by core.state.collectAsStateWithLifecycle()
        when (val now = state) {
            // For a moment, or until the phone is unlocked for the first time since its start.
            Core.State.Closed -> QadamTheme(platform.font, isSystemInDarkTheme()) { Surface(Modifier.fillMaxSize()) {} }
            is Core.State.Failed -> {
                val texts = Texts(platform.locale)
                CompositionLocalProvider(LocalTexts provides texts) {
                    QadamTheme(platform.font, isSystemInDarkTheme()) {
                        Surface(Modifier.fillMaxSize().safeDrawingPadding()) {
                            Note(texts.of(now.problem)) { Quiet(texts.retry) { core.scope.launch { core.open() } } }
                        }
                    }
                }
            }
            is Core.State.Open -> {
                QadamApp(now.qadam, platform, links)
                QadamTheme(platform.font, isSystemInDarkTheme()) { PermissionQuestion(core, now.qadam) }
            }
        }
    }
}

/** Where an intent leads; which screen that is, the screens decide ([app.qadam.ui.routeOf]). A push of the server's that the system showed has only its id. */
internal fun link(intent: Intent): String? = when {
    intent.action == Intent.ACTION_VIEW -> intent.dataString
    intent.getStringExtra("qadam") == "nudge" -> intent.getStringExtra("id")?.let { "qadam://why/$it" }
    else -> null
}
