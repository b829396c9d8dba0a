package app.qadam.app

import android.Manifest
import android.app.AlarmManager
import android.app.Notification
import android.app.NotificationManager
import android.content.Intent
import app.qadam.core.Backend
import app.qadam.core.NudgeCategory
import app.qadam.core.Qadam
import app.qadam.core.SessionView
import app.qadam.core.Texts
import java.time.LocalDate
import java.time.LocalDateTime
import java.time.ZoneId
import java.time.ZoneOffset
import java.util.TimeZone
import kotlin.test.AfterTest
import kotlin.test.BeforeTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.test.fail
import kotlinx.coroutines.runBlocking
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf

/** On the real core; what is planned is its own. */
@RunWith(RobolectricTestRunner::class)
class NotificationsTest {
    private val zone = TimeZone.getDefault()
    private val manager get() = app.service<NotificationManager>()

    @BeforeTest
    fun permit() = shadowOf(app).grantPermissions(Manifest.permission.POST_NOTIFICATIONS)

    @AfterTest
    fun home() = TimeZone.setDefault(zone)

    private fun alarms(): Map<String, Long> = shadowOf(app.service<AlarmManager>()).scheduledAlarms
        .filter { shadowOf(it.operation).savedIntent.action == NudgeReceiver.SHOW }
        .associate { shadowOf(it.operation).savedIntent.data!!.schemeSpecificPart to it.triggerAtMs }

    private fun alarm(id: String): Intent = shadowOf(app.service<AlarmManager>()).scheduledAlarms
        .map { shadowOf(it.operation).savedIntent }.first { it.data!!.schemeSpecificPart == id }

    private fun shown(id: String): Notification? = manager.activeNotifications.firstOrNull { it.tag == id }?.notification

    /** As Android does it: again, where the engine's clock is some milliseconds behind the phone's and the alarm was set anew. */
    private fun comes(id: String) = settle("it is not shown") {
        if (id in alarms()) app.sendBroadcast(alarm(id))
        Thread.sleep(200)
        shown(id) != null
    }

    /** Its alarm comes, and nothing is shown for it. */
    private fun passes(id: String, alarm: Intent) {
        settle("it is still to come") {
            app.sendBroadcast(alarm)
            Thread.sleep(200)
            id !in alarms()
        }
        assertNull(shown(id))
    }

    private fun reminder(qadam: Qadam, time: LocalDateTime): String = beside {
        qadam.reminders.add("Ask Dana", time.toLocalDate().toString(), (time.hour * 60 + time.minute).toUInt())
            .also { app.core.notifications.reconcile(qadam) }
    }

    @Test
    fun channelsAreThereAndFollowTheLanguage() {
        assertEquals(listOf("business", "company", "learning", "reminder", "team"), manager.notificationChannels.map { it.id }.sorted())
        assertEquals("Team", manager.getNotificationChannel("team").name)
        RuntimeEnvironment.setQualifiers("kk")
        app.sendBroadcast(Intent(Intent.ACTION_LOCALE_CHANGED).setClass(app, SystemReceiver::class.java))
        settle("the channel is not renamed") { manager.getNotificationChannel("team").name == "Команда" }
    }

    @Test
    fun reminderHasAnAlarmWhileItIsPlanned() {
        val (qadam, _) = signedIn()
        val id = reminder(qadam, LocalDateTime.now().plusDays(2))
        assertTrue(id in alarms())
        beside {
            qadam.reminders.finish(id)
            app.core.notifications.reconcile(qadam)
        }
        assertTrue(id !in alarms())
    }

    @Test
    fun noMoreAlarmsThanTheEnginePlans() {
        val (qadam, _) = signedIn()
        beside {
            val day = LocalDateTime.now().plusDays(2).toLocalDate().toString()
            for (minute in 0u until 60u) qadam.reminders.add("Reminder $minute", day, 600u + minute)
            app.core.notifications.reconcile(qadam)
        }
        assertEquals(48, alarms().size)
    }

