package app.qadam.app

import android.content.Context
import android.net.Uri
import android.webkit.MimeTypeMap
import androidx.core.content.FileProvider
import java.io.File

/** What leaves the app as a file, through its `FileProvider`: nobody else can read its folders. */
class Files(private val context: Context) {
    private val outgoing = File(context.cacheDir, "outgoing")

    /** Where a file of this name is to be written that will be handed out. */
    fun outgoing(name: String): File {
        outgoing.mkdirs()
        return File(outgoing, File(name).name)
    }

    /** What was handed out before: whoever took it has it by now. */
    fun clear() {
        outgoing.deleteRecursively()
    }

    /** The address under which another app may read it, once it is granted. Throws [IllegalArgumentException] for a file that none is to read. */
    fun address(file: File): Uri = FileProvider.getUriForFile(context, "${context.packageName}.files", file)

    fun type(file: File): String = MimeTypeMap.getSingleton().getMimeTypeFromExtension(file.extension.lowercase()) ?: "application/octet-stream"
}
