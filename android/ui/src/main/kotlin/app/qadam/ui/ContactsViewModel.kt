package app.qadam.ui

import androidx.lifecycle.SavedStateHandle
import app.qadam.core.ContactSummary
import app.qadam.core.ContactsPage
import app.qadam.core.ContactsQuery
import app.qadam.core.Qadam
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.flatMapLatest
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.update

private const val PAGE = 50u

data class ContactsState(val contacts: List<ContactSummary>, val more: Boolean) {
    /** By the first letter of the name, in the order of the list. */
    val byLetter: List<Pair<String, List<ContactSummary>>>
        get() = buildList {
            for (contact in contacts) {
                val letter = contact.name.firstOrNull()?.uppercase().orEmpty()
                if (lastOrNull()?.first == letter) (last().second as MutableList).add(contact) else add(letter to mutableListOf(contact))
            }
        }
}

class ContactsViewModel(private val qadam: Qadam, private val saved: SavedStateHandle) : ScreenViewModel() {
    /** The begin of a name, or of one of its words. */
    val search: StateFlow<String> = saved.getStateFlow("search", "")
    private val pages = MutableStateFlow(1)

    @OptIn(ExperimentalCoroutinesApi::class)
    val state: StateFlow<Load<ContactsState>> = combine(search, pages, ::Pair).flatMapLatest { (search, pages) -> query(search, pages) }.state()

    private fun query(search: String, pages: Int): Flow<ContactsState> = qadam.contacts.pages(ContactsQuery(search, limit = PAGE)).map { first ->
        var page: ContactsPage = first
        val contacts = first.contacts.toMutableList()
        repeat(pages - 1) {
            page = qadam.contacts.page(ContactsQuery(search, page.next ?: return@repeat, PAGE))
            contacts += page.contacts
        }
        ContactsState(contacts, page.next != null)
    }

    fun search(text: String) {
        saved["search"] = text
        pages.value = 1
    }

    /** The end of the list came in sight. */
    fun more() {
        if (state.value.value?.more == true) pages.update { it + 1 }
    }
}