    @Test
    fun reminderIsShownWhenItsTimeHasComeAndStillStands() {
        val (qadam, _) = signedIn()
        // The next minute that leaves time to set them all.
        val time = LocalDateTime.now().plusSeconds(65).withSecond(0)
        val ids = List(4) { reminder(qadam, time) }
        val (due, done, moved, expired) = ids
        val intents = ids.associateWith(::alarm)
        beside {
            qadam.reminders.finish(done)
            val later = LocalDateTime.now().plusDays(1)
            qadam.reminders.change(moved, "Ask Dana", later.toLocalDate().toString(), (later.hour * 60 + later.minute).toUInt())
        }
        app.sendBroadcast(intents.getValue(due))
        Thread.sleep(1_000)
        assertNull(shown(due), "its time has not come")
        Thread.sleep(maxOf(0, time.atZone(ZoneId.systemDefault()).toInstant().toEpochMilli() + 500 - System.currentTimeMillis()))

        passes(done, intents.getValue(done))
        app.sendBroadcast(intents.getValue(moved))
        passes(expired, Intent(intents.getValue(expired)).putExtra(NudgeReceiver.EXPIRES, System.currentTimeMillis() - 1))
        comes(due)
        assertEquals(listOf(due), manager.activeNotifications.map { it.tag })
        val notification = assertNotNull(shown(due))
        assertEquals("reminder", notification.channelId)
        assertEquals("Ask Dana", notification.extras.getString(Notification.EXTRA_TITLE))
        assertEquals("qadam://reminders", shadowOf(notification.contentIntent).savedIntent.dataString)
        assertTrue(due !in alarms())
        assertTrue((alarms()[moved] ?: 0) > System.currentTimeMillis() + 60_000, "it has an alarm at its new time")

        beside { qadam.session.signOut() }
        settle("alarms or notifications are left") { shadowOf(app.service<AlarmManager>()).scheduledAlarms.isEmpty() && manager.activeNotifications.isEmpty() }
    }

    @Test
    fun restartSetsTheAlarmsAgain() {
        val (qadam, _) = signedIn()
        val id = reminder(qadam, LocalDateTime.now().plusDays(2))
        val before = alarms()
        for (action in listOf(Intent.ACTION_BOOT_COMPLETED, Intent.ACTION_MY_PACKAGE_REPLACED, Intent.ACTION_TIME_CHANGED)) {
            // What Android forgets.
            for (alarm in shadowOf(app.service<AlarmManager>()).scheduledAlarms) app.service<AlarmManager>().cancel(alarm.operation!!)
            assertTrue(id !in alarms())
            app.sendBroadcast(Intent(action).setClass(app, SystemReceiver::class.java))
            settle("$action plans nothing") { id in alarms() }
        }
        assertEquals(before.keys, alarms().keys)
    }

    @Test
    fun journeyToAnotherZoneMovesTheAlarm() {
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Almaty"))
        val (qadam, _) = signedIn()
        val id = reminder(qadam, LocalDateTime.now().plusDays(2))
        val before = alarms().getValue(id)
        TimeZone.setDefault(TimeZone.getTimeZone("Europe/Madrid"))
        app.sendBroadcast(Intent(Intent.ACTION_TIMEZONE_CHANGED).setClass(app, SystemReceiver::class.java))
        // Winter or summer, and by newer rules or older ones.
        settle("it is not moved") { alarms().getValue(id) - before in 3 * HOUR - 60_000..5 * HOUR + 60_000 }
    }

