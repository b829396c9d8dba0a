use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use qadam_domain::ids::BlobHash;
use qadam_protocol::sync::{Cursor, Page, SyncReply};
use qadam_protocol::team::STREAM;

use super::documents::{Built, Plan};
use crate::app::App;
use crate::error::Error;

/// A sync waits so long for a document that is being built, before it says that one is to come again.
const PATIENCE: Duration = Duration::from_secs(3);

/// Puts the document in its place where an account's page of the team asks to wait for one. `cursor`: as in the request.
///
/// # Errors
/// What SQLite and the file system say.
pub async fn complete(
    app: &Arc<App>,
    account: i64,
    cursor: Option<Cursor>,
    reply: &mut SyncReply,
) -> Result<(), Error> {
    let waits = |page: &&mut Page| page.team.as_ref().is_some_and(|team| team.wait.is_some());
    let Some(page) = reply.streams.get_mut(STREAM).filter(waits) else { return Ok(()) };
    let (documents, asked) = (app.documents.clone(), cursor.clone());
    let plan = app.store.read::<_, Error, _>(move |conn| documents.plan(conn, account, asked.as_ref())).await?;
    let (built, head) = match plan {
        Plan::Nothing => return Ok(()),
        Plan::Ready(built) => (built, None),
        Plan::Build { leader, head, since } => {
            let key = (leader.key, &head, since);
            match app.documents.build(&app.store, account, cursor, key, PATIENCE).await? {
                Some(built) => (built, Some(head)),
                None => return Ok(()),
            }
        }
    };
    put(page, built, head);
    Ok(())
}

/// Puts a document in the place of what a page asks to wait for. `head`: where the stream ends, if not with the page.
pub fn put(page: &mut Page, built: Built, head: Option<Cursor>) {
    page.more = head.as_ref().unwrap_or(&page.cursor) != &built.cursor;
    page.cursor = built.cursor;
    if let Some(team) = &mut page.team {
        team.wait = None;
        team.digest = Some(built.digest);
        let place = if built.since.is_some() { &mut team.delta } else { &mut team.image };
        *place = Some(built.document);
    }
}

/// The file of a document that this account may have.
///
/// # Errors
/// What SQLite says.
pub async fn document(app: &Arc<App>, account: i64, hash: BlobHash) -> Result<Option<PathBuf>, Error> {
    let documents = app.documents.clone();
    app.store.read(move |conn| documents.find(conn, account, &hash)).await
}
