package app.qadam.core

import kotlinx.coroutines.flow.Flow

/** The person's contacts, and what was talked about with them. */
class Contacts internal constructor(private val engine: QadamEngine) {
    /** A page of contacts by name, as it changes. */
    fun pages(query: ContactsQuery = ContactsQuery()): Flow<ContactsPage> =
        live({ observePages(query) }, LiveContacts::stop) { live, after -> live.next(after)?.run { number to value } }

    /** The query below [pages]. */
    internal fun observePages(query: ContactsQuery): LiveContacts = engine.observeContacts(query)

    /** One contact, as it changes; `null` while there is none. */
    fun contact(id: String): Flow<ContactView?> =
        live({ engine.observeContact(id) }, LiveContact::stop) { query, after -> query.next(after)?.run { number to value } }

    suspend fun page(query: ContactsQuery = ContactsQuery()): ContactsPage = engine.contacts(query)

    suspend fun current(id: String): ContactView = engine.contact(id)

    /** Writes the contact's card (vCard 3.0: name, phone, e-mail) to a file at this path; one that is there is written over. */
    suspend fun card(id: String, path: String): Unit = engine.contactCard(id, path)

    /** Gives the contact's id. */
    suspend fun add(contact: ContactEdit): String = engine.addContact(contact)

    suspend fun edit(id: String, edit: ContactEdit): Unit = engine.editContact(id, edit)

    /** Gives the tag's id. */
    suspend fun tag(id: String, tag: String): String = engine.tagContact(id, tag)

    suspend fun untag(id: String, tagId: String): Unit = engine.untagContact(id, tagId)

    /** With its interactions. A later edit on another device revives it. */
    suspend fun delete(id: String): Unit = engine.deleteContact(id)

    /** For good, everywhere. */
    suspend fun erase(id: String): Unit = engine.eraseContact(id)

    /** Gives the interaction's id. Times are milliseconds since 1970; without one it is now. */
    suspend fun logInteraction(contact: String, channel: Channel, note: String, at: Long? = null): String =
        engine.logInteraction(contact, channel, at, note)
}