    /** Somebody's first sale, in a zone in which it is some hour of the day; on their own day the rule's nudge comes at once. Gives its id. */
    private fun firstSale(hour: Int): Pair<Qadam, String> {
        repeat(5) {
            val now = (System.currentTimeMillis() / HOUR % 24).toInt()
            TimeZone.setDefault(TimeZone.getTimeZone("GMT%+03d:00".format((hour - now + 36) % 24 - 12)))
            val (qadam, _) = signedIn()
            val id = beside {
                qadam.nudges.setBestMinute(8u * 60u)
                val me = assertIs<SessionView.SignedIn>(qadam.session.current()).account.distributor
                val today = LocalDate.now(ZoneOffset.UTC)
                Backend.importResults("sales", "id,version,distributor,day,volume,buyer,status\nfirst-$me,1,$me,$today,300,customer,confirmed\n")
                qadam.sync.now()
                app.core.notifications.reconcile(qadam)
                val soon = alarms().filterValues { it < System.currentTimeMillis() + 1_000 }
                qadam.nudges.currentMessages().firstOrNull { it.category == NudgeCategory.BUSINESS && it.id in soon }?.id
            }
            if (id != null) return qadam to id
            // This weekday is the server's for them: another person has another one.
            beside { qadam.session.signOut() }
        }
        fail("nobody's day")
    }

    @Test
    fun nudgeIsShownWithItsReasonAndItsWayOut() {
        val (qadam, id) = firstSale(hour = 12)
        comes(id)
        val notification = assertNotNull(shown(id))
        assertEquals("business", notification.channelId)
        assertEquals("Your first sale is confirmed", notification.extras.getString(Notification.EXTRA_TITLE))
        assertEquals("qadam://why/$id", shadowOf(notification.contentIntent).savedIntent.dataString)
        assertEquals(listOf(Texts("en").messagesWhy, Texts("en").whyNever), notification.actions.map { it.title.toString() })
        assertEquals("qadam://why/$id", shadowOf(notification.actions[0].actionIntent).savedIntent.dataString)
        assertTrue(notification.timeoutAfter > 0)

        app.sendBroadcast(shadowOf(notification.actions[1].actionIntent).savedIntent)
        settle("it still comes") { runBlocking { qadam.nudges.settings() }.never.singleOrNull()?.rule == "first-sale" && shown(id) == null }
    }

    @Test
    fun nudgeThatTheyWantNoMoreIsNotShown() {
        val (qadam, id) = firstSale(hour = 12)
        val alarm = alarm(id)
        shadowOf(app.service<AlarmManager>()).scheduledAlarms.forEach { app.service<AlarmManager>().cancel(it.operation!!) }
        beside { qadam.nudges.never("first-sale") }
        passes(id, alarm)
    }

    @Test
    fun nudgeThatWasSeenInTheAppIsNotShown() {
        val (qadam, id) = firstSale(hour = 12)
        val alarm = alarm(id)
        beside {
            qadam.nudges.plan(permission = true)
            qadam.nudges.open(id)
        }
        passes(id, alarm)
    }

    @Test
    fun nudgeOfTheEveningIsNotShownAtNight() {
        val (_, id) = firstSale(hour = 20)
        val alarm = alarm(id)
        // The alarm is late.
        TimeZone.setDefault(TimeZone.getTimeZone("GMT%+03d:00".format(TimeZone.getDefault().rawOffset / HOUR.toInt() + 2)))
        passes(id, alarm)
    }

    @Test
    fun nudgeThatIsSwipedAwayIsNoted() {
        val (qadam, id) = firstSale(hour = 12)
        comes(id)
        beside { qadam.sync.now() }
        connect(null)
        assertEquals(0u, runBlocking { qadam.sync.currentStatus() }.pending)
        app.sendBroadcast(shadowOf(assertNotNull(shown(id)).deleteIntent).savedIntent)
        settle("nothing is noted") { runBlocking { qadam.sync.currentStatus() }.pending == 1u }
    }

    @Test
    fun nothingIsShownWithoutPermission() {
        val (_, id) = firstSale(hour = 12)
        shadowOf(manager).setNotificationsEnabled(false)
        passes(id, alarm(id))
    }

    private companion object {
        const val HOUR = 60 * 60_000L
    }
}
