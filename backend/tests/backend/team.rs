//! Documents of a team over HTTP: one build for all who ask, by ranges, for the leader's own devices alone, never with who has left.

use qadam_backend::error::Error;
use qadam_backend::random;
use qadam_backend::team::import::{self, HEADER, Imported};
use qadam_domain::ids::BlobHash;
use qadam_protocol::error::ErrorCode;
use qadam_protocol::limits;
use qadam_protocol::sync::{Cursor, Page, Row, SyncReply};
use qadam_protocol::team::{APPLICATION_ID, Document, STREAM};

use super::support::*;

/// The top, with so many below each of `leaders`, ids from 2001, 3001, …
pub fn tree(leaders: u32, each: u32) -> Vec<(u32, Option<u32>, i64)> {
    let mut members = vec![(1_000, None, 0)];
    for leader in 1..=leaders {
        let leader = 1_000 * (leader + 1);
        members.push((leader, Some(1_000), 0));
        // In tens, so that there are levels.
        members.extend((1..=each).map(|n| (leader + n, Some(if n <= 10 { leader } else { leader + n / 10 }), 0)));
    }
    members
}

fn csv(members: &[(u32, Option<u32>, i64)]) -> String {
    let mut csv = format!("{}\n", HEADER.join(","));
    for (id, sponsor, volume) in members {
        let sponsor = sponsor.map(|sponsor| sponsor.to_string()).unwrap_or_default();
        csv.push_str(&format!("{id},{sponsor},Name {id},+7701{id:07},silver,{volume},0,1,2024-05-01,Алматы\n"));
    }
    csv
}

pub async fn import(site: &Site, members: &[(u32, Option<u32>, i64)], complete: bool) -> Imported {
    let (csv, now) = (csv(members), site.app.now());
    let imported = site.app.store.write::<_, Error, _>(move |conn| {
        let imported = import::import(conn, "team.csv", csv.as_bytes(), complete, now, &mut random::system);
        Ok(imported.expect("imports"))
    });
    imported.await.expect("writes")
}

/// A device of a new account that is this member.
pub async fn join(site: &Site, member: u32) -> String {
    let login = format!("login-{member}");
    site.invite(&login).await;
    let told = login.clone();
    let linked = site.app.store.write::<_, Error, _>(move |conn| {
        Ok(conn.execute("UPDATE account SET distributor = ?2 WHERE login = ?1", (told, member.to_string()))?)
    });
    assert_eq!(linked.await.expect("writes"), 1);
    site.device(&login).await.token.0
}

pub async fn page(site: &Site, token: &str, cursor: Option<&Cursor>) -> Option<Page> {
    let mut request = request(Vec::new(), None);
    request.cursors = [(STREAM.to_string(), cursor.cloned())].into();
    let reply: SyncReply = site.post("/v1/sync", Some(token), &request).await.json();
    reply.streams.into_values().next()
}

pub fn image(page: &Page) -> Document {
    page.team.as_ref().and_then(|team| team.image.clone()).expect("an image")
}

pub fn path(document: &Document) -> String {
    format!("/v1/blobs/{}.zst", document.hash)
}

fn unpack(bytes: &[u8], document: &Document) -> Vec<u8> {
    assert_eq!((BlobHash::of(bytes), bytes.len() as u64), (document.hash.clone(), document.size));
    let plain = zstd::decode_all(bytes).expect("zstd");
    assert_eq!(plain.len() as u64, document.unpacked);
    plain
}

