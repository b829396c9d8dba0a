package app.qadam.ui

import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import app.qadam.core.NudgeCategory
import app.qadam.core.QadamException
import java.time.LocalTime
import java.time.format.DateTimeFormatter
import java.time.format.FormatStyle
import java.util.Locale

/** Hours at which a nudge may suit best: none comes from 21:00 to 8:00. */
private val Hours = 8..20

private const val MIB = 1024L * 1024L
private val Budgets = listOf(128 * MIB, 256 * MIB, 512 * MIB, 1024 * MIB)

@Composable
fun SettingsScreen(model: SettingsViewModel, locale: String, back: () -> Unit, go: (Route) -> Unit) {
    val load by model.state.collectAsStateWithLifecycle()
    val failure by model.failure.collectAsStateWithLifecycle()
    val texts = LocalTexts.current
    LoadedScreen<SettingsState>({ texts.settingsTitle }, load, model, back) { state ->
        val nudges = state.nudges
        item { Choice(texts.settingsLanguage, state.settings.locales.map { it to languageName(it) }, state.settings.locale, model::locale) }
        item { Heading(texts.settingsNudges) }
        item { Choice(texts.settingsBestHour, Hours.map { it to hour(it, locale) }, nudges.best?.let { (it / 60u).toInt() }, model::bestHour) }
        for (category in NudgeCategory.entries) item { SwitchRow(texts.of(category), category !in nudges.off) { model.switch(category, it) } }
        item {
            val paused = nudges.paused
            if (paused == null) {
                Choice(texts.settingsPauseFor, listOf(7L, 14L, 30L).map { it to texts.days(count = it) }, null, model::pause)
            } else {
                Tile {
                    Text(texts.settingsPaused(date = date(paused, locale)))
                    Quiet(texts.settingsPauseEnd) { model.pause(null) }
                }
            }
        }
        for (never in nudges.never) {
            item(never.rule) {
                Tile {
                    Text(never.why.ifEmpty { never.rule })
                    Quiet(texts.settingsAllowAgain) { model.allow(never.rule) }
                }
            }
        }
        item { Secondary(texts.remindersTitle) { go(Route.Reminders) } }
        item { SwitchRow(texts.settingsShare, nudges.share, texts.settingsShareWhat, model::share) }
        item { Heading(texts.settingsStorage) }
        item { SwitchRow(texts.settingsMetered, state.settings.mediaOnMetered, null, model::media) }
        item {
            val budgets = (Budgets + state.settings.mediaBudget).distinct().sorted()
            Choice(texts.settingsBudget, budgets.map { it to texts.megabytes(count = it / MIB) }, state.settings.mediaBudget, model::mediaBudget)
        }
        item { Small(texts.settingsHeld(count = state.media.held / MIB)) }
        item { Heading(texts.settingsDevices) }
        val devices = state.devices
        if (devices == null) item { Secondary(texts.settingsAskDevices, onClick = model::askDevices) }
        devices?.forEach { device ->
            item(device.id) {
                Tile {
                    Text(device.name, style = MaterialTheme.typography.titleMedium)
                    Small(if (device.isThis) texts.deviceThis else texts.deviceHeard(date = day(device.heard, locale)))
                    if (!device.isThis) Quiet(texts.deviceSignOut) { model.signOutDevice(device.id) }
                }
            }
        }
        item { Heading(texts.settingsData) }
        item { Small(texts.settingsExportWhat) }
        item { Secondary(texts.settingsExport) { model.export() } }
        state.exported?.let { item { Text(texts.settingsExported(file = it.replace('\\', '/').substringAfterLast('/'))) } }
        item { Heading(texts.syncTitle) }
        item { Secondary(texts.settingsSync) { go(Route.Sync) } }
        item { Secondary(texts.signOut) { model.signOut() } }
        if (failure is QadamException.Unsent) item { Quiet(texts.signOutAnyway) { model.signOut(evenUnsent = true) } }
    }
}

private fun hour(hour: Int, locale: String): String =
    LocalTime.of(hour, 0).format(DateTimeFormatter.ofLocalizedTime(FormatStyle.SHORT).withLocale(Locale.forLanguageTag(locale)))
