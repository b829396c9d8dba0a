package app.qadam.app

import android.content.ActivityNotFoundException
import android.content.ClipData
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.graphics.BitmapFactory
import android.net.Uri
import android.os.Build
import android.provider.Settings
import androidx.activity.compose.rememberLauncherForActivityResult
import androidx.compose.runtime.Composable
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.asImageBitmap
import androidx.compose.ui.text.font.Font
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import app.qadam.ui.PhoneContact
import app.qadam.ui.Platform
import com.journeyapps.barcodescanner.ScanContract
import com.journeyapps.barcodescanner.ScanOptions
import java.io.File
import java.util.Locale

class AndroidPlatform(private val context: Context) : Platform {
    private val files = Files(context)

    override val deviceName: String = if (Build.MODEL.startsWith(Build.MANUFACTURER, ignoreCase = true)) Build.MODEL else "${Build.MANUFACTURER} ${Build.MODEL}"

    override val locale: String get() = Locale.getDefault().toLanguageTag()

    override val server: String = context.getString(R.string.qadam_server)

    override val font: FontFamily = FontFamily(
        Font("font/noto_sans_regular.ttf", context.assets, FontWeight.Normal),
        Font("font/noto_sans_bold.ttf", context.assets, FontWeight.Bold),
    )

    override val reduceMotion: Boolean get() = Settings.Global.getFloat(context.contentResolver, Settings.Global.ANIMATOR_DURATION_SCALE, 1f) == 0f

    /** No larger than a screen needs: a photograph would fill the memory. */
    override fun picture(path: String): ImageBitmap? {
        val size = BitmapFactory.Options().apply { inJustDecodeBounds = true }
        BitmapFactory.decodeFile(path, size)
        var sample = 1
        while (maxOf(size.outWidth, size.outHeight) / (sample * 2) >= LONGEST_SIDE) sample *= 2
        return BitmapFactory.decodeFile(path, BitmapFactory.Options().apply { inSampleSize = sample })?.asImageBitmap()
    }

    override fun open(address: String) {
        val uri = Uri.parse(address)
        val intent = when (uri.scheme?.lowercase()) {
            null -> reading(Intent.ACTION_VIEW, File(address)) ?: return
            // Dialled by the person, so that no permission to call is needed.
            "tel" -> Intent(Intent.ACTION_DIAL, uri)
            "sms", "mailto" -> Intent(Intent.ACTION_SENDTO, uri)
            "http", "https" -> Intent(Intent.ACTION_VIEW, uri)
            // Content is to name nothing else: not a file, not a part of another app.
            else -> return
        }
        if (!start(intent)) share(address)
    }

    override fun share(text: String) {
        start(Intent.createChooser(Intent(Intent.ACTION_SEND).setType("text/plain").putExtra(Intent.EXTRA_TEXT, text), null))
    }

    override fun outgoing(name: String): String = files.outgoing(name).path

    override fun handOut(path: String) {
        reading(Intent.ACTION_SEND, File(path))?.let { start(Intent.createChooser(it, null)) }
    }

    @Composable
    override fun codeScanner(read: (String) -> Unit): (() -> Unit)? {
        val launcher = rememberLauncherForActivityResult(ScanContract()) { result -> result.contents?.let(read) }
        if (!context.packageManager.hasSystemFeature(PackageManager.FEATURE_CAMERA_ANY)) return null
        val options = ScanOptions().setDesiredBarcodeFormats(ScanOptions.QR_CODE).setBeepEnabled(false).setOrientationLocked(false)
            .setPrompt(context.getString(R.string.permission_camera))
        return { launcher.launch(options) }
    }

    @Composable
    override fun contactPicker(picked: (PhoneContact) -> Unit): (() -> Unit)? {
        val launcher = rememberLauncherForActivityResult(PickNumber()) { row -> row?.let { phoneContact(context.contentResolver, it) }?.let(picked) }
        return {
            try {
                launcher.launch(Unit)
            } catch (_: ActivityNotFoundException) {
                // There is no app for contacts, or it was switched off.
            }
        }
    }

    /** What lets another app read this one file. */
    private fun reading(action: String, file: File): Intent? {
        val address = try {
            files.address(file)
        } catch (_: IllegalArgumentException) {
            return null
        }
        val intent = Intent(action).addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION)
        // The chooser grants what is in the clip.
        intent.clipData = ClipData.newRawUri(file.name, address)
        return when (action) {
            Intent.ACTION_SEND -> intent.setType(files.type(file)).putExtra(Intent.EXTRA_STREAM, address)
            else -> intent.setDataAndType(address, files.type(file))
        }
    }

    private fun start(intent: Intent): Boolean = try {
        context.startActivity(intent.addFlags(Intent.FLAG_ACTIVITY_NEW_TASK))
        true
    } catch (_: ActivityNotFoundException) {
        false
    }

    private companion object {
        /** Pixels. */
        const val LONGEST_SIDE = 2_048
    }
}
