//! The plan of the first ninety days: the welcome, what is today's, and what happens by itself.

use qadam_engine::Engine;
use qadam_engine::journey::{JourneyView, TaskStatus, TodayView};

use crate::clock::EveningClock;
use crate::phone::Phone;
use crate::play::{Deviation, Play, expect, heading};
use crate::show::{say, say_wrapped};

/// The task that the first lesson is, and one that is ticked off.
const LESSON: &str = "what-this-is";
const TICKED: &str = "meet-your-sponsor";

/// What a newcomer sees first.
pub async fn welcome(phone: &Phone) -> Play {
    let engine = &phone.engine;
    let welcome = engine.welcome().await?.ok_or_else(|| Deviation::new("the sample company has no welcome"))?;
    expect(!welcome.seen, || "the welcome was seen before it was shown".into())?;
    let letter = welcome.letter.split("\n\n").nth(1).unwrap_or(&welcome.letter).to_string();
    say_wrapped(2, &format!("The letter says: {letter}"));
    let stops: Vec<&str> = welcome.tour.iter().map(|stop| stop.title.as_str()).collect();
    say(&format!("  The tour has {} stops: {}.", stops.len(), stops.join(", ")));
    engine.finish_welcome().await?;
    engine.sync().await?;
    let again = engine.welcome().await?;
    expect(again.is_some_and(|welcome| welcome.seen), || "the welcome is not over".into())
}

/// Offline, once the first lesson was passed.
pub async fn chapter(phone: &Phone, clock: &EveningClock) -> Play {
    clock.pass_minutes(1);
    heading(clock, "The plan of ninety days, still offline");
    let engine = &phone.engine;
    let plan = plan_of(engine).await?;
    let TodayView { day, days, percent, .. } = plan.today;
    say(&format!("Day {day} of {days}; {} tasks in {} phases, {percent} % done.", plan.of, plan.phases.len()));
    let lesson = status(&plan, LESSON)?;
    let is_done = matches!(lesson, TaskStatus::Done { .. });
    expect(is_done, || format!("the lesson was passed, and its task is {lesson:?}"))?;
    say("The lesson's task completed itself.");
    expect(plan.today.tasks.len() <= 3, || format!("{} tasks for today", plan.today.tasks.len()))?;
    for task in &plan.today.tasks {
        say(&format!("  Today: {}", task.title));
    }
    let goal = plan.today.goal.ok_or_else(|| Deviation::new("the plan has no first goal"))?;
    let planned = goal.planned.unwrap_or_default();
    say(&format!("First goal: \"{}\", {} of {} steps, on {planned}.", goal.task.title, goal.done, goal.of));

    engine.complete_task(TICKED.into(), None).await?;
    let after = plan_of(engine).await?;
    expect(after.done == plan.done + 1, || format!("{} tasks are done, not {}", after.done, plan.done + 1))?;
    engine.acknowledge_moves().await?;
    let until = engine.pause_journey(None, after.ends.clone()).await;
    expect(until.is_ok(), || format!("a pause gave {until:?}"))?;
    let paused = plan_of(engine).await?;
    let moved = paused.moves.len();
    expect(moved > 0, || "a pause moved nothing".into())?;
    engine.resume_journey(None).await?;
    let resumed = plan_of(engine).await?;
    expect(resumed.ends == after.ends && resumed.moves.is_empty(), || format!("still moved: {:?}", resumed.moves))?;
    say(&format!(
        "Talked with the sponsor: ticked off. A long holiday moves {moved} tasks and turns none red; taken back, all is as it was."
    ));
    Ok(())
}

async fn plan_of(engine: &Engine) -> Play<JourneyView> {
    engine.journey().await?.ok_or_else(|| Deviation::new("the sample company has no plan"))
}

fn status<'a>(plan: &'a JourneyView, task: &str) -> Play<&'a TaskStatus> {
    let mut tasks = plan.phases.iter().flat_map(|phase| &phase.tasks);
    let found = tasks.find(|known| known.id == task);
    Ok(&found.ok_or_else(|| Deviation::new(format!("the plan lacks {task}")))?.status)
}
