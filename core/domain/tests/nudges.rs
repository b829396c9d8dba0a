//! The nudge planner against an oracle that knows the calendar by another library, and lives of people with two phones and a server.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use chrono::{DateTime, Datelike, NaiveDate, Offset, TimeZone, Timelike};
use chrono_tz::Tz;
use proptest::prelude::*;
use qadam_domain::ids::{DecisionId, GroupId, RuleId};
use qadam_domain::nudges::plan::{Plan, Scheduled, Situation, Why, plan, server_may_show};
use qadam_domain::nudges::zone::Offsets;
use qadam_domain::nudges::{By, Candidate, Platform, Preferences, SLOTS, Shown, has_rested, servers_weekday};
use qadam_domain::reminders::At;
use qadam_domain::rules::Category;
use qadam_domain::time::{DAY, Day, MINUTE, Millis};

const HOUR: Millis = 60 * MINUTE;
/// 2024-01-01T00:00Z and 2031-01-01T00:00Z
const FROM: Millis = 1_704_067_200_000;
const UNTIL: Millis = 1_924_992_000_000;

fn at(tz: Tz, instant: Millis) -> DateTime<Tz> {
    tz.timestamp_millis_opt(instant).single().expect("within what chrono knows")
}

fn offset(tz: Tz, instant: Millis) -> i32 {
    at(tz, instant).offset().fix().local_minus_utc() / 60
}

/// The zone's changes of clocks, found by looking at every day and halving.
fn changes(tz: Tz) -> Offsets {
    let mut found = Vec::new();
    let (mut day, mut before) = (FROM, offset(tz, FROM));
    while day < UNTIL {
        let after = offset(tz, day + DAY);
        if after != before {
            let (mut low, mut high) = (day, day + DAY);
            while high - low > 1_000 {
                let middle = low + (high - low) / 2;
                if offset(tz, middle) == before { low = middle } else { high = middle }
            }
            let high = high - high.rem_euclid(1_000);
            found.push((high, after));
        }
        (day, before) = (day + DAY, after);
    }
    Offsets::new(offset(tz, FROM), found)
}

/// All zones of the world that differ between 2024 and 2030, with one that stands for them.
fn zones() -> &'static [(Tz, Offsets)] {
    static ZONES: OnceLock<Vec<(Tz, Offsets)>> = OnceLock::new();
    ZONES.get_or_init(|| {
        let mut zones: Vec<(Tz, Offsets)> = Vec::new();
        for tz in chrono_tz::TZ_VARIANTS {
            let offsets = changes(tz);
            if !zones.iter().any(|(_, known)| *known == offsets) {
                zones.push((tz, offsets));
            }
        }
        zones
    })
}

fn date(day: Day) -> NaiveDate {
    let (year, month, date) = day.civil();
    NaiveDate::from_ymd_opt(year, month, date).expect("a date")
}

#[test]
fn local_times_are_those_of_the_table_of_zones() {
    assert!(zones().len() > 50, "{} zones", zones().len());
    for (tz, offsets) in zones() {
        let mut instant = FROM;
        while instant < UNTIL {
            let local = at(*tz, instant);
            let (day, minute) = offsets.local(instant);
            assert_eq!(
                (date(day), u32::from(minute)),
                (local.date_naive(), local.hour() * 60 + local.minute()),
                "{tz} {instant}"
            );
            let first = offsets.instant(day, minute);
            assert!(first <= instant && offsets.local(first) == (day, minute), "{tz} {instant}");
            instant += 7 * DAY + 53 * MINUTE;
        }
    }
}

fn id(n: u128) -> DecisionId {
    DecisionId::new(format!("{n:032x}")).expect("32 digits")
}

fn rule(n: u8) -> RuleId {
    RuleId::new(format!("rule-{n}")).expect("a slug")
}

const CATEGORIES: [Category; 4] = [Category::Learning, Category::Team, Category::Business, Category::Company];

