package app.qadam.app

import android.content.Intent
import android.graphics.Bitmap
import android.net.Uri
import android.provider.Settings
import app.qadam.ui.PhoneContact
import app.qadam.ui.routeOf
import java.io.File
import java.io.FileOutputStream
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.xmlpull.v1.XmlPullParser

@RunWith(RobolectricTestRunner::class)
class AndroidPlatformTest {
    private val platform = AndroidPlatform(app)

    private fun started(): Intent? = shadowOf(app).nextStartedActivity

    /** What a chooser offers to others. */
    private fun chosen(): Intent {
        val chooser = assertNotNull(started())
        assertEquals(Intent.ACTION_CHOOSER, chooser.action)
        return assertNotNull(chooser.getParcelableExtra(Intent.EXTRA_INTENT, Intent::class.java))
    }

    private fun content(uri: Uri?): String = app.contentResolver.openInputStream(assertNotNull(uri))!!.use { it.reader().readText() }

    @Test
    fun addressesGoToTheAppThatIsForThem() {
        val actions = mapOf(
            "tel:+77011234567" to Intent.ACTION_DIAL,
            "sms:+77011234567" to Intent.ACTION_SENDTO,
            "mailto:a@example.com" to Intent.ACTION_SENDTO,
            "https://example.com/" to Intent.ACTION_VIEW,
        )
        for ((address, action) in actions) {
            platform.open(address)
            val intent = assertNotNull(started(), address)
            assertEquals(action to address, intent.action to intent.dataString)
        }
        val hostile = listOf("javascript:alert(1)", "content://contacts/people/1", "intent:#Intent;end", "file:///etc/hosts", "/etc/hosts", "market://details?id=a")
        for (address in hostile) {
            platform.open(address)
            assertNull(started(), address)
        }
    }

    /** In one test, since `FileProvider` keeps its folders for as long as the process lives. */
    @Test
    fun filesAreReadByOthersWhereTheyAreGivenToThem() {
        val sound = File(app.noBackupFilesDir, "qadam/media/0123.mp3").apply { parentFile!!.mkdirs() }
        sound.writeText("sound")
        platform.open(sound.path)
        val playing = assertNotNull(started())
        assertEquals("content", playing.data!!.scheme)
        assertTrue(playing.flags and Intent.FLAG_GRANT_READ_URI_PERMISSION != 0)
        assertEquals("sound", content(playing.data))
        // What else lies there is nobody's.
        for (secret in listOf("secrets", "qadam/device.db", "qadam/media/../../secrets")) {
            assertFailsWith<IllegalArgumentException>(secret) { Files(app).address(File(app.noBackupFilesDir, secret)) }
        }

        val path = platform.outgoing("qadam.json")
        File(path).writeText("{}")
        platform.handOut(path)
        val sending = chosen()
        assertEquals(Intent.ACTION_SEND, sending.action)
        assertEquals("{}", content(sending.getParcelableExtra(Intent.EXTRA_STREAM, Uri::class.java)))
        assertTrue(sending.flags and Intent.FLAG_GRANT_READ_URI_PERMISSION != 0)
        assertEquals(File(path).parentFile, File(platform.outgoing("../../secrets")).parentFile, "a name is no path")
        app.core.start()
        assertFalse(File(path).exists(), "it goes with the next start")
    }

    @Test
    fun textIsShared() {
        platform.share("Қадам")
        assertEquals("Қадам", chosen().getStringExtra(Intent.EXTRA_TEXT))
    }

    @Test
    fun pictureIsNoLargerThanAScreenNeeds() {
        val file = File(app.cacheDir, "picture.png")
        FileOutputStream(file).use { Bitmap.createBitmap(5_000, 500, Bitmap.Config.ARGB_8888).compress(Bitmap.CompressFormat.PNG, 100, it) }
        val picture = assertNotNull(platform.picture(file.path))
        assertEquals(2_500 to 250, picture.width to picture.height)
        file.writeText("no picture")
        assertNull(platform.picture(file.path))
        assertNull(platform.picture("/nowhere.png"))
    }

    @Test
    fun motionIsReducedWhereThePhoneSaysSo() {
        assertFalse(platform.reduceMotion)
        Settings.Global.putFloat(app.contentResolver, Settings.Global.ANIMATOR_DURATION_SCALE, 0f)
        assertTrue(platform.reduceMotion)
    }

    @Test
    fun pickedRowSaysNameAndNumberAndNoMore() {
        val row = Uri.parse("content://com.android.contacts/data/7")
        Robolectric.buildContentProvider(Book::class.java).create("com.android.contacts")
        assertEquals(PhoneContact("Dana", "+77011234567"), phoneContact(app.contentResolver, row))
        assertNull(phoneContact(app.contentResolver, Uri.parse("content://com.android.contacts/data/8")), "it was deleted")
        assertNull(phoneContact(app.contentResolver, Uri.parse("content://com.android.contacts/data/9")), "it is not permitted")
        assertEquals(Intent.ACTION_PICK, PickNumber().createIntent(app, Unit).action)
        assertNull(PickNumber().parseResult(0, null))
    }

    @Test
    fun shortcutsLeadToScreens() {
        val links = mutableListOf<String>()
        app.resources.getXml(R.xml.shortcuts).use { xml ->
            while (xml.next() != XmlPullParser.END_DOCUMENT) {
                if (xml.eventType == XmlPullParser.START_TAG && xml.name == "intent") {
                    links += xml.getAttributeValue("http://schemas.android.com/apk/res/android", "data")
                    assertEquals(app.packageName, xml.getAttributeValue("http://schemas.android.com/apk/res/android", "targetPackage"))
                }
            }
        }
        assertEquals(3, links.size)
        for (link in links) assertNotNull(routeOf(link), link)
    }
}
