package app.qadam.desk

import androidx.compose.runtime.Composable
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.toComposeImageBitmap
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.platform.Font
import app.qadam.ui.PhoneContact
import app.qadam.ui.Platform
import java.awt.Desktop
import java.awt.Toolkit
import java.awt.datatransfer.StringSelection
import java.io.File
import java.io.IOException
import java.net.URI
import java.nio.file.Files
import java.nio.file.Path
import java.util.Locale
import org.jetbrains.skia.Image

class DeskPlatform(
    override val server: String,
    override val locale: String = Locale.getDefault().toLanguageTag(),
    override val reduceMotion: Boolean = false,
    private val folder: Path = Path.of(System.getProperty("user.home")),
) : Platform {
    override val deviceName: String = System.getProperty("os.name")

    override val font: FontFamily = FontFamily(
        Font("font/noto_sans_regular.ttf", FontWeight.Normal),
        Font("font/noto_sans_bold.ttf", FontWeight.Bold),
    )

    override fun picture(path: String): ImageBitmap? = try {
        Image.makeFromEncoded(Files.readAllBytes(Path.of(path))).toComposeImageBitmap()
    } catch (_: IOException) {
        null
    } catch (_: IllegalArgumentException) {
        null
    }

    /** Where the desktop has no app for it, the address is in the clipboard. */
    override fun open(address: String) {
        try {
            val desktop = Desktop.getDesktop()
            if (':' in address) desktop.browse(URI(address.filterNot { it.isWhitespace() })) else desktop.open(File(address))
        } catch (_: UnsupportedOperationException) {
            share(address)
        } catch (_: IOException) {
            share(address)
        }
    }

    override fun share(text: String) {
        Toolkit.getDefaultToolkit().systemClipboard.setContents(StringSelection(text), null)
    }

    override fun outgoing(name: String): String = folder.resolve(name).toString()

    /** It lies in the person's own folder already. */
    override fun handOut(path: String) = Unit

    @Composable
    override fun codeScanner(read: (String) -> Unit): (() -> Unit)? = null

    @Composable
    override fun contactPicker(picked: (PhoneContact) -> Unit): (() -> Unit)? = null
}