/// Holds a plan to what was promised, by the other calendar.
fn check(tz: Tz, situation: &Situation<'_>, candidates: &[Candidate], plan: &Plan) {
    let by_id: BTreeMap<&DecisionId, &Candidate> = candidates.iter().rev().map(|one| (&one.id, one)).collect();
    let told: BTreeSet<&DecisionId> =
        plan.scheduled.iter().map(|one| &one.id).chain(plan.waiting.iter().map(|(id, _)| id)).collect();
    assert_eq!(told.len(), plan.scheduled.len() + plan.waiting.len(), "none is told twice");
    assert_eq!(told, by_id.keys().copied().collect(), "each is told");
    let shown: BTreeSet<&DecisionId> = situation.shown.iter().map(|shown| &shown.id).collect();
    assert!(plan.scheduled.iter().filter(|one| !one.held_out).count() <= situation.platform.slots);
    // No rule's nudge takes the place of what the person asked for.
    let has_no_slot = |one: &(DecisionId, Why)| one.1 == Why::NoSlot && by_id[&one.0].rule.is_none();
    if plan.waiting.iter().any(has_no_slot) {
        assert!(plan.scheduled.iter().all(|one| one.held_out || by_id[&one.id].rule.is_none()));
    }
    // What counts: when, on which date, of whom.
    let mut counted: Vec<(Millis, NaiveDate, By)> =
        situation.shown.iter().filter(|one| one.by != By::Person).map(|one| (one.at, date(one.day), one.by)).collect();
    let mut groups: BTreeSet<(GroupId, Day)> = situation.shown.iter().filter_map(|one| one.group.clone()).collect();
    for Scheduled { id, at: when, expires, held_out } in &plan.scheduled {
        let candidate = by_id[id];
        assert!(situation.platform.permission && situation.platform.lease.is_some_and(|until| *when < until));
        assert!(!shown.contains(id), "{id} was shown before");
        assert_eq!(*held_out, candidate.held_out);
        assert!(*when >= situation.now && when < expires, "{id} at {when}");
        let wanted = expires - Millis::from(candidate.expires) * HOUR;
        assert!(*when >= wanted, "{id} comes before it is wanted");
        let local = at(tz, *when);
        let Some(rule) = &candidate.rule else { continue };
        assert!(!situation.preferences.never.contains(rule));
        if let Some(group) = &candidate.group {
            assert!(groups.insert((group.clone(), candidate.day)), "{id}: another one of its group comes");
        }
        assert!(!situation.preferences.off.contains(&candidate.category));
        assert!((8..21).contains(&local.hour()), "{id} at {local}");
        assert!(local.date_naive() >= date(candidate.day), "{id} on {local}, wanted on {}", candidate.day);
        assert!(situation.preferences.paused.is_none_or(|paused| local.date_naive() > date(paused)));
        assert_ne!(local.weekday().num_days_from_monday(), u32::from(situation.servers_weekday), "the server's day");
        let day = local.date_naive();
        let near = counted.iter().any(|(other, on, _)| *on == day || (when - other).abs() < 12 * HOUR);
        assert!(!near, "{id} at {local} is one too many");
        counted.push((*when, day, By::Phone));
    }
    let planned: BTreeSet<_> = plan
        .scheduled
        .iter()
        .filter(|one| by_id[&one.id].rule.is_some())
        .map(|one| at(tz, one.at).iso_week())
        .collect();
    for week in planned {
        let of_week = |by: Option<By>| {
            counted.iter().filter(|(_, on, of)| on.iso_week() == week && by.is_none_or(|by| by == *of)).count()
        };
        assert!(of_week(None) <= 4 && of_week(Some(By::Phone)) <= 3, "{} in {week:?}", of_week(None));
    }
}

