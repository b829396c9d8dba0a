//! What the fold keeps of nudges: that a rule decided one, and what became of it. All of it minima.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Applied, State, Tracked};
use crate::ids::DecisionId;
use crate::rules::emitted::Decision;
use crate::time::Moment;

/// A nudge that was decided. Its id is the decision's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    /// Should two phones have decided it apart, the lesser one.
    #[serde(flatten)]
    pub decision: Decision,
    /// The server decided it: then it is one that the phone is yet to show.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub from_server: bool,
    /// When it was decided.
    pub at: Moment,
    /// It stood in a notification, as far as the phone can know: permitted, scheduled, and its time passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dismissed: Option<Moment>,
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// What became of a nudge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Became {
    /// It was decided, and waits in the messages; or the person is one of those who get nothing of it.
    Decided,
    Shown,
    Opened,
    Dismissed,
}

impl State {
    /// The nudges that were decided, by id.
    pub fn nudges(&self) -> impl Iterator<Item = (&DecisionId, &Noted)> {
        self.nudges.iter().map(|(id, noted)| (id, &noted.value))
    }

    pub fn nudge(&self, id: &DecisionId) -> Option<&Noted> {
        self.nudges.get(id).map(|noted| &noted.value)
    }

    pub(super) fn note_nudge(
        &mut self,
        id: &DecisionId,
        decision: &Decision,
        became: Became,
        moment: Moment,
    ) -> Applied {
        let new = Noted {
            decision: decision.clone(),
            from_server: false,
            at: moment,
            shown: (became == Became::Shown).then_some(moment),
            opened: (became == Became::Opened).then_some(moment),
            dismissed: (became == Became::Dismissed).then_some(moment),
            more: Map::new(),
        };
        self.join_nudge(id, new);
        Applied::Noted
    }

    /// Takes what the server decided.
    pub(super) fn join_nudge(&mut self, id: &DecisionId, new: Noted) {
        let Some(held) = self.nudges.get_mut(id) else {
            self.nudges.insert(id.clone(), Tracked { value: new, changed: true });
            return;
        };
        let known = &held.value;
        let earliest = |a: Option<Moment>, b: Option<Moment>| a.into_iter().chain(b).min();
        let joined = Noted {
            decision: known.decision.clone().min(new.decision),
            from_server: known.from_server || new.from_server,
            at: known.at.min(new.at),
            shown: earliest(known.shown, new.shown),
            opened: earliest(known.opened, new.opened),
            dismissed: earliest(known.dismissed, new.dismissed),
            more: known.more.clone(),
        };
        if joined != *known {
            *held.change() = joined;
        }
    }
}

/// A phone knows what became of a nudge, though the row that says so is not there. Said twice it is the same.
pub fn note(state: &mut State, id: &DecisionId, decision: &Decision, became: Became, moment: Moment) {
    state.note_nudge(id, decision, became, moment);
}

/// The server decided a nudge. Nothing is derived from it.
pub fn decide(state: &mut State, id: &DecisionId, decision: Decision, moment: Moment) {
    let new =
        Noted { decision, from_server: true, at: moment, shown: None, opened: None, dismissed: None, more: Map::new() };
    state.join_nudge(id, new);
}

/// The server showed a nudge that it had decided.
pub fn show(state: &mut State, id: &DecisionId, moment: Moment) {
    if let Some(noted) = state.nudge(id).cloned() {
        state.join_nudge(id, Noted { shown: Some(moment), ..noted });
    }
}
