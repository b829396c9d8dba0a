package app.qadam.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import app.qadam.core.Channel
import app.qadam.core.ContactSummary
import app.qadam.core.ContactView
import app.qadam.core.InteractionView
import app.qadam.core.Texts

@Composable
fun ContactsScreen(model: ContactsViewModel, locale: String, go: (Route) -> Unit) {
    val load by model.state.collectAsStateWithLifecycle()
    val search by model.search.collectAsStateWithLifecycle()
    val texts = LocalTexts.current
    LoadedScreen<ContactsState>(
        { texts.contactsTitle },
        load,
        model,
        bottom = { Primary(texts.contactsAdd) { go(Route.ContactEdit()) } },
    ) { state ->
        item { Field(texts.contactsSearch, search, ime = ImeAction.Search, change = model::search) }
        if (state.contacts.isEmpty()) item { Note(if (search.isEmpty()) texts.contactsEmpty else texts.contactsNoneFound) }
        for ((letter, contacts) in state.byLetter) {
            item("letter/$letter/${contacts.first().id}") { Heading(letter) }
            items(contacts.size, { contacts[it].id }) { ContactTile(contacts[it], locale) { go(Route.Contact(contacts[it].id)) } }
        }
        if (state.more) item("more/${state.contacts.size}") { LaunchedEffect(Unit) { model.more() } }
    }
}

@Composable
private fun ContactTile(contact: ContactSummary, locale: String, open: () -> Unit) {
    val texts = LocalTexts.current
    Tile(open) {
        Text(contact.name, style = MaterialTheme.typography.titleMedium)
        if (contact.doNotContact) Small(texts.contactDoNotContact)
        Small(contact.lastInteraction?.let { texts.contactLastTalk(date = day(it, locale)) } ?: texts.contactNoTalk)
    }
}

@Composable
fun ContactScreen(model: ContactViewModel, locale: String, back: () -> Unit, remind: (String) -> Unit, edit: () -> Unit) {
    val load by model.state.collectAsStateWithLifecycle()
    val texts = LocalTexts.current
    val platform = LocalPlatform.current
    var note by rememberSaveable { mutableStateOf("") }
    var tag by rememberSaveable { mutableStateOf("") }
    var deleting by rememberSaveable { mutableStateOf(false) }
    LoadedScreen<ContactState>({ it?.contact?.name ?: texts.contactsTitle }, load, model, back) { state ->
        val contact = state.contact
        if (contact == null) {
            item { Note(texts.contactGone) { Quiet(texts.back, back) } }
            return@LoadedScreen
        }
        if (contact.doNotContact) item { Tile(color = MaterialTheme.colorScheme.secondaryContainer) { Text(texts.contactDoNotContactDetail) } }
        item { Facts(contact, locale) }
        if (contact.phone.isNotEmpty() && !contact.doNotContact) {
            item {
                FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
                    Quiet(texts.contactCall) { platform.open("tel:${contact.phone}") }
                    Quiet(texts.contactWrite) { platform.open("sms:${contact.phone}") }
                }
            }
        }
        item { Heading(texts.contactLog) }
        item { Field(texts.contactLogNote, note, ime = ImeAction.Done) { note = it } }
        item {
            FlowRow(Modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp)) {
                for (channel in Channel.entries) {
                    Quiet(texts.logged(channel)) {
                        model.log(channel, note)
                        note = ""
                    }
                }
            }
        }
        item {
            val choices = listOf<Pair<Long?, String>>(1L to texts.contactTomorrow, 3L to texts.contactInDays(count = 3), 7L to texts.contactInDays(count = 7), null to texts.contactNoFollowUp)
            Choice(contact.followUp?.let { texts.contactFollowUpOn(date = date(it, locale)) } ?: texts.contactFollowUp, choices, -1L, model::followUp)
        }
        if (!contact.doNotContact) item { Quiet(texts.reminderOfContact) { remind(contact.name) } }
        item { SwitchRow(texts.contactDoNotContact, contact.doNotContact, texts.contactDoNotContactWhat, model::doNotContact) }
        item { Heading(texts.contactTags) }
        items(contact.tags.size, { contact.tags[it].id }) { index ->
            Tile {
                Text(contact.tags[index].text)
                Quiet(texts.contactUntag) { model.untag(contact.tags[index].id) }
            }
        }
        item {
            Field(texts.contactTag, tag, ime = ImeAction.Done, done = {
                if (tag.isNotBlank()) model.tag(tag.trim())
                tag = ""
            }) { tag = it }
        }
        item { Heading(texts.contactTalks) }
        if (contact.interactions.isEmpty()) item { Small(texts.contactNoTalk) }
        items(contact.interactions.size, { contact.interactions[it].id }) { Talk(contact.interactions[it], locale) }
        item { Secondary(texts.contactEdit, onClick = edit) }
        item { Quiet(texts.contactShare) { model.share(platform) } }
        item { Quiet(texts.contactDelete) { deleting = true } }
    }
    if (deleting) Deletion({ deleting = false }, { model.delete(back) }, { model.erase(back) })
}