fn candidates(now: Millis) -> impl Strategy<Value = Vec<Candidate>> {
    let today = Day::at(now, 0).0;
    let one = (
        0..200_u128,
        prop::option::weighted(0.9, 0..12_u8),
        0..4_usize,
        prop::option::weighted(0.3, 0..3_u8),
        0..100_u8,
        -3..16_i32,
        prop::option::weighted(0.6, 0..1_440_u16),
        prop_oneof![Just(1_u16), 1..40_u16, 1..336_u16],
        prop::bool::weighted(0.1),
    );
    let one = one.prop_map(move |(n, of, category, group, priority, day, minute, expires, held_out)| Candidate {
        id: id(n),
        rule: of.map(rule),
        category: CATEGORIES[category],
        group: group.map(|group| GroupId::new(format!("group-{group}")).expect("a slug")),
        priority,
        day: Day(today + day),
        minute,
        expires,
        held_out: held_out && of.is_some(),
    });
    prop::collection::vec(one, 0..80)
}

fn shown(now: Millis) -> impl Strategy<Value = Vec<(u128, Millis, By)>> {
    let by = prop_oneof![4 => Just(By::Phone), 1 => Just(By::Server), 1 => Just(By::Person)];
    // Some are later than now: of a clock that was wrong.
    prop::collection::vec((0..200_u128, now - 20 * DAY..now + 2 * DAY, by), 0..20)
}

fn preferences() -> impl Strategy<Value = (u16, Vec<usize>, Vec<u8>, Option<i32>)> {
    let off = prop::collection::vec(0..4_usize, 0..2);
    (0..1_440_u16, off, prop::collection::vec(0..12_u8, 0..3), prop::option::weighted(0.2, -2..10_i32))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_cap_quiet_hour_expiry_or_slot_is_broken(
        (now, candidates, shown) in (FROM + 30 * DAY..UNTIL - 30 * DAY).prop_flat_map(|now| (Just(now), candidates(now), shown(now))),
        zone in 0..10_000_usize, elsewhere in 0..10_000_usize,
        (best, off, never, paused) in preferences(),
        permission in prop::bool::weighted(0.95), lease in prop::option::weighted(0.95, 0..40_i64),
        slots in prop_oneof![Just(SLOTS), 0..5_usize],
        servers_weekday in 0..7_u8,
    ) {
        let (tz, offsets) = &zones()[zone % zones().len()];
        // The person travelled: what was shown was shown elsewhere.
        let (_, elsewhere) = &zones()[elsewhere % zones().len()];
        let shown: Vec<Shown> = shown.into_iter()
            .map(|(n, at, by)| {
                let day = elsewhere.local(at).0;
                let group = (n % 2 == 0).then(|| (GroupId::new(format!("group-{}", n % 3)).expect("a slug"), day));
                Shown { id: id(n), at, day, by, group }
            })
            .collect();
        let preferences = Preferences {
            best,
            off: off.into_iter().map(|n| CATEGORIES[n]).collect(),
            never: never.into_iter().map(rule).collect(),
            paused: paused.map(|days| offsets.local(now).0.plus(days)),
        };
        let platform = Platform { permission, lease: lease.map(|days| now + days * DAY), slots };
        let situation = Situation { now, zone: offsets, preferences: &preferences, shown: &shown, platform, servers_weekday };
        let planned = plan(&situation, &candidates);
        check(*tz, &situation, &candidates, &planned);
        // The order in which they come does not matter, where no two have one id.
        let mut seen = BTreeSet::new();
        let distinct: Vec<Candidate> = candidates.iter().filter(|one| seen.insert(one.id.clone())).cloned().collect();
        let reversed: Vec<Candidate> = distinct.iter().rev().cloned().collect();
        prop_assert_eq!(plan(&situation, &distinct), plan(&situation, &reversed));
    }

    #[test]
    fn any_numbers_are_planned(now: i64, day in Day::MIN.0..=Day::MAX.0, minute: u16, expires: u16, offset: i32, best: u16, shown_at: i64) {
        let one = Candidate {
            id: id(1), rule: Some(rule(1)), category: Category::Team, group: None, priority: 255, day: Day(day), minute: Some(minute), expires, held_out: false,
        };
        let shown = [Shown { id: id(2), at: shown_at, day: Day(day), by: By::Phone, group: None }];
        let preferences = Preferences { best, ..Preferences::default() };
        let zone = Offsets::fixed(offset);
        let platform = Platform { permission: true, lease: Some(Millis::MAX), slots: 1 };
        let situation = Situation { now, zone: &zone, preferences: &preferences, shown: &shown, platform, servers_weekday: 9 };
        plan(&situation, std::slice::from_ref(&one));
        let _ = server_may_show(&situation, &one);
    }
}

