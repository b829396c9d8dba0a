package app.qadam.ui

import app.qadam.core.Qadam
import app.qadam.core.QadamException
import app.qadam.core.SignalView
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.mapLatest

/** [phone] is empty where the company knows none. */
data class PersonState(val signal: SignalView, val phone: String)

class PeopleViewModel(private val qadam: Qadam) : ScreenViewModel() {
    @OptIn(ExperimentalCoroutinesApi::class)
    val state: StateFlow<Load<List<PersonState>>> = combine(qadam.people.worklist, qadam.team.me, ::Pair).mapLatest { (signals, _) ->
        signals.map { PersonState(it, phone(it.about)) }
    }.state()

    /** The team may lag behind the signals: it is asked again once it has come. */
    private suspend fun phone(member: String): String = try {
        qadam.team.current(member).phone
    } catch (_: QadamException.NotFound) {
        ""
    }

    fun finish(id: String) {
        act { qadam.people.finish(id) }
    }
}
