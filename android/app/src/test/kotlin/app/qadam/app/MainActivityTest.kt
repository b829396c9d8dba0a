package app.qadam.app

import android.Manifest
import android.app.NotificationManager
import android.content.Intent
import android.content.pm.PackageManager
import android.net.Uri
import android.os.Looper
import android.view.View
import android.view.ViewGroup
import androidx.compose.ui.node.RootForTest
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import app.qadam.core.ContactEdit
import app.qadam.core.SecureStoreException
import app.qadam.core.Texts
import app.qadam.ui.Route
import app.qadam.ui.routeOf
import java.time.Duration
import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.firstOrNull
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.shadows.ShadowDialog

@RunWith(RobolectricTestRunner::class)
class MainActivityTest {
    private fun viewing(link: String) = Intent(Intent.ACTION_VIEW, Uri.parse(link), app, MainActivity::class.java)

    private val started = mutableListOf<ActivityController<MainActivity>>()

    private fun started(intent: Intent): ActivityController<MainActivity> = Robolectric.buildActivity(MainActivity::class.java, intent).setup().also(started::add)

    /** Compose keeps its queue of frames for as long as the process lives: nothing may be left in it. */
    @AfterTest
    fun close() {
        started.forEach { it.close() }
        repeat(20) { shadowOf(Looper.getMainLooper()).idleFor(Duration.ofMillis(50)) }
    }

    /** With a phone that is locked: no screen is there which would follow the link. */
    private fun locked() {
        app.key.problem = SecureStoreException.Locked()
    }

    private fun next(activity: MainActivity): String? = beside { withTimeoutOrNull(300) { activity.links.firstOrNull() } }

    private fun texts(view: View): List<String> = when (view) {
        is RootForTest -> texts(view.semanticsOwner.rootSemanticsNode)
        is ViewGroup -> (0 until view.childCount).flatMap { texts(view.getChildAt(it)) }
        else -> emptyList()
    }

    private fun texts(node: SemanticsNode): List<String> =
        node.config.getOrNull(SemanticsProperties.Text).orEmpty().map { it.text } + node.children.flatMap(::texts)

    private fun shows(controller: ActivityController<MainActivity>, text: String) =
        settle("$text is not shown") { text in texts(controller.get().window.decorView) }

    @Test
    fun startOpensTheCoreOnce() {
        val controller = started(Intent(app, MainActivity::class.java))
        settle("the core opens") { app.core.state.value is Core.State.Open }
        shows(controller, Texts("en").signInTitle)
        controller.recreate()
        shows(controller, Texts("en").signInTitle)
        assertEquals(1, app.prepared)
    }

    @Test
    fun lockedPhoneIsTriedAgainWhenTheAppIsShownAgain() {
        locked()
        val controller = started(Intent(app, MainActivity::class.java))
        settle("it is tried") { app.prepared == 1 }
        Thread.sleep(300)
        assertEquals(Core.State.Closed, app.core.state.value)
        app.key.problem = null
        controller.pause().stop()
        Thread.sleep(300)
        controller.restart().start().resume()
        shows(controller, Texts("en").signInTitle)
    }

    @Test
    fun linkThatStartsTheAppIsFollowedOnce() {
        locked()
        val controller = started(viewing("qadam://reviews"))
        assertEquals("qadam://reviews", next(controller.get()))
        controller.recreate()
        assertNull(next(controller.get()), "it was followed before")
        val recent = viewing("qadam://reviews").addFlags(Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY)
        assertNull(next(started(recent).get()), "the list of recent apps keeps it")
    }

    @Test
    fun linkReachesTheAppThatIsThere() {
        locked()
        val controller = started(Intent(app, MainActivity::class.java))
        assertNull(next(controller.get()))
        controller.newIntent(viewing("qadam://lesson/hello"))
        controller.newIntent(viewing("qadam://plan"))
        assertEquals("qadam://plan", next(controller.get()), "the newest one counts")
        assertNull(next(controller.get()))
    }

    @Test
    fun linkLeadsToItsScreen() {
        signedIn()
        shows(started(viewing("qadam://reminders")), Texts("en").remindersTitle)
    }