/// A Wednesday at 10:00 in Almaty.
const WEDNESDAY: Millis = 1_795_582_800_000 - DAY + DAY;
const MONDAY: u8 = 0;

fn candidate(n: u128, priority: u8) -> Candidate {
    let day = Offsets::fixed(300).local(WEDNESDAY).0;
    let category = Category::Learning;
    Candidate {
        id: id(n),
        rule: Some(rule(n as u8)),
        category,
        group: None,
        priority,
        day,
        minute: None,
        expires: 72,
        held_out: false,
    }
}

fn planned(
    candidates: &[Candidate],
    change: impl FnOnce(&mut Preferences, &mut Vec<Shown>),
) -> (Vec<(u128, String)>, BTreeMap<u128, Why>) {
    let (mut preferences, mut shown) = (Preferences::default(), Vec::new());
    change(&mut preferences, &mut shown);
    let platform = Platform { permission: true, lease: Some(Millis::MAX), slots: SLOTS };
    let zone = Offsets::fixed(300);
    let situation = Situation {
        now: WEDNESDAY,
        zone: &zone,
        preferences: &preferences,
        shown: &shown,
        platform,
        servers_weekday: MONDAY,
    };
    let plan = plan(&situation, candidates);
    let number = |id: &DecisionId| u128::from_str_radix(id.as_str(), 16).expect("digits");
    let local = |at: Millis| at_fixed(at);
    (
        plan.scheduled.iter().map(|one| (number(&one.id), local(one.at))).collect(),
        plan.waiting.iter().map(|(id, why)| (number(id), why.clone())).collect(),
    )
}

fn at_fixed(instant: Millis) -> String {
    at(chrono_tz::UTC, instant + 5 * HOUR).format("%a %H:%M").to_string()
}

#[test]
fn the_higher_comes_first_and_the_others_on_the_days_after() {
    let (scheduled, waiting) = planned(&[candidate(1, 10), candidate(2, 90), candidate(3, 50)], |_, _| {});
    let wanted = [(2, "Wed 19:00"), (3, "Thu 19:00"), (1, "Fri 19:00")];
    assert_eq!(scheduled, wanted.map(|(n, at)| (n, at.to_string())));
    assert!(waiting.is_empty());
    // Three are the phone's in a week, and Monday is the server's.
    let many: Vec<Candidate> = (1..=7).map(|n| Candidate { expires: 200, ..candidate(n, 100 - n as u8) }).collect();
    let (scheduled, waiting) = planned(&many, |_, _| {});
    let days: Vec<&str> = scheduled.iter().map(|(_, at)| &at[..3]).collect();
    assert_eq!(days, ["Wed", "Thu", "Fri", "Tue", "Wed", "Thu"]);
    assert!(matches!(waiting[&7], Why::DayTaken(_)), "{waiting:?}");
}

