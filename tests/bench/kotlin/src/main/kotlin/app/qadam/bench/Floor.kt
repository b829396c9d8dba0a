package app.qadam.bench

import app.qadam.core.Channel
import app.qadam.core.ContactSummary
import app.qadam.core.ContactView
import app.qadam.core.InteractionView
import java.sql.PreparedStatement
import java.sql.ResultSet
import org.sqlite.SQLiteConfig

/** What nothing in Kotlin can go below: the engine's own statements on the engine's own file, prepared once, through JDBC. */
class Floor(database: String) : AutoCloseable {
    private val connection = SQLiteConfig().run {
        setReadOnly(true)
        // As the engine's.
        setCacheSize(-4_000)
        createConnection("jdbc:sqlite:$database")
    }
    private val pageByName = connection.prepareStatement(
        """SELECT id, sort_key, name, phone, do_not_contact,
               (SELECT max(at) FROM interaction WHERE contact = contact.id) FROM contact
           WHERE (sort_key, id) > (?1, ?2) ORDER BY sort_key, id LIMIT 51""",
    )
    private val contactById = connection.prepareStatement(
        """SELECT id, name, phone, email, note, do_not_contact, tags, nullif(follow_up, ''), nullif(birthday, '')
           FROM contact WHERE id = ?1""",
    )
    private val interactionsOf = connection.prepareStatement(
        "SELECT id, at, channel, note FROM interaction WHERE contact = ?1 ORDER BY at DESC, id DESC LIMIT 100",
    )

    /** All contacts, the oldest first. */
    fun ids(): List<String> =
        connection.prepareStatement("SELECT id FROM contact ORDER BY id").use { it.all { row -> row.getString(1) } }

    /** Where a page begins after so many contacts. */
    fun place(after: Int): String =
        connection.prepareStatement("SELECT sort_key || char(10) || id FROM contact ORDER BY sort_key, id LIMIT 1 OFFSET $after")
            .use { it.all { row -> row.getString(1) }.single() }

    /** One more than a page has, as the engine reads it to know whether there is a next one. */
    fun page(after: String?): List<ContactSummary> {
        pageByName.setString(1, after?.substringBefore('\n') ?: "")
        pageByName.setString(2, after?.substringAfter('\n') ?: "")
        return pageByName.all { row ->
            ContactSummary(
                id = row.getString(1),
                name = row.getString(3),
                phone = row.getString(4),
                doNotContact = row.getBoolean(5),
                lastInteraction = row.getLong(6).takeUnless { row.wasNull() },
            )
        }
    }

    fun contact(id: String): ContactView {
        interactionsOf.setString(1, id)
        val interactions = interactionsOf.all { row ->
            InteractionView(
                id = row.getString(1),
                contact = id,
                at = row.getLong(2),
                channel = Channel.valueOf(row.getString(3).uppercase()),
                note = row.getString(4),
            )
        }
        contactById.setString(1, id)
        return contactById.all { row ->
            check(row.getString(7).isEmpty()) { "the bench's contacts have no tags" }
            ContactView(
                id = row.getString(1),
                name = row.getString(2),
                phone = row.getString(3),
                email = row.getString(4),
                note = row.getString(5),
                doNotContact = row.getBoolean(6),
                tags = emptyList(),
                followUp = row.getString(8),
                birthday = row.getString(9),
                interactions = interactions,
            )
        }.single()
    }

    override fun close() = connection.close()

    private inline fun <T> PreparedStatement.all(value: (ResultSet) -> T): List<T> =
        executeQuery().use { rows -> buildList { while (rows.next()) add(value(rows)) } }
}
