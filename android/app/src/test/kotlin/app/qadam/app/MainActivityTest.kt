package app.qadam.app

import android.content.Intent
import android.net.Uri
import android.os.Bundle
import app.qadam.ui.Route
import app.qadam.ui.routeOf
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNull
import kotlinx.coroutines.flow.firstOrNull
import kotlinx.coroutines.withTimeoutOrNull
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner

@RunWith(RobolectricTestRunner::class)
class MainActivityTest {
    private fun viewing(link: String) = Intent(Intent.ACTION_VIEW, Uri.parse(link), app, MainActivity::class.java)

    private fun next(activity: MainActivity): String? = beside { withTimeoutOrNull(200) { activity.links.firstOrNull() } }

    @Test
    fun startOpensTheCoreOnce() {
        val controller = Robolectric.buildActivity(MainActivity::class.java).setup()
        settle("the core opens") { app.core.state.value is Core.State.Open }
        controller.recreate()
        settle("it is still open") { app.core.state.value is Core.State.Open }
        assertEquals(1, app.prepared)
        controller.pause().stop().destroy()
    }
}