#[test]
fn each_reason_is_told() {
    let one = || candidate(1, 50);
    let why = |candidates: &[Candidate], change: &dyn Fn(&mut Preferences, &mut Vec<Shown>)| {
        planned(candidates, |preferences, shown| change(preferences, shown)).1.remove(&1)
    };
    let today = one().day;
    let seen = |n, hours: Millis| Shown {
        id: id(n),
        at: WEDNESDAY - hours * HOUR,
        day: today.plus(-(hours / 24) as i32),
        by: By::Phone,
        group: None,
    };
    assert_eq!(why(&[one()], &|_, shown| shown.push(seen(1, 1))), Some(Why::Shown));
    assert_eq!(
        why(&[one()], &|preferences, _| {
            preferences.never.insert(rule(1));
        }),
        Some(Why::Never)
    );
    let off = |preferences: &mut Preferences, _: &mut Vec<Shown>| {
        preferences.off.insert(Category::Learning);
    };
    assert_eq!(why(&[one()], &off), Some(Why::Off(Category::Learning)));
    let paused = |preferences: &mut Preferences, _: &mut Vec<Shown>| preferences.paused = Some(today.plus(9));
    assert_eq!(why(&[one()], &paused), Some(Why::Paused(today.plus(9))));
    let short = Candidate { expires: 10, ..one() };
    assert_eq!(why(std::slice::from_ref(&short), &|_, shown| shown.push(seen(2, 1))), Some(Why::DayTaken(id(2))));
    let week = |_: &mut Preferences, shown: &mut Vec<Shown>| {
        shown.extend([(3, By::Server, 1), (4, By::Phone, 0), (5, By::Phone, 0), (6, By::Phone, 0)].map(
            |(n, by, days)| Shown { id: id(n), at: WEDNESDAY - 40 * HOUR, day: today.plus(-2 + days), by, group: None },
        ));
    };
    assert_eq!(why(&[short], &week), Some(Why::WeekFull));
    let late = Candidate { day: today.plus(-9), ..one() };
    assert_eq!(why(&[late], &|_, _| {}), Some(Why::Expired));
    let night = Candidate { minute: Some(22 * 60), expires: 5, ..one() };
    assert_eq!(why(&[night], &|_, _| {}), Some(Why::Quiet));
    let monday = Candidate { day: today.plus(5), minute: Some(600), expires: 5, ..one() };
    assert_eq!(why(&[monday], &|_, _| {}), Some(Why::ServersDay));
    let group = |candidate: Candidate| Candidate { group: Some(GroupId::new("g").expect("a slug")), ..candidate };
    assert_eq!(why(&[group(one()), group(candidate(2, 90))], &|_, _| {}), Some(Why::Outranked(id(2))));
}

#[test]
fn night_waits_for_the_morning_and_what_was_asked_for_does_not() {
    let night = Candidate { minute: Some(22 * 60), expires: 14, ..candidate(1, 50) };
    let asked = Candidate { rule: None, minute: Some(23 * 60), expires: 1, ..candidate(2, 0) };
    let (scheduled, _) = planned(&[night, asked], |preferences, shown| {
        preferences.best = 20 * 60;
        shown.push(Shown { id: id(9), at: WEDNESDAY - HOUR, day: candidate(1, 0).day, by: By::Person, group: None });
    });
    assert_eq!(scheduled, [(2, "Wed 23:00".to_string()), (1, "Thu 08:00".to_string())]);
}

#[test]
fn what_was_asked_for_has_the_first_slots() {
    let at = |n: u128, day: i32| {
        let at = At::new(candidate(1, 0).day.plus(day), 22 * 60 + 30).expect("a minute");
        Candidate::reminder(id(n), at)
    };
    let mut all: Vec<Candidate> = (0..SLOTS as i32).map(|n| at(n as u128 + 10, n + 1)).collect();
    all.push(candidate(1, 99));
    let (scheduled, waiting) = planned(&all, |_, _| {});
    assert_eq!((scheduled.len(), scheduled[0].clone()), (SLOTS, (10, "Thu 22:30".to_string())));
    assert_eq!(waiting[&1], Why::NoSlot);
    // Beyond the slots the nearest come.
    all.push(at(9, 0));
    let (scheduled, waiting) = planned(&all, |preferences, _| preferences.paused = Some(Day::MAX));
    assert_eq!((scheduled.len(), scheduled[0].clone()), (SLOTS, (9, "Wed 22:30".to_string())));
    assert_eq!(waiting[&(SLOTS as u128 + 9)], Why::NoSlot);
}