fn volume_of(members: &mut [(u32, Option<u32>, i64)], id: u32, volume: i64) {
    members.iter_mut().find(|(other, ..)| *other == id).expect("a member").2 = volume;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_phones_that_ask_at_once_cause_one_build() {
    let site = Site::new().await;
    import(&site, &tree(1, 900), false).await;
    let token = join(&site, 2_000).await;
    let asked = (0..20).map(|_| page(&site, &token, None));
    let pages = futures_util::future::join_all(asked).await;
    let documents: Vec<Document> = pages.iter().map(|page| image(page.as_ref().expect("a page"))).collect();
    assert!(documents.iter().all(|document| *document == documents[0]));
    assert_eq!(site.app.documents.builds(), 1);

    let whole = site.get(&path(&documents[0]), Some(&token), &[]).await;
    let file = unpack(&whole.bytes, &documents[0]);
    assert_eq!(&file[..15], b"SQLite format 3");
    assert_eq!(file[68..72], APPLICATION_ID.to_be_bytes());
    let half = documents[0].size / 2;
    let rest = site.get(&path(&documents[0]), Some(&token), &[("range", &format!("bytes={half}-"))]).await;
    assert_eq!((rest.status.as_u16(), &rest.bytes[..]), (206, &whole.bytes[half as usize..]));
    let beyond =
        site.get(&path(&documents[0]), Some(&token), &[("range", &format!("bytes={}-", whole.bytes.len()))]).await;
    assert_eq!(beyond.error().code, ErrorCode::RangeNotSatisfiable);

    // The next who asks gets the same file, also from a server that has started anew; and who holds it all gets nothing.
    let again = page(&site, &token, None).await.expect("a page");
    assert_eq!((image(&again), again.more), (documents[0].clone(), false));
    assert!(page(&site, &token, Some(&again.cursor)).await.is_none());
    assert_eq!(site.app.documents.builds(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_for_the_leaders_own_devices_alone() {
    let site = Site::new().await;
    let mut members = tree(2, 600);
    import(&site, &members, false).await;
    let (mine, upline, downline) = (join(&site, 2_000).await, join(&site, 1_000).await, join(&site, 2_001).await);
    let (other, stranger) = (join(&site, 3_000).await, join(&site, 9_999).await);
    let document = image(&page(&site, &mine, None).await.expect("a page"));
    image(&page(&site, &upline, None).await.expect("a page"));
    assert!(page(&site, &stranger, None).await.is_none(), "who is no member has no team");
    for (token, status) in [
        (Some(&mine), 200),
        (Some(&upline), 404),
        (Some(&downline), 404),
        (Some(&other), 404),
        (Some(&stranger), 404),
        (None, 401),
    ] {
        let reply = site.get(&path(&document), token.map(String::as_str), &[]).await;
        assert_eq!(reply.status.as_u16(), status);
    }
    // Under another extension it is no blob of everybody's either.
    assert_eq!(site.get(&format!("/v1/blobs/{}.bin", document.hash), Some(&mine), &[]).await.status.as_u16(), 404);

    // Somebody leaves: what was built before is not given away any more.
    members.retain(|(id, ..)| *id != 2_600);
    assert_eq!(import(&site, &members, true).await.removed, 1);
    assert_eq!(site.get(&path(&document), Some(&mine), &[]).await.status.as_u16(), 404);
    let fresh = image(&page(&site, &mine, None).await.expect("a page"));
    assert_eq!(site.get(&path(&fresh), Some(&mine), &[]).await.status.as_u16(), 200);

    // The leader leaves: nothing is left for its devices, but to delete what they hold.
    let cursor = page(&site, &mine, None).await.expect("a page").cursor;
    members.retain(|(id, ..)| *id == 1_000 || *id >= 3_000);
    import(&site, &members, true).await;
    let gone = page(&site, &mine, Some(&cursor)).await.expect("a page");
    assert_eq!((gone.reset, gone.team.and_then(|team| team.leader)), (true, None));
    assert!(page(&site, &mine, None).await.is_none());
    assert_eq!(site.get(&path(&fresh), Some(&mine), &[]).await.status.as_u16(), 404);
    let documents = site.app.documents.clone();
    site.place.beside(|conn| documents.sweep(conn).expect("sweeps"));
    let left = std::fs::read_dir(site.place.folder.path().join("images")).expect("lists").count();
    assert_eq!(left, 1, "the upline's alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_longer_than_a_page_comes_as_a_delta_or_an_image() {
    let site = Site::new().await;
    let mut members = tree(2, 12_000);
    members.retain(|(id, ..)| *id < 1_000_000);
    let unique: std::collections::BTreeMap<u32, (Option<u32>, i64)> =
        members.iter().map(|(id, sponsor, volume)| (*id, (*sponsor, *volume))).collect();
    // Ids of the two halves overlap from 3000 on: the second half is of no use here.
    members = unique.into_iter().map(|(id, (sponsor, volume))| (id, sponsor, volume)).collect();
    members.retain(|(id, sponsor, _)| *id == 1_000 || *id == 2_000 || sponsor.is_some_and(|sponsor| sponsor < *id));
    import(&site, &members, false).await;
    let token = join(&site, 1_000).await;
    let first = page(&site, &token, None).await.expect("a page");
    image(&first);

    // Few changes: rows.
    volume_of(&mut members, 2_003, 5);
    import(&site, &members, true).await;
    let few = page(&site, &token, Some(&first.cursor)).await.expect("a page");
    assert_eq!(few.rows.len(), 1);
    // Who comes anew takes the image that is there, and then the rows.
    let builds = site.app.documents.builds();
    let anew = page(&site, &token, None).await.expect("a page");
    assert_eq!((image(&anew), &anew.cursor, anew.more), (image(&first), &first.cursor, true));
    assert_eq!(site.app.documents.builds(), builds);

    // More than a page: a document of rows.
    let many: Vec<u32> =
        members.iter().map(|(id, ..)| *id).filter(|id| *id > 2_000).take(limits::PAGE_ROWS as usize + 1).collect();
    many.iter().for_each(|id| volume_of(&mut members, *id, 7));
    import(&site, &members, true).await;
    let page_of_many = page(&site, &token, Some(&few.cursor)).await.expect("a page");
    let delta = page_of_many.team.as_ref().and_then(|team| team.delta.clone()).expect("a delta");
    let bytes = site.get(&path(&delta), Some(&token), &[]).await.bytes;
    let plain = unpack(&bytes, &delta);
    let rows: Vec<Row> =
        plain.split_inclusive(|b| *b == b'\n').map(|line| serde_json::from_slice(line).expect("a row")).collect();
    assert_eq!(rows.len(), many.len());

    // More than half of the team: an image.
    let all: Vec<u32> = members.iter().map(|(id, ..)| *id).collect();
    all.iter().for_each(|id| volume_of(&mut members, *id, 9));
    import(&site, &members, true).await;
    image(&page(&site, &token, Some(&page_of_many.cursor)).await.expect("a page"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_beyond_the_horizon_begins_anew() {
    let site = Site::new().await;
    let mut members = tree(1, 600);
    import(&site, &members, false).await;
    let token = join(&site, 2_000).await;
    let first = page(&site, &token, None).await.expect("a page");
    for day in 1..=3 {
        site.pass(import::HORIZON / 2 + 1_000);
        volume_of(&mut members, 2_001, day);
        import(&site, &members, true).await;
        let answer = page(&site, &token, Some(&first.cursor)).await.expect("a page");
        if day < 3 {
            assert_eq!((answer.reset, answer.rows.len()), (false, 1));
        } else {
            assert!(answer.reset);
            image(&answer);
        }
    }
}
