package app.qadam.ui

import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import app.qadam.core.ComparedView
import app.qadam.core.NudgeCategory
import app.qadam.core.NudgeView
import app.qadam.core.NudgeWindow
import app.qadam.core.Texts

@Composable
fun MessagesScreen(model: MessagesViewModel, locale: String, back: () -> Unit, go: (Route) -> Unit) {
    val load by model.state.collectAsStateWithLifecycle()
    MessagesScreen(load, model, locale, back, go)
}

@Composable
fun MessagesScreen(load: Load<List<NudgeView>>, model: ScreenViewModel, locale: String, back: () -> Unit, go: (Route) -> Unit) {
    val texts = LocalTexts.current
    LoadedScreen<List<NudgeView>>({ texts.messagesTitle }, load, model, back) { messages ->
        if (messages.isEmpty()) item { Note(texts.messagesEmpty) }
        items(messages.size, { messages[it].id }) { index ->
            val message = messages[index]
            Tile({ go(Route.Why(message.id)) }, if (message.opened) MaterialTheme.colorScheme.surfaceContainer else MaterialTheme.colorScheme.primaryContainer) {
                Text(message.title, style = MaterialTheme.typography.titleMedium)
                Text(message.body)
                if (!message.opened) Text(texts.messagesNew)
                Small("${texts.of(message.category)} · ${time(message.at, locale)}")
                Text(texts.messagesWhy, color = MaterialTheme.colorScheme.primary)
            }
        }
        item { Secondary(texts.remindersTitle) { go(Route.Reminders) } }
    }
}

@Composable
fun WhyScreen(model: WhyViewModel, locale: String, back: () -> Unit) {
    val load by model.state.collectAsStateWithLifecycle()
    LaunchedEffect(model) { model.opened() }
    WhyScreen(load, model, model::never, model::switch, locale, back)
}

@Composable
fun WhyScreen(
    load: Load<WhyState>,
    model: ScreenViewModel,
    never: (String, Boolean) -> Unit,
    switch: (NudgeCategory, Boolean) -> Unit,
    locale: String,
    back: () -> Unit,
) {
    val texts = LocalTexts.current
    LoadedScreen<WhyState>({ texts.messagesWhy }, load, model, back) { state ->
        state.message?.let { message ->
            item {
                Tile {
                    Text(message.title, style = MaterialTheme.typography.titleMedium)
                    Text(message.body)
                    Small(time(message.at, locale))
                }
            }
        }
        item { Text(state.why.why) }
        for (line in texts.lines(state.why.compared)) item { Small(line) }
        item { Small(texts.of(state.why.window)) }
        if (state.why.group.isNotEmpty()) item { Small(texts.whyGroup) }
        item { SwitchRow(texts.whyNever, state.why.never) { never(state.why.rule, it) } }
        item {
            SwitchRow(texts.whyCategory(category = texts.of(state.why.category)), state.why.category !in state.settings.off) {
                switch(state.why.category, it)
            }
        }
    }
}

/** What a rule asks for and found, in plain words. */
fun Texts.lines(compared: List<ComparedView>): List<String> = compared.filter { it.holds }.mapNotNull(::compared)

fun Texts.of(category: NudgeCategory): String = when (category) {
    NudgeCategory.LEARNING -> categoryLearning
    NudgeCategory.TEAM -> categoryTeam
    NudgeCategory.BUSINESS -> categoryBusiness
    NudgeCategory.COMPANY -> categoryCompany
}

private fun Texts.of(window: NudgeWindow): String = when (window) {
    NudgeWindow.EVER -> whyWindowEver
    NudgeWindow.MONTH -> whyWindowMonth
    NudgeWindow.WEEK -> whyWindowWeek
    NudgeWindow.DAY -> whyWindowDay
}
