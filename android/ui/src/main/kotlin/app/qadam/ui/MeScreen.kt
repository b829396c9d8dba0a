package app.qadam.ui

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import app.qadam.core.BadgeView
import app.qadam.core.LedgerEntryView
import app.qadam.core.PointsSource
import app.qadam.core.ResultsView
import app.qadam.core.Texts
import java.time.LocalDate

@Composable
fun MeScreen(model: MeViewModel, locale: String, go: (Route) -> Unit) {
    val load by model.state.collectAsStateWithLifecycle()
    MeScreen(load, model, locale, go)
}

@Composable
fun MeScreen(load: Load<MeState>, model: ScreenViewModel, locale: String, go: (Route) -> Unit) {
    val texts = LocalTexts.current
    LoadedScreen<MeState>({ texts.meTitle }, load, model) { state ->
        val awards = state.awards
        item {
            Tile(color = MaterialTheme.colorScheme.primaryContainer) {
                awards.level?.let { Text(it.title, style = MaterialTheme.typography.headlineSmall) }
                Text(texts.mePoints(count = awards.points), style = MaterialTheme.typography.titleMedium)
                Progress(state.levelPercent)
                awards.nextLevel?.let { Text(texts.meNextLevel(title = it.title, count = it.from - awards.points)) }
            }
        }
        item {
            Tile {
                val streak = awards.streak
                Text(if (streak.days == 0u) texts.streakNone else texts.streakDays(count = streak.days.toLong()), style = MaterialTheme.typography.titleMedium)
                Small(texts.streakLongest(count = streak.longest.toLong()))
                Small(texts.streakFreezes(count = streak.freezes.toLong()))
                Calendar(state.calendar, locale)
            }
        }
        results(state.results, locale)
        item { Secondary(texts.offersOpen) { go(Route.Offers) } }
        item { Heading(texts.meBadges) }
        items(awards.badges.size, { "badge/${awards.badges[it].id}" }) { BadgeLine(awards.badges[it], locale) }
        item { Heading(texts.meLedger) }
        if (awards.ledger.isEmpty()) item { Note(texts.meLedgerEmpty) }
        items(awards.ledger.size, { "ledger/$it" }) { LedgerLine(awards.ledger[it], locale) }
    }
}

/** Days in rows of a week, today last; each is said with its date. */
@Composable
private fun Calendar(days: List<Pair<LocalDate, StreakDay>>, locale: String) {
    val texts = LocalTexts.current
    Small(texts.streakCalendar)
    for (week in days.chunked(7)) {
        Row(Modifier.fillMaxWidth()) {
            for ((day, how) in week) {
                val said = "${date(day.toString(), locale)}: ${texts.of(how)}"
                Column(Modifier.weight(1f).clearAndSetSemantics { contentDescription = said }, horizontalAlignment = Alignment.CenterHorizontally) {
                    Small("${day.dayOfMonth}")
                    Text(how.sign, color = if (how == StreakDay.MISSED) MaterialTheme.colorScheme.onSurfaceVariant else MaterialTheme.colorScheme.primary)
                }
            }
        }
    }
    for (how in StreakDay.entries) Small("${how.sign} ${texts.of(how)}")
}

/** Not by colour alone. */
private val StreakDay.sign: String
    get() = when (this) {
        StreakDay.ACTIVE -> "●"
        StreakDay.FROZEN -> "◇"
        StreakDay.MISSED -> "·"
    }

private fun Texts.of(day: StreakDay): String = when (day) {
    StreakDay.ACTIVE -> streakDayActive
    StreakDay.FROZEN -> streakDayFrozen
    StreakDay.MISSED -> streakDayMissed
}

private fun LazyListScope.results(results: ResultsView, locale: String) {
    if (results.rank == null && results.volumes.isEmpty() && results.sales.isEmpty()) return
    item {
        val texts = LocalTexts.current
        Tile {
            results.rank?.let { Text(texts.meRank(title = it.title), style = MaterialTheme.typography.titleMedium) }
            results.nextRank?.let { Small(texts.meNextRank(title = it.title, need = it.need)) }
            results.volumes.firstOrNull()?.let { Text(texts.meVolume(count = it.customers, date = date(it.day, locale))) }
            Small(texts.meSales(count = results.sales.count { !it.own && !it.returned }.toLong()))
        }
    }
}

@Composable
private fun BadgeLine(badge: BadgeView, locale: String) {
    val texts = LocalTexts.current
    val earned = badge.earned
    Tile(color = if (earned == null) MaterialTheme.colorScheme.surfaceContainer else MaterialTheme.colorScheme.secondaryContainer) {
        Text(badge.title, style = MaterialTheme.typography.titleMedium)
        Text(
            when {
                badge.withdrawn != null -> texts.badgeWithdrawn
                earned != null -> texts.badgeEarned(date = date(earned, locale))
                else -> badge.how
            },
        )
    }
}

@Composable
private fun LedgerLine(entry: LedgerEntryView, locale: String) {
    val texts = LocalTexts.current
    Tile {
        Text(
            when (val source = entry.source) {
                is PointsSource.Lesson -> texts.pointsLesson(title = source.title)
                is PointsSource.Badge -> texts.pointsBadge(title = source.title)
                PointsSource.Reviews -> texts.pointsReviews
                is PointsSource.Rule -> if (source.why.isEmpty()) texts.pointsOther else source.why
                is PointsSource.Other -> texts.pointsOther
            },
        )
        Small(texts.pointsOn(count = entry.points.toLong(), date = date(entry.day, locale)))
    }
}
