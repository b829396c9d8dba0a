package app.qadam.ui

import androidx.lifecycle.SavedStateHandle
import app.qadam.core.Qadam
import java.net.URLDecoder
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.update

data class SignInState(
    val server: String = "",
    val login: String = "",
    /** Never in the saved state. */
    val password: String = "",
    val code: String = "",
    /** First time: the password is set with an invite code. */
    val withCode: Boolean = false,
    val busy: Boolean = false,
) {
    val ready: Boolean get() = !busy && server.isNotBlank() && password.isNotEmpty() && (if (withCode) code else login).isNotBlank()
}

class SignInViewModel(private val qadam: Qadam, private val platform: Platform, private val saved: SavedStateHandle) : ScreenViewModel() {
    private val states = MutableStateFlow(
        SignInState(
            server = saved["server"] ?: platform.server,
            login = saved["login"] ?: "",
            code = saved["code"] ?: "",
            withCode = saved["withCode"] ?: false,
        ),
    )
    val state: StateFlow<SignInState> = states.asStateFlow()

    fun change(state: SignInState) {
        states.value = state
        saved["server"] = state.server
        saved["login"] = state.login
        saved["code"] = state.code
        saved["withCode"] = state.withCode
    }

    /** What a code of the company says: `qadam://join?server=ADDRESS&code=CODE`, or the bare address of the server. */
    fun scanned(text: String) {
        val fields = text.trim().substringAfter('?', "").split('&').filter { '=' in it }.associate {
            it.substringBefore('=') to decoded(it.substringAfter('='))
        }
        val code = fields["code"]
        val before = states.value
        val server = fields["server"] ?: if (isInvitation(text.trim())) before.server else text.trim()
        change(before.copy(server = server, code = code ?: before.code, withCode = code != null))
    }

    fun signIn() {
        if (!states.value.ready) return
        states.update { it.copy(busy = true) }
        act {
            try {
                val form = states.value
                val login = if (form.withCode) {
                    qadam.session.setPassword(form.server.trim(), form.code.trim(), form.password).also {
                        // The code is used up: whoever comes back after a failure signs in with the name.
                        change(form.copy(login = it, withCode = false, busy = true))
                    }
                } else {
                    form.login.trim()
                }
                qadam.session.signIn(form.server.trim(), login, form.password, platform.deviceName)
            } finally {
                states.update { it.copy(busy = false) }
            }
        }
    }
}

/** Without its escapes; with them where they are none. */
private fun decoded(text: String): String = try {
    URLDecoder.decode(text, "UTF-8")
} catch (_: IllegalArgumentException) {
    text
}