@Composable
private fun Facts(contact: ContactView, locale: String) {
    val texts = LocalTexts.current
    Tile {
        for (fact in listOf(contact.phone, contact.email, contact.note)) if (fact.isNotEmpty()) Text(fact)
        contact.birthday?.let { Text(texts.contactBirthdayOn(date = monthDay(it, locale))) }
        Small(contact.interactions.firstOrNull()?.let { texts.contactLastTalk(date = day(it.at, locale)) } ?: texts.contactNoTalk)
    }
}

@Composable
private fun Talk(talk: InteractionView, locale: String) {
    Tile {
        Text(LocalTexts.current.logged(talk.channel))
        Small(time(talk.at, locale))
        if (talk.note.isNotEmpty()) Text(talk.note)
    }
}

/** Says what happens, of either way. */
@Composable
private fun Deletion(close: () -> Unit, delete: () -> Unit, erase: () -> Unit) {
    val texts = LocalTexts.current
    AlertDialog(
        close,
        confirmButton = { Quiet(texts.contactDelete) { close(); delete() } },
        dismissButton = {
            Quiet(texts.contactErase) { close(); erase() }
            Quiet(texts.cancel, close)
        },
        title = { Text(texts.contactDeleteTitle) },
        text = { Text(texts.contactDeleteWhat) },
    )
}

private fun Texts.logged(channel: Channel): String = when (channel) {
    Channel.CALL -> channelCall
    Channel.MESSAGE -> channelMessage
    Channel.MEETING -> channelMeeting
    Channel.OTHER -> channelOther
}

@Composable
fun ContactEditScreen(model: ContactEditViewModel, fresh: Boolean, back: () -> Unit, saved: (String) -> Unit) {
    val state by model.state.collectAsStateWithLifecycle()
    val texts = LocalTexts.current
    val pick = LocalPlatform.current.contactPicker(model::picked)
    Screen(
        if (fresh) texts.contactsAdd else texts.contactEdit,
        model,
        back,
        bottom = { Primary(texts.save, state.name.isNotBlank()) { model.save(saved) } },
    ) {
        if (fresh) pick?.let { item { Secondary(texts.contactPick, onClick = it) } }
        item { Field(texts.contactName, state.name) { model.change(state.copy(name = it)) } }
        item { Field(texts.contactPhone, state.phone, KeyboardType.Phone) { model.change(state.copy(phone = it)) } }
        item { Field(texts.contactEmail, state.email, KeyboardType.Email) { model.change(state.copy(email = it)) } }
        item { Field(texts.contactBirthday, state.birthday) { model.change(state.copy(birthday = it)) } }
        item { Field(texts.contactNote, state.note, lines = 3) { model.change(state.copy(note = it)) } }
    }
}
