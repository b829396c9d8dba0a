package app.qadam.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.ui.unit.dp
import androidx.lifecycle.compose.collectAsStateWithLifecycle

@Composable
fun PeopleScreen(model: PeopleViewModel, locale: String, back: () -> Unit, go: (Route) -> Unit) {
    val load by model.state.collectAsStateWithLifecycle()
    PeopleScreen(load, model, model::finish, locale, back, go)
}

@Composable
fun PeopleScreen(
    load: Load<List<PersonState>>,
    model: ScreenViewModel,
    finish: (String) -> Unit,
    locale: String,
    back: () -> Unit,
    go: (Route) -> Unit,
) {
    val texts = LocalTexts.current
    LoadedScreen<List<PersonState>>({ texts.peopleTitle }, load, model, back) { people ->
        if (people.isEmpty()) item { Note(texts.peopleEmpty) }
        items(people.size, { people[it].signal.id }) { Person(people[it], locale, finish, go) }
        item { Small(texts.peopleShared) }
    }
}

@Composable
private fun Person(person: PersonState, locale: String, finish: (String) -> Unit, go: (Route) -> Unit) {
    val texts = LocalTexts.current
    val platform = LocalPlatform.current
    val signal = person.signal
    Tile {
        Text(signal.name, style = MaterialTheme.typography.titleMedium)
        Text(signal.why)
        Small(date(signal.day, locale))
        Small(texts.peopleSay)
        Text(signal.say)
        FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
            if (person.phone.isNotEmpty()) {
                Quiet(texts.contactCall) { platform.open("tel:${person.phone}") }
                Quiet(texts.contactWrite) { platform.open("sms:${person.phone}") }
            }
            Quiet(texts.peopleShareWords) { platform.share(signal.say) }
            signal.lesson?.let { lesson -> Quiet(texts.peopleLesson(title = lesson.title)) { go(Route.Lesson(lesson.id)) } }
            Quiet(texts.peopleDone) { finish(signal.id) }
        }
    }
}
