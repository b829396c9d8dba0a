//! The plan in the person's words.

use qadam_domain::content::TaskText;
use qadam_domain::ids::{RuleId, TaskId};
use qadam_domain::journey::moves::{Move, Why};
use qadam_domain::journey::plan::{PhaseProgress, PhaseState, Planned, Status, TaskState, percent};
use qadam_domain::journey::{Pause, TaskKind};

use super::{
    GoalView, JourneyStatus, JourneyView, MoveReason, MoveView, PauseView, PhaseStatus, PhaseView, Standing,
    TaskItemView, TaskKindView, TaskRef, TaskStatus, TaskView, TodayView,
};
use crate::learning;

impl Standing {
    pub(super) fn journey_view(&self) -> JourneyView {
        let plan = &self.plan;
        let today = self.now.today();
        let mut pauses: Vec<(String, Pause)> =
            self.state.pauses().map(|(id, pause)| (id.to_string(), *pause)).collect();
        pauses.retain(|(_, pause)| pause.until >= today && pause.until >= pause.from);
        pauses.sort_unstable_by(|a, b| (a.1.from, &a.0).cmp(&(b.1.from, &b.0)));
        JourneyView {
            today: self.today_view(),
            begins: plan.calendar.begins().to_string(),
            ends: plan.calendar.date(plan.days).to_string(),
            done: plan.done,
            of: plan.of,
            behind: plan.behind,
            phases: plan.phases.iter().map(|phase| self.phase_view(phase)).collect(),
            moves: self.moves().iter().map(|moved| self.move_view(moved)).collect(),
            pauses: pauses
                .into_iter()
                .map(|(id, Pause { from, until, .. })| PauseView {
                    id,
                    from: from.to_string(),
                    until: until.to_string(),
                    current: from <= today,
                })
                .collect(),
            valid_until: self.valid_until(),
        }
    }

    pub(super) fn today_view(&self) -> TodayView {
        let plan = &self.plan;
        let task = |id: &TaskId| plan.task(id).map(|planned| self.task_view(planned));
        TodayView {
            status: match plan.status {
                Status::Running => JourneyStatus::Running,
                Status::Paused(until) => JourneyStatus::Paused { until: until.to_string() },
                Status::Over => JourneyStatus::Over,
            },
            day: plan.day,
            days: plan.days,
            days_left: plan.days_left,
            percent: plan.percent(),
            tasks: plan.today.iter().filter_map(task).collect(),
            done_today: plan.done_today,
            next: plan.next.as_ref().and_then(task),
            goal: plan.goal.as_ref().map(|goal| GoalView {
                task: self.task_ref(&goal.task),
                done: goal.done,
                of: goal.of,
                reached: goal.reached.map(|day| day.to_string()),
                planned: goal.planned.map(|day| day.to_string()),
            }),
            moved: self.moves().len() as u32,
            valid_until: self.valid_until(),
        }
    }

    fn phase_view(&self, phase: &PhaseProgress) -> PhaseView {
        PhaseView {
            id: phase.id.to_string(),
            title: self.phase_title(phase),
            status: match phase.state {
                PhaseState::Done => PhaseStatus::Done,
                PhaseState::Current => PhaseStatus::Current,
                PhaseState::Upcoming => PhaseStatus::Upcoming,
                PhaseState::Past => PhaseStatus::Past,
            },
            from: phase.from.to_string(),
            until: phase.until.to_string(),
            done: phase.done,
            of: phase.of,
            percent: percent(phase.done, phase.of),
            days_left: phase.days_left,
            tasks: phase
                .tasks
                .iter()
                .filter_map(|id| self.plan.task(id).map(|planned| self.task_view(planned)))
                .collect(),
        }
    }

    /// A phase may be gone from the current texts: then it is called as the one in which it begins is now.
    fn phase_title(&self, phase: &PhaseProgress) -> String {
        let title = |id| self.texts().and_then(|texts| texts.phases.get(id)).cloned();
        let now = || {
            let first = self.journey().phases.iter().find(|known| known.id == phase.id)?.from;
            let current = self.content.release.release.journey.as_ref()?;
            title(&current.phases.iter().find(|phase| (phase.from..=phase.until).contains(&first))?.id)
        };
        title(&phase.id).or_else(now).unwrap_or_else(|| phase.id.to_string())
    }

