//! A sale that the back office confirms: the push that wakes the phone, what it gives, who is told, and why; and an evening on which the month goes badly.

use std::path::Path;
use std::sync::Arc;

use qadam_domain::nudges::{servers_weekday, weekday};
use qadam_domain::results::Month;
use qadam_domain::time::{DAY, Day, MINUTE};
use qadam_engine::Engine;
use qadam_engine::nudges::ScheduledNudgeView;
use qadam_engine::offers::{OfferStatus, OfferView};
use qadam_engine::platform::Network;
use qadam_engine::push::{PushToken, PushVendor};
use qadam_engine::sync::BackgroundOutcome;

use crate::clock::{EveningClock, offset};
use crate::phone::Phone;
use crate::play::{Deviation, PASSWORD, Play, SOON, expect, heading};
use crate::server::Server;
use crate::show::{compared, say, say_wrapped};

const SPONSOR: &str = "dana";
const NEWCOMER: &str = "bota";
const SPONSORS_ID: &str = "D-1";
const NEWCOMERS_ID: &str = "D-2";
/// As Firebase gives it to an app.
const TOKEN: &str = "bota:APA91bHun4MxP5egoKMwt2KZFBaFUH";
/// Milliseconds that Android leaves a woken app, at least.
const WAKE_UP: u64 = 20_000;
/// The volume that the newcomer wants to reach in a month.
const GOAL: i64 = 500;

