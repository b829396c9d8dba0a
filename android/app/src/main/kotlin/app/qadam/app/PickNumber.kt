package app.qadam.app

import android.content.ContentResolver
import android.content.Context
import android.content.Intent
import android.net.Uri
import android.provider.ContactsContract.CommonDataKinds.Phone
import androidx.activity.result.contract.ActivityResultContract
import app.qadam.ui.PhoneContact

/**
 * Lets the person choose one number of the phone's own book. The app may then read this one row, without the permission to read contacts: the name and the
 * number, but no e-mail address, and nobody who has no number.
 */
class PickNumber : ActivityResultContract<Unit, Uri?>() {
    override fun createIntent(context: Context, input: Unit): Intent = Intent(Intent.ACTION_PICK, Phone.CONTENT_URI)

    override fun parseResult(resultCode: Int, intent: Intent?): Uri? = intent?.data
}

/** Who is in this row; null where it can't be read any more. */
fun phoneContact(resolver: ContentResolver, row: Uri): PhoneContact? = try {
    resolver.query(row, arrayOf(Phone.DISPLAY_NAME, Phone.NUMBER), null, null, null)?.use { cursor ->
        if (!cursor.moveToFirst()) return@use null
        PhoneContact(name = cursor.getString(0).orEmpty(), phone = cursor.getString(1).orEmpty())
    }
} catch (_: SecurityException) {
    // The permission for the row ended, with the process that asked.
    null
}
