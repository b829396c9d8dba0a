//! The server is lost after a backup. What it had acknowledged since comes back from the phones; what was erased does not.

use std::path::Path;
use std::sync::Arc;

use qadam_engine::EngineError;
use qadam_engine::contacts::{Channel, ContactEdit, ContactsQuery};
use qadam_engine::learning::LessonStatus;
use qadam_engine::platform::Network;

use crate::clock::EveningClock;
use crate::phone::Phone;
use crate::play::{Deviation, LOGIN, PASSWORD, Play, all, expect, heading, pocket_sync, same, shown, take_up};
use crate::server::Server;
use crate::show::say;

/// Who asks to be forgotten after the backup.
const FORGOTTEN: &str = "Marat Omar";

/// Plays it with two phones that are in step. Gives how many contacts there are afterwards.
///
/// # Errors
/// The first thing that went differently.
pub async fn chapter(
    folder: &Path,
    server: &mut Server,
    clock: &Arc<EveningClock>,
    [first, second]: [&Phone; 2],
    contact: &str,
) -> Play<usize> {
    clock.pass_minutes(2);
    heading(clock, "A backup, and the evening goes on");
    let backed = names(first).await?;
    server.back_up().await?;
    say(&format!("It holds {} contacts. From its next sync on a phone keeps what the backup lacks.", backed.len()));
    in_step(&[first, second]).await?;

    let tablet = Phone::open("tablet", &folder.join("tablet"), server.address(), clock.clone()).await?;
    tablet.sign_in(LOGIN, PASSWORD).await?;
    tablet.engine.sync().await?;
    clock.pass_minutes(4);
    let [here, there, new] = [work_here(first, contact).await?, work_there(second).await?, work_new(&tablet).await?];
    in_step(&[first, second, &tablet]).await?;
    in_step(&[first, second, &tablet]).await?;
    let everything = shown(first).await?;
    same(first, second).await?;
    same(first, &tablet).await?;
    let all_names = names(first).await?;
    let acknowledged = here + there + new;
    say(&format!("{FORGOTTEN} asked to be forgotten, and is erased."));
    say(&format!(
        "{acknowledged} changes were acknowledged since the backup: {here} and {there} of the phones, {new} of a tablet that it does not know."
    ));

    heading(clock, "The server is lost");
    for phone in [first, second, &tablet] {
        phone.engine.background(1_000).await?;
        phone.set_online(false);
    }
    server.lose()?;
    let said = server.restore().await?;
    expect(said.contains(" 1 erasures"), || format!("the ledger's erasure was not done again: {said}"))?;
    let witness = Phone::open("witness", &folder.join("witness"), server.address(), clock.clone()).await?;
    witness.engine.set_network(Network::Offline);
    witness.sign_in(LOGIN, PASSWORD).await?;
    witness.engine.sync().await?;
    let restored = names(&witness).await?;
    let expected: Vec<&String> = backed.iter().filter(|name| *name != FORGOTTEN).collect();
    expect(restored.iter().eq(expected), || format!("the restored server has {restored:?}"))?;
    let lacking = all_names.len() - restored.len();
    say(&format!(
        "An empty phone that asks it finds {} of {} contacts. {lacking} are missing, and {FORGOTTEN} stays erased.",
        restored.len(),
        all_names.len()
    ));

    clock.pass_minutes(3);
    heading(clock, "The phones bring it back");
    for (phone, count) in [(first, here), (second, there)] {
        phone.set_online(true);
        let sync = pocket_sync(&phone.engine).await?;
        // Once as a new device, and once more with the stream's new history: the second time they are known.
        expect(sync.sent >= count, || format!("{}: {} changes sent again of {count}", phone.name, sync.sent))?;
        say(&format!(
            "The {} sends its {count} changes again, by itself, in {} round trips.",
            phone.name, sync.round_trips
        ));
    }
    tablet.set_online(true);
    let unknown = tablet.engine.sync().await;
    expect(unknown == Err(EngineError::SignInNeeded), || format!("the unknown tablet got {unknown:?}"))?;
    expect(names(&tablet).await? == all_names, || "the tablet lost something before it signed in again".into())?;
    tablet.sign_in(LOGIN, PASSWORD).await?;
    in_step(&[&tablet]).await?;
    say(&format!("The tablet keeps all, asks for the password again, and then sends its {new}."));
    for phone in [first, second] {
        take_up(phone).await?;
    }
    in_step(&[first, second, &tablet, &witness]).await?;
    for phone in [first, second, &tablet, &witness] {
        let now = shown(phone).await?;
        expect(now == everything, || format!("{}:\n{now:#?}\ninstead of\n{everything:#?}", phone.name))?;
    }
    say(&format!(
        "{acknowledged} of {acknowledged} are back, {} contacts on all phones and on the server. Lost: nothing.",
        all_names.len()
    ));
    tablet.engine.close().await;
    witness.engine.close().await;
    Ok(all_names.len())
}

/// Two contacts, a talk with each, a talk with an older one, an erasure. Gives how many changes that is.
async fn work_here(phone: &Phone, contact: &str) -> Play<u32> {
    let engine = &phone.engine;
    for name in ["Saule Bek", "Timur Alin"] {
        let id = engine.add_contact(named(name)).await?;
        engine.log_interaction(id, Channel::Call, None, "Wants to know more".into()).await?;
    }
    engine.log_interaction(contact.into(), Channel::Meeting, None, "Liked the cream".into()).await?;
    let query = ContactsQuery { search: FORGOTTEN.into(), after: None, limit: 1 };
    let page = engine.contacts(query).await?;
    let found = page.contacts.first().ok_or_else(|| Deviation::new(format!("{FORGOTTEN} is not there")))?;
    engine.erase_contact(found.id.clone()).await?;
    Ok(6)
}

/// A lesson is read, a contact noted.
async fn work_there(phone: &Phone) -> Play<u32> {
    let engine = &phone.engine;
    let courses = engine.courses().await?;
    let open = all(&courses).find(|lesson| lesson.status == LessonStatus::Open && !lesson.read);
    let open = open.ok_or_else(|| Deviation::new("no lesson is open after two"))?;
    engine.finish_reading(open.id.clone()).await?;
    engine.add_contact(named("Aliya Nur")).await?;
    Ok(2)
}

async fn work_new(phone: &Phone) -> Play<u32> {
    phone.engine.add_contact(named("Yerlan Kim")).await?;
    Ok(1)
}

fn named(name: &str) -> ContactEdit {
    ContactEdit { name: Some(name.into()), ..ContactEdit::default() }
}

async fn names(phone: &Phone) -> Play<Vec<String>> {
    let page = phone.engine.contacts(ContactsQuery { limit: 100, ..ContactsQuery::default() }).await?;
    Ok(page.contacts.into_iter().map(|contact| contact.name).collect())
}

/// Each has sent everything, and then each has everything.
async fn in_step(phones: &[&Phone]) -> Play {
    for phone in phones {
        phone.engine.sync().await?;
        let status = phone.engine.sync_status().await?;
        let left = (status.pending, status.kept, status.refused);
        expect(left == (0, 0, 0), || format!("{}: after a sync: {status:?}", phone.name))?;
    }
    for phone in phones {
        phone.engine.sync().await?;
    }
    Ok(())
}
