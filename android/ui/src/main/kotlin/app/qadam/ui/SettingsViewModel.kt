package app.qadam.ui

import app.qadam.core.DeviceView
import app.qadam.core.MediaStatusView
import app.qadam.core.NudgeCategory
import app.qadam.core.NudgeSettingsView
import app.qadam.core.Qadam
import app.qadam.core.SettingsView
import java.time.LocalDate
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.mapLatest
import kotlinx.coroutines.flow.update

data class SettingsState(
    val settings: SettingsView,
    val nudges: NudgeSettingsView,
    val media: MediaStatusView,
    /** Null until the server was asked. */
    val devices: List<DeviceView>?,
    /** The file with the person's data that was written last. */
    val exported: String?,
)

class SettingsViewModel(private val qadam: Qadam, private val platform: Platform) : ScreenViewModel() {
    private val changed = MutableStateFlow(0)
    private val devices = MutableStateFlow<List<DeviceView>?>(null)

    private val exported = MutableStateFlow<String?>(null)

    @OptIn(ExperimentalCoroutinesApi::class)
    val state: StateFlow<Load<SettingsState>> =
        combine(qadam.settings.changes, changed, combine(devices, exported, ::Pair), ::Triple).mapLatest { (settings, _, asked) ->
            SettingsState(settings, qadam.nudges.settings(), qadam.media.status(), asked.first, asked.second)
        }.state()

    fun locale(locale: String) = act { qadam.settings.setLocale(locale) }

    fun media(onMetered: Boolean) = act { qadam.settings.setMedia(onMetered, state.value.value?.settings?.mediaBudget ?: return@act) }

    /** In bytes. */
    fun mediaBudget(budget: Long) = act { qadam.settings.setMedia(state.value.value?.settings?.mediaOnMetered ?: return@act, budget) }

    fun switch(category: NudgeCategory, on: Boolean) = choose { qadam.nudges.switch(category, on) }

    /** The hour of the day at which a nudge suits best. */
    fun bestHour(hour: Int) = choose { qadam.nudges.setBestMinute((hour * 60).toUInt()) }

    /** For so many days from today; without, everything comes again. */
    fun pause(days: Long?) = choose { qadam.nudges.pause(days?.let { LocalDate.now().plusDays(it - 1).toString() }) }

    fun allow(rule: String) = choose { qadam.nudges.never(rule, never = false) }

    fun share(on: Boolean) = choose { qadam.nudges.shareProgress(on) }

    private fun choose(intent: suspend () -> Unit) = act {
        intent()
        changed.update { it + 1 }
    }

    /** Asks the server. */
    fun askDevices() = act { devices.value = qadam.session.devices() }

    fun signOutDevice(id: String) = act {
        qadam.session.revokeDevice(id)
        devices.value = qadam.session.devices()
    }

    /** Writes all of the person's data to a file, which is theirs to keep. */
    fun export() = act {
        val path = platform.outgoing("qadam-${LocalDate.now()}.json")
        qadam.settings.export(path)
        exported.value = path
        platform.handOut(path)
    }

    /** Fails with the number of changes that could not be sent, unless they may be lost. */
    fun signOut(evenUnsent: Boolean = false) = act { qadam.session.signOut(evenUnsent) }
}
