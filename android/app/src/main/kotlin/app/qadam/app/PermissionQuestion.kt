package app.qadam.app

import android.Manifest
import android.content.Context
import android.content.res.Configuration
import android.os.Build
import androidx.activity.compose.rememberLauncherForActivityResult
import androidx.activity.result.contract.ActivityResultContracts
import androidx.annotation.RequiresApi
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.platform.LocalContext
import androidx.core.content.edit
import app.qadam.core.CoursesView
import app.qadam.core.JourneyView
import app.qadam.core.LessonStatus
import app.qadam.core.Qadam
import app.qadam.core.QadamException
import app.qadam.core.SessionView
import java.util.Locale
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.emptyFlow
import kotlinx.coroutines.flow.firstOrNull
import kotlinx.coroutines.flow.flatMapLatest
import kotlinx.coroutines.flow.retryWhen

/** How often somebody who was asked whether the app may show notifications said no; and when last, in milliseconds. */
data class Refusals(val count: Int = 0, val last: Long = 0)

/** Whether it is asked now: after the first success, not again for a month, and never after a second no. */
fun asks(permitted: Boolean, succeeded: Boolean, refusals: Refusals, now: Long): Boolean =
    !permitted && succeeded && refusals.count < 2 && (refusals.count == 0 || now - refusals.last >= MONTH)

private const val MONTH = 30L * 24 * 60 * 60_000

/** A first quiz was passed, or a first task done. */
fun succeeded(courses: CoursesView, journey: JourneyView?): Boolean {
    val lessons = courses.courses.flatMap { it.lessons }
    return (journey?.done ?: 0u) > 0u || lessons.any { it.status is LessonStatus.Passed || it.status is LessonStatus.Completed }
}

/** Remembers what was answered. */
class RefusalStore(context: Context) {
    private val kept = context.getSharedPreferences("permission", Context.MODE_PRIVATE)

    val refusals: Refusals get() = Refusals(kept.getInt("count", 0), kept.getLong("last", 0))

    fun refuse(now: Long) = kept.edit { putInt("count", refusals.count + 1).putLong("last", now) }
}

/** Asks with the reason first; the system, which gives none, only after a yes. */
@Composable
fun PermissionQuestion(core: Core, qadam: Qadam) {
    // Before, whoever installs an app permits it.
    if (Build.VERSION.SDK_INT >= 33) Question(core, qadam)
}

@RequiresApi(33)
@Composable
private fun Question(core: Core, qadam: Qadam) {
    val context = LocalContext.current
    val store = remember { RefusalStore(context) }
    var locale by rememberSaveable { mutableStateOf<String?>(null) }
    val system = rememberLauncherForActivityResult(ActivityResultContracts.RequestPermission()) { granted ->
        if (!granted) store.refuse(System.currentTimeMillis())
        core.permissionChanged()
    }
    LaunchedEffect(qadam) {
        val succeeded = qadam.successes().firstOrNull { it } ?: false
        if (asks(core.notifications.permitted, succeeded, store.refusals, System.currentTimeMillis())) attempt { locale = qadam.settings.current().locale }
    }
    val said = locale ?: return
    val words = remember(said) { context.createConfigurationContext(Configuration().apply { setLocale(Locale.forLanguageTag(said)) }) }
    val later = {
        locale = null
        store.refuse(System.currentTimeMillis())
    }
    AlertDialog(
        onDismissRequest = later,
        text = { Text(words.getString(R.string.permission_notifications)) },
        dismissButton = { TextButton(later) { Text(words.getString(R.string.action_later)) } },
        confirmButton = {
            TextButton({
                locale = null
                system.launch(Manifest.permission.POST_NOTIFICATIONS)
            }) { Text(words.getString(R.string.action_allow)) }
        },
    )
}

/** Whether whoever is signed in has had a success, as that changes. */
@OptIn(ExperimentalCoroutinesApi::class)
private fun Qadam.successes(): Flow<Boolean> = session.changes.flatMapLatest { session ->
    when (session) {
        SessionView.SignedOut -> emptyFlow()
        is SessionView.SignedIn -> combine(learning.courses, journey.plan, ::succeeded).retryWhen { problem, _ ->
            // It comes with the first sync.
            (problem is QadamException.ContentMissing).also { if (it) delay(2_000) }
        }.catch { if (it !is QadamException) throw it }
    }
}
