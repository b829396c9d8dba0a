package app.qadam.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.selection.selectable
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.filled.ArrowDropDown
import androidx.compose.material3.DropdownMenu
import androidx.compose.material3.DropdownMenuItem
import androidx.compose.material3.Icon
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.RadioButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.semantics.stateDescription
import androidx.compose.ui.unit.dp

/** One of a few, in a menu. */
@Composable
fun <K> Choice(label: String, options: List<Pair<K, String>>, chosen: K?, choose: (K) -> Unit) {
    var open by rememberSaveable { mutableStateOf(false) }
    val words = options.firstOrNull { it.first == chosen }?.second
    Column(Modifier.fillMaxWidth(), Arrangement.spacedBy(4.dp)) {
        Small(label, Modifier.clearAndSetSemantics {})
        OutlinedButton(
            { open = true },
            Modifier.fillMaxWidth().heightIn(min = TouchTarget).semantics {
                contentDescription = label
                stateDescription = words.orEmpty()
            },
        ) {
            Text(words ?: LocalTexts.current.choose, Modifier.weight(1f))
            Icon(Icons.Filled.ArrowDropDown, null)
        }
        DropdownMenu(open, { open = false }) {
            for ((key, text) in options) {
                DropdownMenuItem({ Text(text) }, {
                    open = false
                    choose(key)
                })
            }
        }
    }
}

/** One of a few, all of them in sight. */
@Composable
fun <K> Radios(options: List<Pair<K, String>>, chosen: K?, choose: (K) -> Unit) {
    Column(Modifier.selectableGroup()) {
        for ((key, text) in options) {
            Row(
                Modifier.fillMaxWidth().heightIn(min = TouchTarget).selectable(key == chosen, role = Role.RadioButton) { choose(key) },
                Arrangement.spacedBy(12.dp),
                Alignment.CenterVertically,
            ) {
                RadioButton(key == chosen, null)
                Text(text, Modifier.weight(1f))
            }
        }
    }
}
