//! What a rule can ask about: facts, by name, with their units, and where they are known.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::{CourseId, LessonId};

/// A number that is known of a person. Sales and volume are those of customers: there is no fact of what a distributor bought.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Fact {
    LessonCompleted(LessonId),
    LessonFailures(LessonId),
    LessonBest(LessonId),
    CourseCompleted(CourseId),
    LessonsCompleted,
    PerfectQuizzes,
    QuizzesFailed,
    Reviews,
    RunOfDays,
    Sales,
    SalesVolume,
    Volume,
    Rank,
    Points,
    Streak,
    ReviewsDue,
    DaysSinceJoining,
    DaysSinceActivity,
    DaysLeftInMonth,
    VolumeToNextRank,
    PlanDone,
    TasksOverdue,
    GoalLeft,
    Contacts,
    FollowUpsDue,
    BirthdaysToday,
    VolumeGoal,
    NewcomersSilent,
    NewcomersStuck,
}

/// Who can know a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Home {
    /// Phone and server, from the journal and the back office.
    Journal,
    /// The phone alone: the server can't read it.
    Phone,
    /// The server alone.
    Server,
}

/// What is to be known of a fact; the manual's list is made from this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// `<lesson>` or `<course>` stands for an id.
    pub name: &'static str,
    pub unit: &'static str,
    pub home: Home,
    /// Never falls while facts are only added, and is known for each past day: what points and badges may rest on.
    pub rises: bool,
    /// For the manual, in English.
    pub what: &'static str,
}

const fn about(name: &'static str, unit: &'static str, home: Home, rises: bool, what: &'static str) -> About {
    About { name, unit, home, rises, what }
}

/// All facts.
pub const FACTS: [About; 29] = [
    about("lesson.<lesson>.completed", "0 or 1", Home::Journal, true, "the lesson is completed"),
    about("lesson.<lesson>.failures", "quizzes", Home::Journal, false, "how often its quiz was not passed"),
    about("lesson.<lesson>.best", "percent", Home::Journal, false, "the best quiz of the lesson"),
    about(
        "course.<course>.completed",
        "lessons",
        Home::Journal,
        true,
        "how many of the course's lessons are completed",
    ),
    about("lessons.completed", "lessons", Home::Journal, true, "how many lessons are completed, of all courses"),
    about("quizzes.perfect", "lessons", Home::Journal, true, "how many lessons' quizzes were answered without a fault"),
    about(
        "quizzes.failed",
        "quizzes",
        Home::Journal,
        false,
        "how often the quiz of one lesson was not passed, of the lessons not passed yet the most",
    ),
    about("reviews.answered", "reviews", Home::Journal, true, "how many reviews were answered, in the rule's window"),
    about("days.run", "days", Home::Journal, true, "the longest run of days with work done, without freezes"),
    about("sales", "sales", Home::Journal, true, "confirmed sales to customers, in the rule's window"),
    about("sales.volume", "points of volume", Home::Journal, true, "the volume of these sales"),
    about(
        "volume",
        "points of volume",
        Home::Journal,
        true,
        "what customers bought in the month, as the back office counts it",
    ),
    about(
        "rank",
        "place",
        Home::Journal,
        true,
        "the highest rank reached: 1 for the first of company.toml, 0 for none",
    ),
    about("points", "points", Home::Journal, false, "points earned in the app"),
    about("streak", "days", Home::Journal, false, "the present streak"),
    about("reviews.due", "reviews", Home::Journal, false, "reviews that are due today"),
    about("days.since_joining", "days", Home::Journal, false, "0 on the day of joining"),
    about("days.since_activity", "days", Home::Journal, false, "days since anything was done in the app"),
    about(
        "days.left_in_month",
        "days",
        Home::Journal,
        false,
        "0 on the last day of the month, or of the market's period",
    ),
    about(
        "volume.to_next_rank",
        "points of volume",
        Home::Journal,
        false,
        "what customers' volume this month lacks to the next rank's need",
    ),
    about("plan.done", "percent", Home::Phone, false, "how much of the 90-day plan is done, written contacts counted"),
    about("tasks.overdue", "tasks", Home::Phone, false, "tasks of the plan that are late"),
    about("goal.left", "tasks", Home::Phone, false, "steps that are left to the plan's first goal, itself among them"),
    about("contacts", "contacts", Home::Phone, false, "contacts written down"),
    about("follow_ups.due", "contacts", Home::Phone, false, "contacts whom the person wanted to call by now"),
    about(
        "birthdays.today",
        "contacts",
        Home::Phone,
        false,
        "contacts whose birthday, as the person noted it, is today",
    ),
    about(
        "volume.goal",
        "points of volume",
        Home::Phone,
        false,
        "the goal for customers' volume that the person set for the month",
    ),
    about(
        "newcomers.silent",
        "people",
        Home::Server,
        false,
        "newcomers whom the person sponsors and of whom a sync proves that for five days nothing was done",
    ),
    about(
        "newcomers.stuck",
        "people",
        Home::Server,
        false,
        "newcomers whom the person sponsors and of whom a sync proves that for seven days no lesson or task was completed",
    ),
];

