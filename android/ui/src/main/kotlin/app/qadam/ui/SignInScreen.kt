package app.qadam.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.text.KeyboardActions
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.OutlinedTextField
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.focus.FocusDirection
import androidx.compose.ui.focus.FocusManager
import androidx.compose.ui.input.key.Key
import androidx.compose.ui.input.key.KeyEvent
import androidx.compose.ui.input.key.KeyEventType
import androidx.compose.ui.input.key.isShiftPressed
import androidx.compose.ui.input.key.key
import androidx.compose.ui.input.key.onPreviewKeyEvent
import androidx.compose.ui.input.key.type
import androidx.compose.ui.platform.LocalFocusManager
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.text.input.PasswordVisualTransformation
import androidx.compose.ui.text.input.VisualTransformation
import androidx.compose.ui.unit.dp
import androidx.lifecycle.compose.collectAsStateWithLifecycle

/** [locales] are those of the app's texts; the person may choose another one before signing in. */
@Composable
fun SignInScreen(model: SignInViewModel, locales: List<String>, locale: String, chooseLocale: (String) -> Unit) {
    val state by model.state.collectAsStateWithLifecycle()
    val texts = LocalTexts.current
    val scan = LocalPlatform.current.codeScanner(model::scanned)
    Screen(
        texts.signInTitle,
        model,
        bottom = { Primary(if (state.withCode) texts.signInBegin else texts.signInButton, state.ready, model::signIn) },
    ) {
        item { Small(texts.signInIntro) }
        scan?.let { item { Secondary(texts.signInScan, onClick = it) } }
        item { Choice(texts.settingsLanguage, locales.map { it to languageName(it) }, locale, chooseLocale) }
        item { Field(texts.signInServer, state.server, KeyboardType.Uri) { model.change(state.copy(server = it)) } }
        if (state.withCode) {
            item { Field(texts.signInCode, state.code) { model.change(state.copy(code = it)) } }
        } else {
            item { Field(texts.signInLogin, state.login) { model.change(state.copy(login = it)) } }
        }
        item {
            Field(
                if (state.withCode) texts.signInNewPassword else texts.signInPassword,
                state.password,
                KeyboardType.Password,
                ImeAction.Done,
                PasswordVisualTransformation(),
                done = model::signIn,
            ) { model.change(state.copy(password = it)) }
        }
        item {
            Quiet(if (state.withCode) texts.signInHavePassword else texts.signInHaveCode) { model.change(state.copy(withCode = !state.withCode)) }
        }
    }
}

@Composable
fun Field(
    label: String,
    value: String,
    keyboard: KeyboardType = KeyboardType.Text,
    ime: ImeAction = ImeAction.Next,
    shown: VisualTransformation = VisualTransformation.None,
    lines: Int = 1,
    done: () -> Unit = {},
    change: (String) -> Unit,
) {
    val focus = LocalFocusManager.current
    // Its label stands above, where it has room to grow.
    Column(verticalArrangement = Arrangement.spacedBy(4.dp)) {
        Small(label, Modifier.clearAndSetSemantics {})
        OutlinedTextField(
            value,
            change,
            Modifier.fillMaxWidth().semantics { contentDescription = label }.onPreviewKeyEvent { tabOn(it, focus) },
            visualTransformation = shown,
            keyboardOptions = KeyboardOptions(keyboardType = keyboard, imeAction = if (lines == 1) ime else ImeAction.Default),
            keyboardActions = KeyboardActions(onDone = { done() }),
            singleLine = lines == 1,
            minLines = lines,
        )
    }
}

/** Tab goes on from a field of several lines too, where it would be written, and whoever has no mouse could not get out. */
private fun tabOn(event: KeyEvent, focus: FocusManager): Boolean {
    if (event.key != Key.Tab) return false
    if (event.type == KeyEventType.KeyDown) focus.moveFocus(if (event.isShiftPressed) FocusDirection.Previous else FocusDirection.Next)
    return true
}
