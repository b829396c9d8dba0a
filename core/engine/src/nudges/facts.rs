//! What the phone alone knows of a person.

use qadam_domain::journey::Journey;
use qadam_domain::journey::facts::Facts;
use qadam_domain::rules::person::PhoneFacts;
use qadam_domain::settings::field;
use qadam_domain::time::Day;
use rusqlite::Connection;

use crate::core::Now;
use crate::error::Result;
use crate::{journey, settings};

/// Who does not want to be contacted is not counted: nobody is asked to call them.
pub fn gather(connection: &Connection, now: &Now, followed: Option<&Journey>) -> Result<PhoneFacts> {
    let contacts: i64 = connection.prepare_cached("SELECT count(*) FROM contact")?.query_row([], |row| row.get(0))?;
    let texts = |sql: &str| -> Result<Vec<String>> {
        let mut statement = connection.prepare_cached(sql)?;
        let found = statement.query_map([], |row| row.get(0))?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    };
    let follow_ups =
        texts("SELECT follow_up FROM contact WHERE follow_up <> '' AND do_not_contact = 0 ORDER BY follow_up")?;
    let birthdays = texts("SELECT birthday FROM contact WHERE birthday <> '' AND do_not_contact = 0")?;
    let birthday = |text: &String| Day::parse(&format!("2000-{text}")).map(|day| (day.civil().1, day.civil().2));
    let counted = match followed {
        Some(followed) => journey::counted(connection, now, followed, Facts::default())?,
        None => Facts::default(),
    };
    Ok(PhoneFacts {
        contacts,
        follow_ups: follow_ups.iter().filter_map(|text| Day::parse(text)).collect(),
        birthdays: birthdays.iter().filter_map(birthday).collect(),
        volume_goal: settings::field_of(connection, field::VOLUME_GOAL)?.and_then(|goal| goal.parse().ok()),
        contact_days: counted.contacts,
        interaction_days: counted.interactions,
        follow_up_days: counted.follow_ups,
    })
}