    fn task_view(&self, planned: &Planned) -> TaskView {
        let text = self.text(&planned.id);
        let kind = self.journey().task(&planned.id).map_or(&TaskKind::Sponsor, |task| &task.kind);
        let items = match kind {
            TaskKind::Checklist(items) => 0..*items,
            _ => 0..0,
        };
        let item = |index: u8| TaskItemView {
            index: index.into(),
            text: text.and_then(|text| text.items.get(usize::from(index))).cloned().unwrap_or_default(),
            done: self.facts.is_ticked(&planned.id, Some(index)),
        };
        let day = planned.progress.day.map(|day| day.to_string()).unwrap_or_default();
        TaskView {
            id: planned.id.to_string(),
            title: self.title(&planned.id),
            why: text.map(|text| text.why.clone()).unwrap_or_default(),
            because: self.because(&planned.id),
            kind: match kind {
                TaskKind::Lesson(lesson) => TaskKindView::Lesson {
                    lesson: lesson.to_string(),
                    title: learning::title(&self.content.bundle, lesson),
                },
                TaskKind::Reviews(_) => TaskKindView::Reviews,
                TaskKind::Contacts(_) => TaskKindView::Contacts,
                TaskKind::Interactions(_) => TaskKindView::Interactions,
                TaskKind::FollowUps(_) => TaskKindView::FollowUps,
                TaskKind::Sales(_) => TaskKindView::Sales,
                TaskKind::Sponsor => TaskKindView::Sponsor,
                TaskKind::Event => TaskKindView::Event,
                TaskKind::Checklist(_) => TaskKindView::Checklist,
            },
            status: match planned.state {
                TaskState::Done => TaskStatus::Done { day },
                TaskState::Open => TaskStatus::Open,
                TaskState::Upcoming => TaskStatus::Upcoming,
                TaskState::Waiting => {
                    TaskStatus::Waiting { missing: planned.waits_for.iter().map(|id| self.task_ref(id)).collect() }
                }
                TaskState::Moved => {
                    TaskStatus::Moved { from: planned.moved_from.map(|day| day.to_string()).unwrap_or_default() }
                }
                TaskState::Lapsed => TaskStatus::Lapsed,
            },
            planned: planned.planned.map(|day| day.to_string()),
            done: planned.progress.done,
            of: planned.progress.of,
            items: items.map(item).collect(),
        }
    }

    /// The words of the rule that opened a task.
    fn because(&self, task: &TaskId) -> Option<String> {
        let opened = self.state.given().filter(|(_, given)| given.tasks.contains(task));
        let (name, _) = opened.min_by_key(|(_, given)| given.day)?;
        let rule = RuleId::new(name.split(':').next()?).ok()?;
        self.content.bundle.rules.why.get(&rule).cloned()
    }

    fn move_view(&self, moved: &Move) -> MoveView {
        MoveView {
            task: self.task_ref(&moved.task),
            from: moved.from.to_string(),
            to: moved.to.map(|day| day.to_string()),
            why: match moved.why {
                Why::DayPassed => MoveReason::DayPassed,
                Why::Room => MoveReason::Room,
                Why::RoomAgain => MoveReason::RoomAgain,
                Why::Pause => MoveReason::Pause,
                Why::PauseEnded => MoveReason::PauseEnded,
                Why::Beginning => MoveReason::Beginning,
            },
        }
    }

    fn task_ref(&self, id: &TaskId) -> TaskRef {
        TaskRef { id: id.to_string(), title: self.title(id) }
    }

    /// Its id where the texts lack it.
    fn title(&self, id: &TaskId) -> String {
        self.text(id).map_or_else(|| id.to_string(), |text| text.title.clone())
    }

    fn text(&self, id: &TaskId) -> Option<&TaskText> {
        self.texts()?.tasks.get(id)
    }
}
