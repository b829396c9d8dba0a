//! Points, level, badges, streak.

mod view;

use std::collections::BTreeMap;

use qadam_domain::awards::streak::streak;
use qadam_domain::awards::{Badge, Level};
use qadam_domain::content::Bundle;
use qadam_domain::fold::State;
use qadam_domain::ids::{BadgeId, LessonId};
use qadam_domain::time::{Day, Millis};

use crate::core::{Core, Now};
use crate::error::Result;
use crate::learning;
use crate::live::Timed;
use crate::{replica, results};

pub use view::*;

/// Entries of the ledger that a view holds.
const LEDGER: usize = 100;

/// Days of the streak's calendar.
const CALENDAR: i32 = 28;

/// # Errors
/// [`crate::EngineError::ContentMissing`]; those of storage.
pub fn view(core: &Core) -> Result<Timed<AwardsView>> {
    core.database.read(|connection| {
        let content = core.require_content(connection)?;
        let state = replica::state(connection)?;
        let now = core.now(connection)?;
        let (bundle, awards) = (&content.bundle, &content.release.release.awards);
        let withdrawn: BTreeMap<String, Millis> =
            results::notices(connection)?.into_iter().filter_map(|notice| Some((notice.badge?, notice.at))).collect();
        let points = state.totals().points;
        let (level, next_level) = awards.level(points);
        let (mut badges, open): (Vec<BadgeView>, Vec<BadgeView>) = awards
            .badges
            .iter()
            .filter(|badge| {
                let earned = state.badges().any(|(id, _)| *id == badge.id);
                let withdrawn = withdrawn.contains_key(badge.id.as_str());
                earned || withdrawn || badge.ended.is_none_or(|ended| now.today() <= ended)
            })
            .map(|badge| {
                let view = badge_view(bundle, badge, &state);
                // What was earned again is not withdrawn any more.
                let at = withdrawn.get(badge.id.as_str()).copied().filter(|_| view.earned.is_none());
                BadgeView { withdrawn: at, ..view }
            })
            .partition(|badge| badge.earned.is_some());
        badges.extend(open);
        let mut ledger: Vec<_> = state.ledger().collect();
        ledger.sort_unstable_by(|a, b| (b.1.day, b.0).cmp(&(a.1.day, a.0)));
        let ledger = ledger.into_iter().take(LEDGER).map(|(source, entry)| LedgerEntryView {
            source: source_view(bundle, source),
            points: entry.points,
            day: entry.day.to_string(),
        });
        let valid_until = now.on_the_wall(now.midnight());
        let value = AwardsView {
            points: i64::try_from(points).unwrap_or(i64::MAX),
            level: level.map(|level| level_view(bundle, level)),
            next_level: next_level.map(|level| level_view(bundle, level)),
            badges,
            streak: streak_view(&state, &now),
            ledger: ledger.collect(),
            valid_until,
        };
        Ok(Timed { value, valid_until: Some(valid_until) })
    })
}

pub(crate) fn badge_view(bundle: &Bundle, badge: &Badge, state: &State) -> BadgeView {
    let text = bundle.badges.get(&badge.id);
    BadgeView {
        id: badge.id.to_string(),
        title: text.map_or_else(|| badge.id.to_string(), |t| t.title.clone()),
        how: text.map(|t| t.how.clone()).unwrap_or_default(),
        words: text.map(|t| t.earned.clone()).unwrap_or_default(),
        points: badge.points,
        earned: state.badges().find(|(id, _)| **id == badge.id).map(|(_, earned)| earned.day.to_string()),
        withdrawn: None,
    }
}

pub(crate) fn level_view(bundle: &Bundle, level: &Level) -> LevelView {
    LevelView {
        id: level.id.to_string(),
        title: bundle.levels.get(&level.id).cloned().unwrap_or_else(|| level.id.to_string()),
        from: i64::try_from(level.from).unwrap_or(i64::MAX),
    }
}

pub(crate) fn streak_view(state: &State, now: &Now) -> StreakView {
    let today = now.today();
    let streak = streak(state.days().map(|(day, _)| day), today);
    let shown = |day: &Day| (0..CALENDAR).contains(&today.since(*day));
    StreakView {
        days: streak.days,
        freezes: streak.freezes,
        longest: streak.longest,
        active_today: streak.active_today,
        active: state.days().map(|(day, _)| day).filter(shown).map(|day| day.to_string()).collect(),
        frozen: streak.frozen.iter().copied().filter(shown).map(|day| day.to_string()).collect(),
    }
}

fn source_view(bundle: &Bundle, source: &str) -> PointsSource {
    let known = source.split_once(':').and_then(|(kind, id)| match kind {
        "lesson" => LessonId::new(id).ok().map(|id| PointsSource::Lesson { title: learning::title(bundle, &id) }),
        "badge" => {
            let title = BadgeId::new(id).ok().and_then(|id| bundle.badges.get(&id).map(|text| text.title.clone()));
            Some(PointsSource::Badge { title: title.unwrap_or_else(|| id.to_string()) })
        }
        "reviews" => Some(PointsSource::Reviews),
        "rule" => {
            let (id, why) = results::rule_words(bundle, id);
            Some(PointsSource::Rule { id, why })
        }
        _ => None,
    });
    known.unwrap_or_else(|| PointsSource::Other { id: source.to_string() })
}
