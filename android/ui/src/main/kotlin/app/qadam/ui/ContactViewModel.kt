package app.qadam.ui

import app.qadam.core.Channel
import app.qadam.core.ContactEdit
import app.qadam.core.ContactView
import app.qadam.core.Qadam
import java.time.LocalDate
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.map

/** [contact] is null once it was deleted, here or on another device. */
data class ContactState(val contact: ContactView?)

class ContactViewModel(private val qadam: Qadam, private val id: String) : ScreenViewModel() {
    val state: StateFlow<Load<ContactState>> = qadam.contacts.contact(id).map(::ContactState).state()

    fun log(channel: Channel, note: String = "") = act { qadam.contacts.logInteraction(id, channel, note) }

    /** After so many days from today; without, there is none. */
    fun followUp(days: Long?) = act {
        qadam.contacts.edit(id, ContactEdit(followUp = days?.let { LocalDate.now().plusDays(it).toString() }.orEmpty()))
    }

    fun doNotContact(on: Boolean) = act { qadam.contacts.edit(id, ContactEdit(doNotContact = on)) }

    fun tag(text: String) = act { qadam.contacts.tag(id, text) }

    fun untag(tag: String) = act { qadam.contacts.untag(id, tag) }

    /** Hands out the contact's card: name, phone, address and birthday, and nothing of what was noted. */
    fun share(platform: Platform) = act {
        val path = platform.outgoing("contact.vcf")
        qadam.contacts.card(id, path)
        platform.handOut(path)
    }

    /** A later edit on another device revives it. */
    fun delete(then: () -> Unit) = act {
        qadam.contacts.delete(id)
        then()
    }

    /** For good, everywhere. */
    fun erase(then: () -> Unit) = act {
        qadam.contacts.erase(id)
        then()
    }
}
