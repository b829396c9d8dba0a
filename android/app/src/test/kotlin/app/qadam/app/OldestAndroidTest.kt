package app.qadam.app

import android.app.AlarmManager
import android.app.NotificationManager
import android.content.Intent
import androidx.work.ListenableWorker
import androidx.work.testing.TestListenableWorkerBuilder
import app.qadam.core.SessionView
import java.time.LocalDateTime
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertTrue
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** What has no screen, on Android 7: no channels, no permission to ask for. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [24])
@GraphicsMode(GraphicsMode.Mode.LEGACY)
class OldestAndroidTest {
    @Test
    fun alarmsAndSyncsAreThere() {
        val (qadam, _) = signedIn()
        assertIs<SessionView.SignedIn>(beside { qadam.session.current() })
        assertTrue(app.core.notifications.permitted)
        val time = LocalDateTime.now().plusDays(1)
        val id = beside {
            qadam.reminders.add("Ask Dana", time.toLocalDate().toString(), (time.hour * 60 + time.minute).toUInt()).also { app.core.notifications.reconcile(qadam) }
        }
        fun alarms() = shadowOf(app.service<AlarmManager>()).scheduledAlarms.mapNotNull { shadowOf(it.operation).savedIntent.data?.schemeSpecificPart }
        assertTrue(id in alarms())
        for (alarm in shadowOf(app.service<AlarmManager>()).scheduledAlarms) app.service<AlarmManager>().cancel(checkNotNull(alarm.operation))
        assertTrue(id !in alarms())
        app.sendBroadcast(Intent(Intent.ACTION_BOOT_COMPLETED).setClass(app, SystemReceiver::class.java))
        settle("it is not set again") { id in alarms() }
        assertEquals(ListenableWorker.Result.success(), beside { TestListenableWorkerBuilder<SyncWorker>(app).build().doWork() })
        beside { qadam.session.signOut() }
        settle("alarms are left") { alarms().none { it == id } }
        assertEquals(0, app.service<NotificationManager>().activeNotifications.size)
    }
}
