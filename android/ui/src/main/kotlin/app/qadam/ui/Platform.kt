package app.qadam.ui

import androidx.compose.runtime.Composable
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.text.font.FontFamily
import app.qadam.core.Texts

/** What Android and the desktop do each in their own way. */
interface Platform {
    /** As the person's other devices name this one. */
    val deviceName: String

    /** BCP 47 tag of the language in which the phone speaks. */
    val locale: String

    /** The server that the sign-in proposes; empty where there is none. */
    val server: String

    /** With Kazakh letters. */
    val font: FontFamily

    /** The person wants nothing to move. */
    val reduceMotion: Boolean

    /** A picture that is on this phone; null where it can't be read. Called off the main thread. */
    fun picture(path: String): ImageBitmap?

    /** Hands an address such as `https:`, `tel:` or `sms:`, or the path of a sound or video, to the app that is for it. */
    fun open(address: String)

    /** Hands a text to another app. */
    fun share(text: String)

    /** The path at which a file of this name is to be written, for [handOut]. */
    fun outgoing(name: String): String

    /** Gives a file of [outgoing] to the person, to keep it or to send it. */
    fun handOut(path: String)

    /** What starts the camera to read a code, for [read]; null where there is none. The app's process may die meanwhile: what was read comes all the same. */
    @Composable
    fun codeScanner(read: (String) -> Unit): (() -> Unit)?

    /** What lets the person choose somebody of the phone's own book, of whom alone the app learns; null where there is no such book. As with [codeScanner]. */
    @Composable
    fun contactPicker(picked: (PhoneContact) -> Unit): (() -> Unit)?
}

/** Somebody of the phone's own book; what it does not say, or did not let the app read, is empty. */
data class PhoneContact(val name: String, val phone: String = "", val email: String = "")

val LocalPlatform = staticCompositionLocalOf<Platform> { error("QadamApp provides the platform") }

val LocalTexts = staticCompositionLocalOf<Texts> { error("QadamApp provides the texts") }
