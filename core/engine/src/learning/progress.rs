//! What newly followed from something that was done: where the person stood before, against where they stand now.

use std::collections::BTreeSet;

use qadam_domain::fold::State;
use qadam_domain::ids::{BadgeId, LessonId, LevelId};
use qadam_domain::learning::gates::{Gate, gate};

use super::{ProgressView, lesson_ref};
use crate::awards;
use crate::core::{Content, Now};

/// Where the person stands, in what can be gained.
pub(crate) struct Standing {
    completed: BTreeSet<LessonId>,
    locked: BTreeSet<LessonId>,
    badges: BTreeSet<BadgeId>,
    points: u64,
    level: Option<LevelId>,
}

impl Standing {
    pub fn of(content: &Content, state: &State, now: &Now) -> Self {
        let mut standing = Self {
            completed: BTreeSet::new(),
            locked: BTreeSet::new(),
            badges: BTreeSet::new(),
            points: state.totals().points,
            level: content.release.release.awards.level(state.totals().points).0.map(|level| level.id.clone()),
        };
        standing.badges.extend(state.badges().map(|(id, _)| id.clone()));
        for lesson in content.release.release.lessons() {
            match gate(lesson, state, now.server) {
                Gate::Completed => standing.completed.insert(lesson.id.clone()),
                Gate::Locked { .. } => standing.locked.insert(lesson.id.clone()),
                _ => false,
            };
        }
        standing
    }

    /// What is new in `state`.
    pub fn progress(&self, content: &Content, state: &State, now: &Now) -> ProgressView {
        let after = Self::of(content, state, now);
        let bundle = &content.bundle;
        let awards = &content.release.release.awards;
        ProgressView {
            completed: after.completed.difference(&self.completed).map(|id| lesson_ref(bundle, id)).collect(),
            unlocked: self.locked.difference(&after.locked).map(|id| lesson_ref(bundle, id)).collect(),
            badges: awards
                .badges
                .iter()
                .filter(|badge| after.badges.contains(&badge.id) && !self.badges.contains(&badge.id))
                .map(|badge| awards::badge_view(bundle, badge, state))
                .collect(),
            points: u32::try_from(after.points.saturating_sub(self.points)).unwrap_or(u32::MAX),
            level: awards
                .level(after.points)
                .0
                .filter(|level| Some(&level.id) != self.level.as_ref() && after.points > self.points)
                .map(|level| awards::level_view(bundle, level)),
            streak: awards::streak_view(state, now),
        }
    }
}