/// Plays it.
///
/// # Errors
/// The first thing that went differently.
pub async fn chapter(folder: &Path, server: &Server, clock: &Arc<EveningClock>) -> Play {
    clock.pass_minutes(1);
    heading(clock, "A first sale, confirmed by the back office");
    let sponsor = person(folder, server, clock, (SPONSOR, "Dana Kim", SPONSORS_ID), None).await?;
    let newcomer = person(folder, server, clock, (NEWCOMER, "Bota Nur", NEWCOMERS_ID), Some(SPONSORS_ID)).await?;
    let before = newcomer.engine.awards().await?.points;
    // The phone asks for the right to notify, and has it with its next sync.
    newcomer.engine.plan_nudges(true).await?;
    let token = PushToken { vendor: PushVendor::Fcm, token: TOKEN.into(), app: None, sandbox: false, permission: true };
    newcomer.engine.push_token(Some(token)).await?;
    newcomer.engine.sync().await?;
    // Bota puts the phone away: it does not listen any more.
    newcomer.engine.background(WAKE_UP).await?;

    let today = Day::at(clock.wall(), offset(clock.wall()));
    let sale = format!(
        "{}\norder-1,1,{NEWCOMERS_ID},{today},60,customer,confirmed\n",
        columns(&qadam_backend::results::import::SALES)
    );
    server.import("sales", &sale).await?;
    woken(server, &newcomer).await?;
    let points = newcomer.engine.awards().await?.points;
    expect(points > before, || format!("{points} points after the sale, {before} before"))?;
    let plan = newcomer.engine.plan_nudges(true).await?;
    let sold = plan.scheduled.iter().find(|nudge| nudge.title == "Your first sale is confirmed");
    let sold = sold.ok_or_else(|| Deviation::new(format!("no nudge about the sale: {:?}", plan.scheduled)))?;
    say(&format!(
        "Bota has {} points more, and the phone will say: \"{}. {}\"",
        points - before,
        sold.title,
        sold.body
    ));
    why(&newcomer.engine, sold).await?;

    an_offer(server, &newcomer, today).await?;

    let told = async {
        loop {
            sponsor.engine.sync().await?;
            let people = sponsor.engine.people().await?;
            if let Some(first) = people.into_iter().next() {
                return Ok::<_, Deviation>(first);
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    let told = tokio::time::timeout(SOON, told).await.map_err(|_| Deviation::new("the sponsor was not told"))??;
    expect(told.about == NEWCOMERS_ID, || format!("the sponsor was told of {}", told.about))?;
    say(&format!("Her sponsor reads: {} Dana could say: \"{}\"", told.why, told.say));
    sponsor.engine.finish_signal(told.id).await?;
    let left = sponsor.engine.people().await?;
    expect(left.is_empty(), || format!("still on the list: {left:?}"))?;
    a_bad_month(server, &newcomer, clock, today).await?;
    sponsor.engine.close().await;
    newcomer.engine.close().await;
    Ok(())
}

/// What the company offers for sales to customers, from the first to the last of them.
async fn an_offer(server: &Server, phone: &Phone, today: Day) -> Play {
    let one = |offers: Vec<OfferView>| offers.into_iter().next().ok_or_else(|| Deviation::new("nothing is offered"));
    let offer = one(phone.engine.offers().await?)?;
    expect((offer.reached, offer.status) == (1, OfferStatus::Open), || format!("offered: {offer:?}"))?;
    say_wrapped(2, &format!("She is offered \"{}\": {}", offer.reward, offer.terms));
    say_wrapped(2, &format!("Why? {} So far: {} of {}.", offer.why, offer.reached, offer.goal));
    let sale = |n: u32| format!("order-{n},1,{NEWCOMERS_ID},{today},40,customer,confirmed\n");
    let columns = columns(&qadam_backend::results::import::SALES);
    server.import("sales", &format!("{columns}\n{}{}", sale(2), sale(3))).await?;
    phone.engine.sync().await?;
    let offer = one(phone.engine.offers().await?)?;
    expect((offer.reached, offer.status) == (3, OfferStatus::Reached), || format!("offered: {offer:?}"))?;
    let due = server.export_offers().await?;
    let is_due = due.lines().any(|line| line.contains(&offer.id) && line.contains(NEWCOMERS_ID));
    expect(is_due, || format!("nobody is to get a reward: {due}"))?;
    say("Two sales later it is reached, and stands in the file of those who send out rewards.");
    server.give_offers().await?;
    phone.engine.sync().await?;
    let offer = one(phone.engine.offers().await?)?;
    expect(offer.status == OfferStatus::Given, || format!("handed out: {offer:?}"))?;
    Ok(())
}

/// The push service gets something for the phone, with nothing of a person in it; the phone wakes, and brings what it is about.
async fn woken(server: &Server, phone: &Phone) -> Play {
    let pushed = async {
        loop {
            if let Some(got) = server.pushed(TOKEN).pop() {
                return got;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let pushed = tokio::time::timeout(SOON, pushed).await.map_err(|_| Deviation::new("no push came"))?;
    // That there is something, and not a word more.
    let data = pushed.body["message"]["data"].to_string();
    expect(data == r#"{"qadam":"sync"}"#, || format!("a push tells more than that it wakes: {data}"))?;
    say_wrapped(2, &format!("The push service, on this machine in place of Firebase, gets: {data}"));
    let outcome = phone.engine.woken(WAKE_UP).await?;
    expect(matches!(outcome, BackgroundOutcome::Done { .. }), || format!("woken, the phone did {outcome:?}"))?;
    say("Nothing of Bota is in it. Her phone wakes, syncs, and plans anew.");
    phone.engine.foreground(Network::Unmetered).await?;
    Ok(())
}

/// Ten days before a month ends, with little volume: a talk, never an order.
async fn a_bad_month(server: &Server, phone: &Phone, clock: &EveningClock, today: Day) -> Play {
    let engine = &phone.engine;
    engine.set_volume_goal(Some(GOAL)).await?;
    let counted = format!(
        "{}\n{NEWCOMERS_ID},{},1,{today},60,0\n",
        columns(&qadam_backend::results::import::VOLUMES),
        Month::of(today)
    );
    server.import("volumes", &counted).await?;
    // Not on the day of the week on which the server alone may speak.
    let local = Day::at(clock.wall(), offset(clock.wall()));
    let wanted = |day: &Day| {
        Month::of(*day).last().since(*day) == 10 && *day > local && weekday(*day) != servers_weekday(NEWCOMERS_ID)
    };
    let day = (1..400).map(|n| local.plus(n)).find(wanted).ok_or_else(|| Deviation::new("no such day"))?;
    let evening = day.start(offset(clock.wall() + DAY)) + 18 * 60 * MINUTE;
    clock.pass(evening - clock.wall());
    heading(clock, &format!("{day}, ten days before the month ends"));
    engine.sync().await?;
    let plan = engine.plan_nudges(true).await?;
    let talk = plan.scheduled.iter().find(|nudge| nudge.title == "Talk it over with your sponsor");
    let talk = talk.ok_or_else(|| Deviation::new(format!("no nudge about the month: {:?}", plan.scheduled)))?;
    say_wrapped(2, &format!("Tonight: \"{}. {}\"", talk.title, talk.body));
    why(engine, talk).await?;
    engine.never_nudge("low-volume-talk".into(), true).await?;
    let plan = engine.plan_nudges(true).await?;
    let gone = plan.scheduled.iter().all(|nudge| nudge.title != talk.title);
    expect(gone, || "a nudge came although it was never to come again".into())?;
    say("One switch, and this one never comes again.");
    Ok(())
}

async fn why(engine: &Engine, nudge: &ScheduledNudgeView) -> Play {
    let why = engine.why_nudge(nudge.id.clone()).await?;
    expect(!why.why.is_empty() && why.compared.iter().all(|compared| compared.holds), || format!("{why:?}"))?;
    say_wrapped(2, &format!("Why? {} Rule {}: {}.", why.why, why.rule, compared(&why.compared)));
    Ok(())
}

async fn person(
    folder: &Path,
    server: &Server,
    clock: &Arc<EveningClock>,
    (login, name, id): (&'static str, &str, &str),
    sponsor: Option<&str>,
) -> Play<Phone> {
    let code = server.add_member(login, name, id, sponsor).await?;
    let phone = Phone::open(login, &folder.join(login), server.address(), clock.clone()).await?;
    phone.engine.set_password(phone.line.url(), code, PASSWORD.into()).await?;
    phone.sign_in(login, PASSWORD).await?;
    phone.engine.sync().await?;
    Ok(phone)
}

fn columns(names: &[&str]) -> String {
    names.join(",")
}