    @Test
    fun hostileLinksLeadNowhere() {
        signedIn()
        val hostile = listOf(
            "javascript:alert(1)", "file:///data/data/app.qadam.app/no_backup/secrets", "content://app.qadam.app.files/media", "https://evil.example/reviews",
            "intent:#Intent;component=app.qadam.app/.MainActivity;end", "qadam:", "qadam://", "qadam://why/", "qadam://lesson/a/b",
            "qadam://" + "a".repeat(100_000), "qadam://%zz",
        )
        for (link in hostile) {
            assertNull(routeOf(link), link)
            val controller = started(viewing(link))
            shows(controller, Texts("en").todayTitle)
        }
        // An id that nobody has is said to be missing, and no more.
        shows(started(viewing("qadam://why/' OR 1=1")), Texts("en").todayTitle)
    }

    @Test
    fun pushOfTheServersLeadsToWhyItCame() {
        locked()
        val intent = Intent(app, MainActivity::class.java).putExtra("qadam", "nudge").putExtra("id", "0123456789abcdef").putExtra("rule", "streak")
        val link = checkNotNull(next(started(intent).get()))
        assertEquals(Route.Why("0123456789abcdef"), routeOf(link))
        assertNull(link(Intent(app, MainActivity::class.java).putExtra("qadam", "sync")))
    }

    /** A node that can be clicked and says this. */
    private fun button(node: SemanticsNode, text: String): SemanticsNode? =
        node.takeIf { it.config.getOrNull(SemanticsActions.OnClick) != null && text in texts(it) && node.children.none { child -> button(child, text) != null } }
            ?: node.children.firstNotNullOfOrNull { button(it, text) }

    private fun button(view: View, text: String): SemanticsNode? = when (view) {
        is RootForTest -> button(view.semanticsOwner.rootSemanticsNode, text)
        is ViewGroup -> (0 until view.childCount).firstNotNullOfOrNull { button(view.getChildAt(it), text) }
        else -> null
    }

    @Test
    fun permissionIsAskedForWithItsReasonAfterTheFirstSuccess() {
        val (qadam, _) = signedIn()
        shadowOf(app.service<NotificationManager>()).setNotificationsEnabled(false)
        val controller = started(Intent(app, MainActivity::class.java))
        shows(controller, Texts("en").todayTitle)
        assertNull(ShadowDialog.getLatestDialog(), "nothing was achieved yet")

        beside { qadam.journey.complete("meet-your-sponsor") }
        settle("it is not asked") { ShadowDialog.getLatestDialog()?.isShowing == true }
        val asked = ShadowDialog.getLatestDialog()
        val window = checkNotNull(asked.window).decorView
        settle("it has no reason") { app.getString(R.string.permission_notifications) in texts(window) }
        val allow = checkNotNull(button(window, app.getString(R.string.action_allow)))
        checkNotNull(allow.config[SemanticsActions.OnClick].action).invoke()
        settle("the system does not ask") { shadowOf(controller.get()).lastRequestedPermission != null }
        val request = shadowOf(controller.get()).lastRequestedPermission
        assertEquals(listOf(Manifest.permission.POST_NOTIFICATIONS), request.requestedPermissions.toList())
        settle("it stays") { !asked.isShowing }
        controller.get().onRequestPermissionsResult(request.requestCode, request.requestedPermissions, intArrayOf(PackageManager.PERMISSION_DENIED))
        settle("the refusal is not remembered") { RefusalStore(app).refusals.count == 1 }
        controller.recreate()
        shows(controller, Texts("en").todayTitle)
        assertFalse(ShadowDialog.getLatestDialog().isShowing, "it is not asked twice in a row")
    }

    @Test
    fun engineFollowsWhetherTheAppIsShown() {
        val (qadam, _) = signedIn()
        val controller = started(Intent(app, MainActivity::class.java))
        controller.pause().stop()
        Thread.sleep(1_000)
        beside {
            qadam.contacts.add(ContactEdit(name = "Aigul"))
            delay(1_500)
            assertEquals(1u, qadam.sync.currentStatus().pending, "nothing syncs by itself")
        }
        controller.restart().start().resume()
        settle("it is sent") { runBlocking { qadam.sync.currentStatus().pending } == 0u }
    }
}
