//! A release: everything that the fold reads, under one hash. Texts and media are not part of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::awards::{Awards, BadgeCondition};
use crate::company::{Locale, Market};
use crate::ids::{BlobHash, CardId, CompanyId, LessonId, RankId, ReleaseId, RuleId};
use crate::journey::Journey;
use crate::learning::{Course, Lesson, Question};
use crate::reviews::ReviewPlan;
use crate::rules::emitted::Side;
use crate::rules::{Effect, Rule, Slot, Trigger, When};

/// What a company published at one time: graph of courses, answer keys, gates, points, levels, badges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// 1 for the company's first release, one more for each next: tells which of two is newer.
    pub serial: u64,
    pub company: CompanyId,
    pub default_locale: Locale,
    pub locales: Vec<Locale>,
    pub markets: Vec<Market>,
    /// In the order in which they are shown.
    pub courses: Vec<Course>,
    pub awards: Awards,
    pub reviews: ReviewPlan,
    /// From the lowest on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ranks: Vec<Rank>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Slot>,
    /// The plan of the first days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journey: Option<Journey>,
}

/// A rank of the company's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rank {
    pub id: RankId,
    /// The customers' volume of a month that it takes.
    pub need: i64,
}

impl Release {
    /// The canonical bytes: JSON (RFC 8259) as this crate's serializer writes it. They are stored and sent as they are, never written anew.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a release holds nothing that JSON can't")
    }

    /// The id of a release that is stored as these bytes.
    pub fn id_of(bytes: &[u8]) -> ReleaseId {
        BlobHash::of(bytes).into()
    }

    pub fn lessons(&self) -> impl Iterator<Item = &Lesson> {
        self.courses.iter().flat_map(|course| &course.lessons)
    }

    pub fn lesson(&self, id: &LessonId) -> Option<&Lesson> {
        self.lessons().find(|lesson| lesson.id == *id)
    }

    pub fn question(&self, card: &CardId) -> Option<&Question> {
        self.lesson(&card.lesson)?.question(&card.question)
    }
}

/// A release with its id and an index of its lessons.
#[derive(Debug, Clone)]
pub struct IndexedRelease {
    pub id: ReleaseId,
    pub release: Release,
    lessons: BTreeMap<LessonId, (usize, usize)>,
    /// Places of the rules that are part of the fold.
    derived: Vec<(Trigger, usize)>,
    /// Places of the rules of which the phone or the server decides something.
    emitted: [Vec<usize>; 2],
    /// Places of all rules that may be followed.
    rules: BTreeMap<RuleId, usize>,
}

impl IndexedRelease {
    /// Reads canonical bytes.
    ///
    /// # Errors
    /// The parser's, where the bytes are not a release.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        let release = serde_json::from_slice(bytes)?;
        Ok(Self::new(Release::id_of(bytes), release))
    }

    pub fn new(id: ReleaseId, release: Release) -> Self {
        let mut lessons = BTreeMap::new();
        for (c, course) in release.courses.iter().enumerate() {
            for (l, lesson) in course.lessons.iter().enumerate() {
                lessons.entry(lesson.id.clone()).or_insert((c, l));
            }
        }
        // A badge may hang on a rule that gives nothing else.
        let badges: BTreeSet<&RuleId> = (release.awards.badges.iter())
            .filter_map(|badge| if let BadgeCondition::Rule(rule) = &badge.when { Some(rule) } else { None })
            .collect();
        let is_derived = |rule: &Rule| rule.then.iter().any(Effect::is_derived) || badges.contains(&rule.id);
        let derived = (release.rules.iter().enumerate())
            .filter_map(|(place, slot)| match slot.rule()? {
                rule @ Rule { when: When::Event(trigger), .. } if is_derived(rule) => Some((*trigger, place)),
                _ => None,
            })
            .collect();
        let followed = || release.rules.iter().enumerate().filter_map(|(place, slot)| Some((place, slot.rule()?)));
        let emitted = [Side::Phone, Side::Server]
            .map(|side| followed().filter(|(_, rule)| rule.is_decided_by(side)).map(|(place, _)| place).collect());
        let rules = followed().map(|(place, rule)| (rule.id.clone(), place)).collect();
        Self { id, release, lessons, derived, emitted, rules }
    }

    /// The rules of which a side decides something, in the release's order.
    pub fn emitted(&self, side: Side) -> impl Iterator<Item = &Rule> {
        self.emitted[side as usize].iter().filter_map(|place| self.place(*place))
    }

    /// A rule that may be followed.
    pub fn rule(&self, id: &RuleId) -> Option<&Rule> {
        self.place(*self.rules.get(id)?)
    }

    /// What stands there was checked when the index was made.
    fn place(&self, place: usize) -> Option<&Rule> {
        match self.release.rules.get(place)? {
            Slot::Known(rule) => Some(rule),
            Slot::Newer(_) => None,
        }
    }

    /// The rules that are part of the fold, with what makes them look.
    pub fn derived(&self) -> impl Iterator<Item = (Trigger, &Rule)> {
        self.derived.iter().filter_map(|(trigger, place)| Some((*trigger, self.place(*place)?)))
    }

    /// The rules that this version passes over: a newer one's, and those that break what no rule may.
    pub fn passed_over(&self) -> usize {
        self.release.rules.iter().filter(|slot| slot.rule().is_none()).count()
    }

    pub fn lesson(&self, id: &LessonId) -> Option<&Lesson> {
        let (course, lesson) = *self.lessons.get(id)?;
        Some(&self.release.courses[course].lessons[lesson])
    }
}

/// The releases that a phone or server holds.
#[derive(Debug, Clone, Default)]
pub struct Releases(BTreeMap<ReleaseId, Arc<IndexedRelease>>);

impl Releases {
    pub fn insert(&mut self, release: Arc<IndexedRelease>) {
        self.0.insert(release.id.clone(), release);
    }

    pub fn get(&self, id: &ReleaseId) -> Option<&Arc<IndexedRelease>> {
        self.0.get(id)
    }

    pub fn remove(&mut self, id: &ReleaseId) {
        self.0.remove(id);
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<IndexedRelease>> {
        self.0.values()
    }

    /// The newest held release that is not newer than `serial`; of two with one serial the greater id.
    pub fn newest_up_to(&self, serial: u64) -> Option<&Arc<IndexedRelease>> {
        self.0.values().filter(|r| r.release.serial <= serial).max_by_key(|r| (r.release.serial, &r.id))
    }
}
