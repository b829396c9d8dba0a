package app.qadam.ui

import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.selection.toggleable
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.automirrored.filled.ArrowBack
import androidx.compose.material.icons.filled.Close
import androidx.compose.material3.Button
import androidx.compose.material3.Card
import androidx.compose.material3.CardDefaults
import androidx.compose.material3.Checkbox
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Surface
import androidx.compose.material3.Switch
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import app.qadam.core.QadamException

/** The smallest size of what can be touched. */
val TouchTarget = 48.dp

private val Gap = 12.dp

/** On a tablet the text does not grow wider than it can be read. */
private val Readable = 640.dp

/** A screen: its title, its content as a list, what went wrong last, and what one does next, always in reach. */
@Composable
fun Screen(
    title: String,
    model: ScreenViewModel? = null,
    back: (() -> Unit)? = null,
    actions: @Composable () -> Unit = {},
    bottom: (@Composable ColumnScope.() -> Unit)? = null,
    content: LazyListScope.() -> Unit,
) {
    Box(Modifier.fillMaxSize(), contentAlignment = Alignment.TopCenter) {
        Column(Modifier.widthIn(max = Readable).fillMaxSize()) {
            Row(Modifier.fillMaxWidth().padding(horizontal = 4.dp), verticalAlignment = Alignment.CenterVertically) {
                if (back != null) Action(Icons.AutoMirrored.Filled.ArrowBack, LocalTexts.current.back, back)
                Text(
                    title,
                    Modifier.weight(1f).padding(start = if (back == null) 12.dp else 0.dp, top = 8.dp, bottom = 8.dp).semantics { heading() },
                    style = MaterialTheme.typography.headlineSmall,
                )
                actions()
            }
            if (model != null) Failure(model)
            LazyColumn(
                Modifier.weight(1f).fillMaxWidth(),
                contentPadding = PaddingValues(start = 16.dp, end = 16.dp, top = 4.dp, bottom = 24.dp),
                verticalArrangement = Arrangement.spacedBy(Gap),
                content = content,
            )
            if (bottom != null) {
                Column(Modifier.fillMaxWidth().padding(horizontal = 16.dp, vertical = 8.dp), Arrangement.spacedBy(8.dp), content = bottom)
            }
        }
    }
}

/** A screen of a state that is asked for: empty until it is there, with a way on where it can't be had. */
@Composable
fun <S> LoadedScreen(
    title: (S?) -> String,
    load: Load<S>,
    model: ScreenViewModel,
    back: (() -> Unit)? = null,
    actions: @Composable () -> Unit = {},
    bottom: (@Composable ColumnScope.(S) -> Unit)? = null,
    content: LazyListScope.(S) -> Unit,
) {
    val state = load.value
    val texts = LocalTexts.current
    Screen(title(state), model, back, actions, if (bottom != null && state != null) ({ bottom(state) }) else null) {
        when (load) {
            Load.Pending -> Unit
            is Load.Failed -> item { Note(texts.of(load.problem)) { TextButton(onClick = model::retry) { Text(texts.retry) } } }
            is Load.Ready -> content(load.value)
        }
    }
}

/** What the last intent failed with, until it is put away. */
@Composable
fun Failure(model: ScreenViewModel) {
    val failure: QadamException? by model.failure.collectAsStateWithLifecycle()
    failure?.let { problem ->
        Surface(Modifier.fillMaxWidth().padding(horizontal = 16.dp, vertical = 4.dp), MaterialTheme.shapes.medium, MaterialTheme.colorScheme.errorContainer) {
            Row(verticalAlignment = Alignment.CenterVertically) {
                Text(LocalTexts.current.of(problem), Modifier.weight(1f).padding(12.dp).semantics { liveRegion = LiveRegionMode.Polite })
                Action(Icons.Filled.Close, LocalTexts.current.close, model::dismissFailure)
            }
        }
    }
}

@Composable
fun Action(icon: ImageVector, label: String, onClick: () -> Unit) {
    IconButton(onClick, Modifier.size(TouchTarget)) { Icon(icon, label) }
}

@Composable
fun Primary(text: String, enabled: Boolean = true, onClick: () -> Unit) {
    Button(onClick, Modifier.fillMaxWidth().heightIn(min = TouchTarget), enabled) { Text(text) }
}

@Composable
fun Secondary(text: String, enabled: Boolean = true, onClick: () -> Unit) {
    OutlinedButton(onClick, Modifier.fillMaxWidth().heightIn(min = TouchTarget), enabled) { Text(text) }
}

@Composable
fun Quiet(text: String, onClick: () -> Unit) {
    TextButton(onClick, Modifier.heightIn(min = TouchTarget)) { Text(text) }
}

/** One thing among others; all of it can be touched where it leads somewhere. */
@Composable
fun Tile(
    onClick: (() -> Unit)? = null,
    color: Color = MaterialTheme.colorScheme.surfaceContainer,
    content: @Composable ColumnScope.() -> Unit,
) {
    Card(colors = CardDefaults.cardColors(color), shape = MaterialTheme.shapes.large) {
        val touch = if (onClick == null) Modifier else Modifier.clickable(role = Role.Button, onClick = onClick).heightIn(min = TouchTarget)
        Column(touch.fillMaxWidth().padding(16.dp), Arrangement.spacedBy(6.dp), content = content)
    }
}

@Composable
fun Heading(text: String) {
    Text(text, Modifier.padding(top = 8.dp).semantics { heading() }, style = MaterialTheme.typography.titleMedium)
}

@Composable
fun Small(text: String, modifier: Modifier = Modifier) {
    Text(text, modifier, MaterialTheme.colorScheme.onSurfaceVariant, style = MaterialTheme.typography.bodyMedium)
}

/** In place of what is not there: why, and a way on. */
@Composable
fun Note(text: String, way: @Composable () -> Unit = {}) {
    Column(Modifier.fillMaxWidth().padding(vertical = 24.dp), Arrangement.spacedBy(8.dp), Alignment.CenterHorizontally) {
        Small(text)
        way()
    }
}

/** The number is said in words beside it. */
@Composable
fun Progress(percent: Int) {
    LinearProgressIndicator(
        { percent / 100f },
        Modifier.fillMaxWidth().heightIn(min = 8.dp).clearAndSetSemantics {},
        trackColor = MaterialTheme.colorScheme.outlineVariant,
        drawStopIndicator = {},
    )
}

/** A line that is on or off as a whole. */
@Composable
fun SwitchRow(text: String, on: Boolean, detail: String? = null, change: (Boolean) -> Unit) {
    Row(
        Modifier.fillMaxWidth().heightIn(min = TouchTarget).toggleable(on, role = Role.Switch, onValueChange = change),
        Arrangement.spacedBy(12.dp),
        Alignment.CenterVertically,
    ) {
        Column(Modifier.weight(1f)) {
            Text(text)
            if (detail != null) Small(detail)
        }
        Switch(on, null)
    }
}

@Composable
fun CheckRow(text: String, on: Boolean, enabled: Boolean = true, change: (Boolean) -> Unit) {
    Row(
        Modifier.fillMaxWidth().heightIn(min = TouchTarget).toggleable(on, enabled, Role.Checkbox, onValueChange = change),
        Arrangement.spacedBy(12.dp),
        Alignment.CenterVertically,
    ) {
        Checkbox(on, null, enabled = enabled)
        Text(text, Modifier.weight(1f))
    }
}