impl Fact {
    pub fn about(&self) -> &'static About {
        &FACTS[self.index()]
    }

    /// Its place among [`FACTS`], where it is one of its kind: one without an id.
    pub fn place(&self) -> Option<usize> {
        let has_id = matches!(
            self,
            Self::LessonCompleted(_) | Self::LessonFailures(_) | Self::LessonBest(_) | Self::CourseCompleted(_)
        );
        (!has_id).then(|| self.index())
    }

    fn index(&self) -> usize {
        match self {
            Self::LessonCompleted(_) => 0,
            Self::LessonFailures(_) => 1,
            Self::LessonBest(_) => 2,
            Self::CourseCompleted(_) => 3,
            Self::LessonsCompleted => 4,
            Self::PerfectQuizzes => 5,
            Self::QuizzesFailed => 6,
            Self::Reviews => 7,
            Self::RunOfDays => 8,
            Self::Sales => 9,
            Self::SalesVolume => 10,
            Self::Volume => 11,
            Self::Rank => 12,
            Self::Points => 13,
            Self::Streak => 14,
            Self::ReviewsDue => 15,
            Self::DaysSinceJoining => 16,
            Self::DaysSinceActivity => 17,
            Self::DaysLeftInMonth => 18,
            Self::VolumeToNextRank => 19,
            Self::PlanDone => 20,
            Self::TasksOverdue => 21,
            Self::GoalLeft => 22,
            Self::Contacts => 23,
            Self::FollowUpsDue => 24,
            Self::BirthdaysToday => 25,
            Self::VolumeGoal => 26,
            Self::NewcomersSilent => 27,
            Self::NewcomersStuck => 28,
        }
    }

    /// Reads a name such as `sales` or `lesson.first-sale.failures`; `None` where there is no such fact.
    pub fn parse(name: &str) -> Option<Self> {
        let of_lesson = |rest: &str| {
            let (lesson, what) = rest.split_once('.')?;
            let lesson = LessonId::new(lesson).ok()?;
            match what {
                "completed" => Some(Self::LessonCompleted(lesson)),
                "failures" => Some(Self::LessonFailures(lesson)),
                "best" => Some(Self::LessonBest(lesson)),
                _ => None,
            }
        };
        if let Some(rest) = name.strip_prefix("lesson.") {
            return of_lesson(rest);
        }
        if let Some(rest) = name.strip_prefix("course.") {
            return Some(Self::CourseCompleted(CourseId::new(rest.strip_suffix(".completed")?).ok()?));
        }
        const PLAIN: [Fact; 25] = [
            Fact::LessonsCompleted,
            Fact::PerfectQuizzes,
            Fact::QuizzesFailed,
            Fact::Reviews,
            Fact::RunOfDays,
            Fact::Sales,
            Fact::SalesVolume,
            Fact::Volume,
            Fact::Rank,
            Fact::Points,
            Fact::Streak,
            Fact::ReviewsDue,
            Fact::DaysSinceJoining,
            Fact::DaysSinceActivity,
            Fact::DaysLeftInMonth,
            Fact::VolumeToNextRank,
            Fact::PlanDone,
            Fact::TasksOverdue,
            Fact::GoalLeft,
            Fact::Contacts,
            Fact::FollowUpsDue,
            Fact::BirthdaysToday,
            Fact::VolumeGoal,
            Fact::NewcomersSilent,
            Fact::NewcomersStuck,
        ];
        PLAIN.into_iter().find(|fact| fact.about().name == name)
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.about().name;
        match self {
            Self::LessonCompleted(id) | Self::LessonFailures(id) | Self::LessonBest(id) => {
                f.write_str(&name.replace("<lesson>", id.as_str()))
            }
            Self::CourseCompleted(id) => f.write_str(&name.replace("<course>", id.as_str())),
            _ => f.write_str(name),
        }
    }
}

impl TryFrom<String> for Fact {
    type Error = String;
    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::parse(&name).ok_or_else(|| format!("there is no fact {name}"))
    }
}

impl From<Fact> for String {
    fn from(fact: Fact) -> String {
        fact.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fact_reads_what_it_writes() {
        for about in FACTS {
            let name = about.name.replace("<lesson>", "first-sale").replace("<course>", "first-steps");
            let fact = Fact::parse(&name).unwrap_or_else(|| panic!("{name}"));
            assert_eq!(fact.about(), &about);
            assert_eq!(fact.to_string(), name);
        }
        for name in ["", "sale", "lesson.first-sale", "lesson.First.best", "course..completed", "own.volume"] {
            assert_eq!(Fact::parse(name), None, "{name}");
        }
    }
}