#[test]
fn a_group_is_held_over_plans_and_by_what_comes() {
    let group = |candidate: Candidate| Candidate { group: Some(GroupId::new("g").expect("a slug")), ..candidate };
    // The highest finds no place any more.
    let day = candidate(1, 0).day;
    let over = Candidate { minute: Some(0), expires: 1, ..candidate(2, 90) };
    let (scheduled, _) = planned(&[group(candidate(1, 50)), group(over)], |_, _| {});
    assert_eq!(scheduled.len(), 1);
    // It came an hour ago.
    let (scheduled, waiting) = planned(&[group(candidate(1, 50))], |_, shown| {
        let of = Some((GroupId::new("g").expect("a slug"), day));
        shown.push(Shown { id: id(2), at: WEDNESDAY - HOUR, day, by: By::Phone, group: of });
    });
    assert_eq!((scheduled.len(), &waiting[&1]), (0, &Why::Outranked(id(2))));
    // A reminder of the person's own is of no group.
    let asked = Candidate { rule: None, ..group(candidate(1, 0)) };
    assert_eq!(planned(&[asked, group(candidate(2, 90))], |_, _| {}).0.len(), 2);
}

#[test]
fn a_held_out_nudge_keeps_its_place_empty() {
    let held = Candidate { held_out: true, ..candidate(1, 90) };
    let (scheduled, _) = planned(&[held, candidate(2, 50)], |_, _| {});
    assert_eq!(scheduled, [(1, "Wed 19:00".to_string()), (2, "Thu 19:00".to_string())]);
}

#[test]
fn the_server_keeps_to_its_day() {
    let zone = Offsets::fixed(300);
    let may = |now: Millis, shown: &[Shown], servers_weekday| {
        let platform = Platform { permission: true, lease: None, slots: 0 };
        let situation =
            Situation { now, zone: &zone, preferences: &Preferences::default(), shown, platform, servers_weekday };
        server_may_show(&situation, &Candidate { minute: Some(0), ..candidate(1, 50) })
    };
    assert_eq!(may(WEDNESDAY, &[], 2), Ok(()));
    assert_eq!(may(WEDNESDAY, &[], 3), Err(Why::ServersDay));
    assert_eq!(may(WEDNESDAY + 12 * HOUR, &[], 2), Err(Why::Quiet));
    let paused = Preferences { paused: Some(candidate(1, 0).day), ..Preferences::default() };
    let platform = Platform { permission: true, lease: None, slots: 0 };
    let one = |day: i32, held_out| Candidate {
        minute: Some(0),
        day: candidate(1, 50).day.plus(day),
        held_out,
        ..candidate(1, 50)
    };
    let with = |preferences: &Preferences, one: &Candidate| {
        let situation =
            Situation { now: WEDNESDAY, zone: &zone, preferences, shown: &[], platform, servers_weekday: 2 };
        server_may_show(&situation, one)
    };
    assert_eq!(with(&paused, &one(0, false)), Err(Why::Paused(candidate(1, 0).day)));
    assert_eq!(with(&Preferences::default(), &one(1, false)), Err(Why::NotYet));
    assert_eq!(with(&Preferences::default(), &one(0, true)), Err(Why::HeldOut));
    let before =
        Shown { id: id(7), at: WEDNESDAY - 50 * HOUR, day: candidate(1, 0).day.plus(-2), by: By::Server, group: None };
    assert_eq!(may(WEDNESDAY, &[before], 2), Err(Why::WeekFull));
    let each: BTreeSet<u8> = (0..200).map(|n| servers_weekday(&format!("KZ-{n}"))).collect();
    assert_eq!(each, (0..7).collect());
}

// Lives

/// A seed's numbers (splitmix64; Steele, Lea, Flood, *Fast Splittable Pseudorandom Number Generators*, 2014).
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// What the server and each phone know of an account.
#[derive(Clone, Default)]
struct Known {
    shown: BTreeMap<DecisionId, Shown>,
    candidates: BTreeMap<DecisionId, Candidate>,
}

