package app.qadam.ui

import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import app.qadam.core.WelcomeView

@Composable
fun WelcomeScreen(model: WelcomeViewModel, back: () -> Unit) {
    val load by model.state.collectAsStateWithLifecycle()
    val texts = LocalTexts.current
    LoadedScreen<WelcomeView?>({ texts.welcomeTitle }, load, model, back, bottom = { Primary(texts.welcomeBegin) { model.finish(back) } }) { welcome ->
        if (welcome == null) {
            item { Note(texts.welcomeNone) }
            return@LoadedScreen
        }
        item { Heading(welcome.from?.let { texts.welcomeLetterFrom(name = it) } ?: texts.welcomeLetter) }
        items(welcome.letter.split("\n\n").size) { Text(welcome.letter.split("\n\n")[it], style = MaterialTheme.typography.bodyLarge) }
        welcome.video?.let { video ->
            item { Heading(texts.welcomeVideo) }
            item { Medium(video) }
        }
        if (welcome.tour.isNotEmpty()) item { Heading(texts.welcomeTour) }
        items(welcome.tour.size, { welcome.tour[it].id }) { index ->
            Tile {
                Small(texts.welcomeStep(at = index + 1L, of = welcome.tour.size.toLong()))
                Text(welcome.tour[index].title, style = MaterialTheme.typography.titleMedium)
                Text(welcome.tour[index].text)
            }
        }
    }
}
