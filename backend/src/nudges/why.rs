//! Why a rule did or did not move a person on a day: for the company's staff.

use std::fmt;

use qadam_domain::ids::RuleId;
use qadam_domain::release::{IndexedRelease, Releases};
use qadam_domain::rules::emitted::{Side, at, explain, of_groups};
use qadam_domain::rules::{Compared, Effect, When, derived};
use qadam_domain::time::{Day, Millis};
use qadam_protocol::error::ErrorCode;
use serde::Serialize;

use super::decide::{self, Subject};
use super::{facts, tick};
use crate::accounts;
use crate::error::Error;
use crate::params;
use crate::store::{Connection, Optional};
use crate::sync::load_state;

/// What is known about one rule, one person and one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Why {
    pub distributor: String,
    pub rule: RuleId,
    pub day: Day,
    /// What makes the rule look.
    pub waits_for: When,
    /// Each effect, with who decides it: `phone`, `server`, or `fold`.
    pub effects: Vec<(&'static str, &'static str)>,
    /// Its time or event came on the day.
    pub comes_up: bool,
    /// The day is after the rule's last one.
    pub over: bool,
    /// The condition holds, as far as the server knows.
    pub holds: bool,
    pub compared: Vec<Compared>,
    pub held_out: bool,
    /// The day for which the server decided it in this window.
    pub decided: Option<Day>,
    /// A word is asked for that the person does not share.
    pub unshared: bool,
    /// A rule of its group that goes before it.
    pub kept_back_by: Option<RuleId>,
}

/// Asks one rule about one person. `day`: today at the person's place, where none is named.
///
/// # Errors
/// `not_found` where there is no such person or rule, or nothing is published; what the database says, and rows that can't be read.
pub fn why(
    conn: &Connection,
    releases: &Releases,
    number: &str,
    rule: &RuleId,
    day: Option<Day>,
    now: Millis,
) -> Result<Why, Error> {
    let missing = |detail: String| Error::new(ErrorCode::NotFound, detail);
    let release: &IndexedRelease = releases
        .newest_up_to(u64::MAX)
        .ok_or_else(|| missing("nothing is published yet: qadam-backend content publish DIR".into()))?;
    let rule = release.rule(rule).ok_or_else(|| {
        missing(format!("the newest release has no rule {rule} that may be followed: see the folder's rules"))
    })?;
    let account: Option<i64> = conn
        .prepare_cached("SELECT id FROM account WHERE distributor = ?1 AND closed IS NULL")?
        .query_row([number], |row| row.get(0))
        .optional()?;
    let account = account.ok_or_else(|| missing(format!("nobody has the id {number}: qadam-backend user list")))?;
    let me = accounts::me(conn, account)?;
    let distributor = accounts::distributor(conn, me)?;
    let state = load_state(conn, me)?;
    let zone = facts::zone_of(conn, account, release, &distributor)?;
    let day = day.unwrap_or_else(|| zone.local(now).0);
    let subject = Subject { account, me, distributor: &distributor, release, now };
    let person = decide::person(conn, &subject, &state, releases, day)?;
    let segments = tick::segments(conn, account)?;
    let answer = explain(&person, rule, day, &segments);
    let side = |effect: &Effect| match rule.decider(effect) {
        Some(Side::Phone) => "phone",
        Some(Side::Server) => "server",
        None => "fold",
    };
    let begin = rule.limits.per.begin(day);
    let id = qadam_domain::rules::emitted::Decision {
        rule: rule.id.clone(),
        window: derived::name(rule.limits.per, begin),
        day,
        minute: None,
        held_out: false,
        compared: Vec::new(),
    }
    .id(&distributor.id);
    let decided: Option<i32> = conn
        .prepare_cached("SELECT day FROM decided WHERE account = ?1 AND id = ?2")?
        .query_row(params![account, id.as_str()], |row| row.get(0))
        .optional()?;
    let (_, kept_back) = of_groups(release, at(&person, Side::Server, day, &segments).0);
    let kept_back_by = kept_back.into_iter().find(|(decision, _)| decision.rule == rule.id).map(|(_, by)| by);
    let asks_for_word = rule.then.iter().any(|effect| matches!(effect, Effect::Sponsor(_)));
    Ok(Why {
        distributor: distributor.id.clone(),
        rule: rule.id.clone(),
        day,
        waits_for: rule.when.clone(),
        effects: rule.then.iter().map(|effect| (name(effect), side(effect))).collect(),
        comes_up: answer.comes_up,
        over: answer.over,
        holds: answer.holds,
        compared: answer.compared,
        held_out: answer.held_out,
        decided: decided.map(Day),
        unshared: asks_for_word && !facts::is_shared(conn, me)?,
        kept_back_by,
    })
}

fn name(effect: &Effect) -> &'static str {
    match effect {
        Effect::Points(_) => "points",
        Effect::Course(_) => "course",
        Effect::Lesson(_) => "lesson",
        Effect::Task(_) => "task",
        Effect::Nudge(_) => "nudge",
        Effect::Sponsor(_) => "word to the sponsor",
        Effect::Offer(_) => "offer",
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { distributor, rule, day, .. } = self;
        let yes = |holds: bool| if holds { "yes" } else { "no" };
        writeln!(f, "rule {rule}, person {distributor}, {day}")?;
        let waits = serde_json::to_string(&self.waits_for).map_err(|_| fmt::Error)?;
        writeln!(f, "waits for: {waits}; came up on the day: {}", yes(self.comes_up))?;
        for (effect, by) in &self.effects {
            writeln!(f, "{effect}: decided by the {by}")?;
        }
        writeln!(f, "the condition holds, as far as the server knows: {}", yes(self.holds))?;
        for compared in &self.compared {
            writeln!(f, "  {compared}: {}", yes(compared.holds))?;
        }
        let mut reasons = Vec::new();
        if self.over {
            reasons.push("the rule is over".to_string());
        }
        if self.held_out {
            reasons.push("the person is one of those who get nothing of it".into());
        }
        if self.unshared {
            reasons.push("the person does not share with the sponsor".into());
        }
        if let Some(by) = &self.kept_back_by {
            reasons.push(format!("the rule {by} of its group goes before it"));
        }
        for reason in reasons {
            writeln!(f, "{reason}")?;
        }
        match self.decided {
            Some(decided) => write!(f, "the server decided it in this window, for {decided}"),
            None => write!(f, "the server did not decide it in this window"),
        }
    }
}