impl Known {
    fn join(&mut self, other: &Known) {
        self.shown.extend(other.shown.clone());
        self.candidates.extend(other.candidates.clone());
    }
}

#[derive(Default)]
struct Phone {
    known: Known,
    scheduled: Vec<Scheduled>,
    /// When it last synced.
    synced: Option<Millis>,
    /// As it knows.
    holder: Option<usize>,
    taken_over: Option<Millis>,
    /// Until then it is off, or out of reach.
    away: Millis,
}

/// When it stood there, the date, by whom, and whether it was day.
type Stood = (Millis, NaiveDate, By, bool);

fn seen(tz: Tz, when: Millis, by: By) -> Stood {
    let local = at(tz, when);
    (when, local.date_naive(), by, (8..21).contains(&local.hour()))
}

/// One account with two phones and a server, over some weeks. Gives the device-days.
fn life(seed: u64, days: u32) -> u64 {
    let chance = &mut Chance(seed);
    let zones = zones();
    let mut place = chance.below(zones.len() as u64) as usize;
    let start = FROM + 40 * DAY + chance.below(6 * 365) as Millis * DAY;
    let preferences = Preferences { best: (8 + chance.below(14) as u16) * 60 + 17, ..Preferences::default() };
    let weekday = servers_weekday(&format!("KZ-{seed}"));
    let mut phones = [Phone::default(), Phone::default()];
    // What the server knows: nudges, the holder, since when it was heard of, the zone that it was told.
    let (mut server, mut holder, mut heard, mut told) = (Known::default(), None::<usize>, [start; 2], place);
    let (mut wanted, mut taken_over) = (None::<usize>, None::<Millis>);
    // What really stood on a screen.
    let mut stood: Vec<Stood> = Vec::new();
    let mut next_id = u128::from(seed) << 64;
    for hour in 0..i64::from(days) * 24 {
        let now = start + hour * HOUR + 7 * MINUTE;
        // What came due since the last hour, where the person was.
        for phone in &mut phones {
            let (tz, offsets) = &zones[place];
            let due = std::mem::take(&mut phone.scheduled).into_iter().partition(|one| one.at <= now);
            let (due, rest): (Vec<Scheduled>, Vec<Scheduled>) = due;
            phone.scheduled = rest;
            for one in due {
                let by = if phone.known.candidates[&one.id].rule.is_some() { By::Phone } else { By::Person };
                let candidate = &phone.known.candidates[&one.id];
                let group = candidate.group.clone().map(|group| (group, candidate.day));
                let noted = Shown { id: one.id.clone(), at: one.at, day: offsets.local(one.at).0, by, group };
                phone.known.shown.insert(one.id, noted);
                if !one.held_out && by == By::Phone {
                    stood.push(seen(*tz, one.at, by));
                }
            }
        }
        let moves = chance.one_in(24 * 20);
        if moves {
            place = chance.below(zones.len() as u64) as usize;
        }
        let (tz, offsets) = &zones[place];
        for (n, phone) in phones.iter_mut().enumerate() {
            let opens = chance.one_in(20);
            if chance.one_in(24 * 15) {
                phone.away = now + chance.below(40) as Millis * DAY;
            }
            let reaches = now >= phone.away && (opens || chance.one_in(30));
            if reaches {
                // A sync: what both know, and the lease.
                server.join(&phone.known);
                phone.known.join(&server);
                (heard[n], phone.synced, told) = (now, Some(now), place);
                if holder == Some(n) && wanted.is_some_and(|wanted| wanted != n) {
                    phone.scheduled.clear();
                    (holder, wanted, taken_over) = (wanted, None, None);
                } else if opens && holder != Some(n) {
                    match holder {
                        None => (holder, taken_over) = (Some(n), None),
                        Some(other) if heard[other] < now - 15 * DAY => {
                            (holder, wanted, taken_over) = (Some(n), None, Some(now))
                        }
                        Some(_) => wanted = Some(n),
                    }
                }
                (phone.holder, phone.taken_over) = (holder, taken_over);
            }
            if opens {
                for _ in 0..chance.below(4) {
                    next_id += 1;
                    let asked = chance.one_in(10);
                    let one = Candidate {
                        id: id(next_id),
                        rule: (!asked).then(|| rule(chance.below(9) as u8)),
                        category: CATEGORIES[chance.below(4) as usize],
                        group: chance.one_in(3).then(|| GroupId::new("group-1").expect("a slug")),
                        priority: chance.below(100) as u8,
                        day: offsets.local(now).0.plus(chance.below(9) as i32),
                        minute: chance.one_in(2).then(|| chance.below(1_440) as u16),
                        expires: 1 + chance.below(200) as u16,
                        held_out: !asked && chance.one_in(8),
                    };
                    phone.known.candidates.insert(one.id.clone(), one);
                }
            }
            if opens || reaches || moves {
                // It stops by itself, and rests to the end of the week where it took over from one that nobody heard.
                let rested = phone.taken_over.is_none_or(|since| has_rested(since, now, offsets));
                let lease = phone.synced.filter(|_| phone.holder == Some(n) && rested).map(|synced| synced + 14 * DAY);
                let platform = Platform { permission: true, lease, slots: SLOTS };
                let shown: Vec<Shown> = phone.known.shown.values().cloned().collect();
                let situation = Situation {
                    now,
                    zone: offsets,
                    preferences: &preferences,
                    shown: &shown,
                    platform,
                    servers_weekday: weekday,
                };
                let open: Vec<Candidate> = phone
                    .known
                    .candidates
                    .values()
                    .filter(|one| one.day >= offsets.local(now).0.plus(-16))
                    .cloned()
                    .collect();
                let planned = plan(&situation, &open);
                check(*tz, &situation, &open, &planned);
                phone.scheduled = planned.scheduled;
            }
        }
        // The server, which knows the zone that it was told.
        if chance.one_in(6) {
            next_id += 1;
            let zone = &zones[told].1;
            let one = Candidate {
                id: id(next_id),
                rule: Some(rule(1)),
                category: Category::Team,
                group: None,
                priority: 50,
                day: zone.local(now).0,
                minute: Some(0),
                expires: 48,
                held_out: false,
            };
            let shown: Vec<Shown> = server.shown.values().cloned().collect();
            let platform = Platform { permission: true, lease: None, slots: 0 };
            let situation =
                Situation { now, zone, preferences: &preferences, shown: &shown, platform, servers_weekday: weekday };
            if server_may_show(&situation, &one).is_ok() {
                let noted = Shown { id: one.id.clone(), at: now, day: zone.local(now).0, by: By::Server, group: None };
                server.shown.insert(one.id, noted);
                // In another zone than it was told it can't know the night or the day.
                if told == place {
                    stood.push(seen(*tz, now, By::Server));
                }
            }
        }
    }
    let mut per_day: BTreeMap<NaiveDate, usize> = BTreeMap::new();
    let mut per_week: BTreeMap<(i32, u32), usize> = BTreeMap::new();
    for (when, day, by, awake) in &stood {
        assert!(awake, "seed {seed}: {by:?} at night, {when}");
        *per_day.entry(*day).or_default() += 1;
        *per_week.entry((day.iso_week().year(), day.iso_week().week())).or_default() += 1;
    }
    assert!(per_day.values().all(|count| *count <= 1), "seed {seed}: two on a day: {stood:?}");
    assert!(per_week.values().all(|count| *count <= 4), "seed {seed}: five in a week: {stood:?}");
    u64::from(days) * 2
}

#[test]
fn caps_hold_over_two_phones_and_a_server() {
    let wanted: u64 = std::env::var("QADAM_DEVICE_DAYS").ok().and_then(|days| days.parse().ok()).unwrap_or(20_000);
    let (mut lived, mut seed) = (0, 0);
    while lived < wanted {
        lived += life(seed, 100);
        seed += 1;
    }
    println!("device-days {lived} lives {seed} caps broken 0");
}
