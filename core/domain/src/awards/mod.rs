//! Points, levels, badges and the streak. What they are worth is content; how they are counted is here.

pub mod streak;

use serde::{Deserialize, Serialize};

use crate::ids::{BadgeId, LessonId, LevelId, RuleId};
use crate::time::Day;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Awards {
    pub points: PointsRule,
    /// By rising `from`; the first starts at 0.
    pub levels: Vec<Level>,
    pub badges: Vec<Badge>,
}

impl Awards {
    /// The level that so many points reach, and the next one.
    pub fn level(&self, points: u64) -> (Option<&Level>, Option<&Level>) {
        let reached = self.levels.partition_point(|level| level.from <= points);
        (reached.checked_sub(1).and_then(|i| self.levels.get(i)), self.levels.get(reached))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointsRule {
    /// For each review answered.
    pub review: u32,
    /// At most so many reviews count in one day.
    pub reviews_a_day: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    pub id: LevelId,
    /// Points from which one has it.
    pub from: u64,
}

/// A badge. Once published it stays in every later release, its condition never changes and its points never fall; it can only get an end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Badge {
    pub id: BadgeId,
    pub points: u32,
    pub when: BadgeCondition,
    /// The last day on which it can be earned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Day>,
}

/// Counts, bests, sums and runs of days without freezes only: so the order in which facts arrive can't matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BadgeCondition {
    /// All of these are completed. A course's badge names the lessons that it had when the badge was published.
    Lessons(Vec<LessonId>),
    /// So many lessons are completed.
    LessonsCompleted(u32),
    /// So many lessons have a quiz without a fault.
    PerfectQuizzes(u32),
    /// So many reviews were answered.
    Reviews(u32),
    /// So many days in a row with work done.
    RunOfDays(u32),
    /// The condition of this rule holds.
    Rule(RuleId),
}
