package app.qadam.app

import android.content.ContentProvider
import android.content.ContentValues
import android.database.Cursor
import android.database.MatrixCursor
import android.net.Uri

/** The phone's own book, with one number in it. */
class Book : ContentProvider() {
    override fun onCreate(): Boolean = true

    override fun query(uri: Uri, columns: Array<String>?, selection: String?, arguments: Array<String>?, order: String?): Cursor {
        if (uri.lastPathSegment == "9") throw SecurityException("not granted")
        return MatrixCursor(columns).apply { if (uri.lastPathSegment == "7") addRow(arrayOf("Dana", "+77011234567")) }
    }

    override fun getType(uri: Uri): String? = null

    override fun insert(uri: Uri, values: ContentValues?): Uri? = null

    override fun delete(uri: Uri, selection: String?, arguments: Array<String>?): Int = 0

    override fun update(uri: Uri, values: ContentValues?, selection: String?, arguments: Array<String>?): Int = 0
}
