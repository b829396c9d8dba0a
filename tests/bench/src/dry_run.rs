//! A dry run of rules: what an event of the journals costs, through a changed set of rules and the live one.

use std::collections::BTreeMap;
use std::path::Path;

use qadam_backend::accounts::{self, NewUser};
use qadam_backend::nudges::dry_run::{Span, dry_run};
use qadam_backend::random::system;
use qadam_backend::store::{self, Database};
use qadam_backend::{content as folder_of, params, publish};
use qadam_domain::company::Locale;
use qadam_domain::event::Event;
use qadam_domain::ids::{EventId, MarketId, RuleId, TextId};
use qadam_domain::release::IndexedRelease;
use qadam_domain::rules::{Category, Effect, Limits, Nudge, Rule, Slot, Trigger, When, Window};
use qadam_domain::time::{DAY, Day, Millis, Moment};
use qadam_protocol::mutation::Body;

use crate::measure::timed;
use crate::report::{Case, Figure, Goal};
use crate::{content, fold, tick};

const PEOPLE: usize = 1_000;
/// Events of each.
const EVENTS: usize = 200;
const RULES: usize = 200;
/// Days of the run, over which everybody's events are spread.
const DAYS: i32 = 90;
/// 2026-11-24T00:00Z
const NOW: Millis = 1_795_478_400_000;

pub fn cases(folder: &Path) -> Vec<Case> {
    let conn = store::open(folder).expect("a database");
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../backend/sample");
    let mut company = folder_of::check(&sample).0.expect("a company without a fault");
    company.release = content::release();
    company.release.rules = (0..RULES).map(|n| Slot::Known(Box::new(rule(n)))).collect();
    company.bundles.clear();
    company.media.clear();
    let mut blobs = BTreeMap::new();
    publish::publish(&conn, &mut blobs, &company, NOW - 200 * DAY, &mut system, &mut |_| Ok(())).expect("publishes");
    let releases = publish::releases(&conn).expect("reads");
    let release = releases.newest_up_to(u64::MAX).expect("one").clone();
    let from = Day::at(NOW, 0).plus(-DAYS);
    let life = life(&release, from);
    store::atomically(&conn, || {
        for n in 0..PEOPLE {
            let new = NewUser {
                login: format!("user-{n}"),
                name: "Somebody".into(),
                market: MarketId::new(content::MARKET).expect("a slug"),
                locale: Locale::En,
                sponsor: None,
                id: Some(format!("KZ-{n}")),
            };
            let joined = NOW - 100 * DAY;
            let account = accounts::add_user(&conn, &release.release, &new, joined, &mut system)?.account;
            let device = accounts::register_device(&conn, account, "phone", joined, &mut system)?.session.device_key;
            let mut insert = conn.prepare_cached(
                "INSERT INTO mutation (account, id, device, seq, status, stamp, zone, name, version, body)
                 VALUES (?1, ?2, ?3, ?4, 'applied', ?5, 300, ?6, ?7, ?8)",
            )?;
            for (seq, event) in (1_u64..).zip(life.clone()) {
                let Moment { at, .. } = event.moment;
                let (name, version, body) = Body::Event { release: event.release, kind: event.kind }.encode();
                insert.execute(params![account, event.id.0, device, seq, at, name, version, body.get()])?;
            }
        }
        Ok::<_, qadam_backend::error::Error>(())
    })
    .expect("writes");
    let span = Span { from, until: from.plus(DAYS - 1) };
    let (time, report) = timed(|| dry_run(Database::from(folder), &company, span, NOW).expect("replays"));
    assert_eq!(report.events, (PEOPLE * EVENTS) as u64);
    let times: u64 = report.rules.iter().filter_map(|rule| rule.changed.as_ref()).map(|counts| counts.times).sum();
    let each = time.as_nanos() as f64 / report.events as f64;
    let minute = 60e9 / each;
    let note = format!(
        "{PEOPLE} people, {EVENTS} events each in {DAYS} days, two sets of {RULES} rules that fired {times} times; {minute:.0} events a minute"
    );
    vec![Case::new("dry run: an event", Figure::Nanos(each)).goal(Goal::Millis(0.06)).note(note)]
}

/// A heavy user's first evenings, spread over the run.
fn life(release: &IndexedRelease, from: Day) -> Vec<Event> {
    let evenings = fold::events(release).into_iter().take(EVENTS);
    let spread = |(n, event): (usize, Event)| {
        // Five in an evening.
        let day = from.plus((n / 5 * DAYS as usize / (EVENTS / 5)) as i32);
        let at = day.start(300) + 20 * 60 * 60_000 + (n % 5) as i64 * 60_000;
        let mut id = [0; 16];
        id[8..].copy_from_slice(&(n as u64).to_be_bytes());
        Event { id: EventId(id), moment: Moment::new(at, 300), ..event }
    };
    evenings.enumerate().map(spread).collect()
}

/// Half of them answer an event, the others look by the time.
fn rule(n: usize) -> Rule {
    if n.is_multiple_of(2) {
        return tick::rule(n / 2);
    }
    let triggers = [Trigger::LessonCompleted, Trigger::QuizFailed, Trigger::ReviewAnswered, Trigger::SaleConfirmed];
    let nudge =
        Nudge { text: TextId::new("text").expect("a slug"), category: Category::Learning, expires: 24, at: None };
    Rule {
        id: RuleId::new(format!("event-{n}")).expect("a slug"),
        when: When::Event(triggers[n / 2 % triggers.len()]),
        then: vec![Effect::Nudge(nudge)],
        limits: Limits { per: Window::Week, ..Limits::default() },
        ..tick::rule(n)
    }
}
