package app.qadam.ui

import androidx.lifecycle.SavedStateHandle
import app.qadam.core.ContactEdit
import app.qadam.core.Qadam
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow

data class ContactEditState(
    val name: String = "",
    val phone: String = "",
    val email: String = "",
    /** Day and month, as `17.05`; empty where it is not known. */
    val birthday: String = "",
    val note: String = "",
)

/** A new contact, or the fields of one that is there; what was typed survives in the saved state. */
class ContactEditViewModel(private val qadam: Qadam, private val id: String?, private val saved: SavedStateHandle) : ScreenViewModel() {
    private val states = MutableStateFlow(typed())
    val state: StateFlow<ContactEditState> = states.asStateFlow()
    private var before = ContactEditState()

    init {
        if (id != null) {
            act {
                val contact = qadam.contacts.current(id)
                before = ContactEditState(contact.name, contact.phone, contact.email, contact.birthday?.let(::turned).orEmpty(), contact.note)
                if (saved.get<String>("name") == null) change(before)
            }
        }
    }

    private fun typed() =
        ContactEditState(saved["name"] ?: "", saved["phone"] ?: "", saved["email"] ?: "", saved["birthday"] ?: "", saved["note"] ?: "")

    fun change(state: ContactEditState) {
        states.value = state
        saved["name"] = state.name
        saved["phone"] = state.phone
        saved["email"] = state.email
        saved["birthday"] = state.birthday
        saved["note"] = state.note
    }

    /** What the phone's own book says; the rest stays as it was typed. */
    fun picked(person: PhoneContact) {
        val now = states.value
        change(now.copy(name = person.name.ifEmpty { now.name }, phone = person.phone.ifEmpty { now.phone }, email = person.email.ifEmpty { now.email }))
    }

    /** Only what was changed is written, so that it leaves alone what another device wrote meanwhile. */
    fun save(then: (String) -> Unit) = act {
        val now = states.value
        fun changed(field: (ContactEditState) -> String) = field(now).trim().takeIf { id == null || it != field(before) }
        val edit = ContactEdit(
            name = changed { it.name },
            phone = changed { it.phone },
            email = changed { it.email },
            note = changed { it.note },
            birthday = changed { it.birthday }?.let(::turned)?.takeIf { id != null || it.isNotEmpty() },
        )
        then(if (id == null) qadam.contacts.add(edit) else id.also { qadam.contacts.edit(id, edit) })
    }
}

/** `17.05` of `05-17`, and back; what is neither stays as it is, for the core to judge. */
private fun turned(day: String): String = when {
    '.' in day -> day.split('.').let { "${it.getOrElse(1) { "" }.padStart(2, '0')}-${it[0].padStart(2, '0')}" }
    '-' in day -> day.split('-').let { "${it[1]}.${it[0]}" }
    else -> day
}
