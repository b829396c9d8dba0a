//! Contacts on two phones and a server: what a person waits for.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use qadam_engine::contacts::{self, ContactEdit, ContactSummary, ContactsQuery};
use qadam_engine::sync::{SyncOutcome, exchange};
use qadam_engine::transport::http::HttpTransport;
use qadam_engine::transport::{HttpRequest, Method, Transport};
use rusqlite::Connection;
use tokio::runtime::Runtime;

use crate::measure::{Memory, each, median, runs, timed};
use crate::phone::{Phone, core};
use crate::report::{Case, Figure, Goal};
use crate::server::{CONTACTS, LOGIN, Server, TALKS};
use crate::shared;
use crate::wire::{Client, Counter, post};

const EDITS: usize = 1_000;
const EDIT_RUNS: usize = 7;
const CHANGE_RUNS: usize = 25;

/// What the cases share.
pub struct World {
    /// The server's data folder.
    data: PathBuf,
    runtime: Runtime,
    pub server: Server,
    counter: Counter,
    pub first: Phone,
    second: Phone,
    ids: Vec<String>,
    /// Counts edits, so that each hits another contact with another text.
    edited: usize,
}

impl World {
    /// Two phones that hold everything; tells how long that took.
    pub fn build(folder: &Path) -> (Self, Vec<Case>) {
        let data = folder.join("server");
        std::fs::create_dir_all(&data).expect("a folder");
        let (prepared, (code, ids)) = timed(|| crate::server::prepare(&data));
        let server = Server::start(&data);
        let url = server.url();
        let counter = Counter::start(server.address);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let first = Phone::new(folder.join("first"), &url);
        let password = crate::phone::PASSWORD.to_string();
        runtime.block_on(first.engine.set_password(url.clone(), code, password)).expect("sets the password");
        first.sign_in(&runtime, &url, LOGIN, "first");
        let second = Phone::new(folder.join("second"), &url);
        second.sign_in(&runtime, &url, LOGIN, "second");
        let world = Self { data, runtime, server, counter, first, second, ids, edited: 0 };
        let (own, its) = (Memory::own(), world.server.memory());
        own.reset();
        its.reset();
        let (time, outcome) = timed(|| world.sync(&world.first));
        let memory = (own.peak(), its.peak());
        let (bytes, again) = world.counted(&world.second, || world.sync(&world.second));
        assert!(outcome.received as usize >= CONTACTS + TALKS && again.received == outcome.received);
        let note = format!(
            "{} rows in {} pages; the server's own writing of them {:.1} s",
            outcome.received,
            outcome.round_trips,
            prepared.as_secs_f64()
        );
        let case =
            Case::new("first sync of 100,000 contacts", time).bytes(bytes, None).memory(memory.0, memory.1).note(note);
        (world, vec![case])
    }

    fn sync(&self, phone: &Phone) -> SyncOutcome {
        self.runtime.block_on(phone.engine.sync()).expect("syncs")
    }

    /// Bytes on the wire meanwhile.
    fn counted<T>(&self, phone: &Phone, work: impl FnOnce() -> T) -> (u64, T) {
        phone.wire.through(Some(&self.counter));
        let before = self.counter.bytes();
        let output = work();
        let bytes = self.counter.bytes() - before;
        phone.wire.through(None);
        (bytes, output)
    }

    /// Through the engine's public interface, as an app.
    fn edit(&mut self, phone: impl Fn(&Self) -> &Phone) -> (String, String) {
        self.edited += 1;
        let id = self.ids[self.edited * 97 % CONTACTS].clone();
        let note = format!("Call back about order {}", self.edited);
        let edit = ContactEdit { note: Some(note.clone()), ..ContactEdit::default() };
        let engine = &phone(self).engine;
        self.runtime.block_on(engine.edit_contact(id.clone(), edit)).expect("edits");
        (id, note)
    }

    pub fn many_edits(&mut self, floor: &mut Floor) -> Vec<Case> {
        let (own, its) = (Memory::own(), self.server.memory());
        let (mut making, mut syncing, mut floors) = (Vec::new(), Vec::new(), Vec::new());
        let (mut memory, mut away, mut bodies) = ((None, None), Vec::new(), (0, 0));
        let mut bytes = 0;
        for run in 0..EDIT_RUNS {
            let (time, ()) = timed(|| (0..EDITS).for_each(|_| drop(self.edit(|world| &world.first))));
            making.push(time / EDITS as u32);
            own.reset();
            its.reset();
            let outcome = if run == 0 {
                // The one that is counted is not timed.
                let (counted, outcome) = self.counted(&self.first, || self.sync(&self.first));
                bytes = counted;
                outcome
            } else {
                let (time, outcome) = timed(|| self.sync(&self.first));
                syncing.push(time);
                away.push(self.first.wire.away());
                bodies = (outcome.bytes_up, outcome.bytes_down);
                memory = (own.peak(), its.peak());
                outcome
            };
            assert_eq!((outcome.sent as usize, outcome.received as usize), (EDITS, EDITS), "confirmed and echoed");
            floors.push(floor.write_many(&self.ids, run));
        }
        let away = median(away).as_secs_f64() * 1e3;
        let note = format!("{away:.0} ms of it server and wire; bodies {} B up, {} B down", bodies.0, bodies.1);
        let one = runs(50, |n| floor.write_one(&self.ids[n * 31 % CONTACTS], n));
        vec![
            Case::new("1,000 edits until confirmed and echoed", median(syncing))
                .floor("SQLite: the same 1,000 rows, two databases, one transaction each", median(floors))
                .goal(Goal::Millis(55.0))
                .bytes(bytes, Some(60_000))
                .memory(memory.0, memory.1)
                .note(note),
            Case::new("1 offline edit, stored", median(making)).floor("SQLite: one row, one transaction", one),
        ]
    }

    /// Another phone has changed the records that this one has changed, too, and what is pending stays so: only the download and its taking are timed.
    pub fn rebase(&mut self, floor: &mut Floor) -> Vec<Case> {
        let core = self.first.core();
        let (token, http) =
            (self.first.token(), HttpTransport::new("qadam-bench/0.1.0").expect("it fits into a header"));
        let (mut rebases, mut wholes, mut floors, mut away) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut bytes = 0;
        for run in 0..EDIT_RUNS {
            self.sync(&self.second);
            for n in 0..EDITS {
                let id = &self.ids[(run * EDITS + n) * 89 % CONTACTS];
                let change = |phone: &Phone, edit| {
                    self.runtime.block_on(phone.engine.edit_contact(id.clone(), edit)).expect("edits");
                };
                change(&self.first, ContactEdit { note: Some(format!("{run} {n}")), ..ContactEdit::default() });
                change(&self.second, ContactEdit { phone: Some(format!("+7 {run} {n}")), ..ContactEdit::default() });
            }
            self.sync(&self.second);
            let (time, (server, received)) = timed(|| {
                let (body, sent) = exchange::prepare(&core, 0).expect("a request");
                assert_eq!(sent.count(), 0);
                let request = HttpRequest {
                    method: Method::Post,
                    url: format!("{}/v1/sync", self.server.url()),
                    token: Some(token.clone()),
                    body: Some(body),
                    from: None,
                    limit: u64::MAX,
                };
                let (server, answer) = timed(|| self.runtime.block_on(http.send(request)));
                bytes = answer.as_ref().map_or(0, |reply| reply.body.len() as u64);
                (server, exchange::take(&core, sent, answer).expect("takes"))
            });
            assert_eq!(received.rows as usize, EDITS);
            assert_eq!(self.runtime.block_on(self.first.engine.sync_status()).expect("reads").pending as usize, EDITS);
            let (whole, outcome) = timed(|| self.sync(&self.first));
            assert_eq!(outcome.sent as usize, EDITS);
            // The first run warms up.
            if run > 0 {
                rebases.push(time);
                wholes.push(whole);
                away.push(server);
            }
            floors.push(floor.write_phone(&self.ids, run));
        }
        let note = format!("{:.0} ms of it server and wire; the body {bytes} B", median(away).as_secs_f64() * 1e3);
        let floor = median(floors);
        let floor_is = "SQLite: the same 1,000 rows, one transaction";
        vec![
            Case::new("1,000 changes down over 1,000 edits pending", median(rebases))
                .floor(floor_is, floor)
                .goal(Goal::Millis(60.0))
                .note(note),
            Case::new("those edits up then, until echoed", median(wholes)).floor(floor_is, floor),
        ]
    }

    pub fn one_change(&mut self, floor: &mut Floor, constant: &Server) -> Vec<Case> {
        self.sync(&self.second);
        let (mut pulls, mut ways) = (Vec::new(), Vec::new());
        let mut bytes = (0, 0);
        for run in 0..CHANGE_RUNS {
            let (up, (id, note)) = timed(|| {
                let edited = self.edit(|world| &world.first);
                if run == 0 {
                    bytes.0 = self.counted(&self.first, || self.sync(&self.first)).0;
                } else {
                    self.sync(&self.first);
                }
                edited
            });
            let (down, outcome) = if run == 0 {
                let (counted, outcome) = self.counted(&self.second, || self.sync(&self.second));
                bytes.1 = counted;
                (Duration::ZERO, outcome)
            } else {
                timed(|| self.sync(&self.second))
            };
            assert_eq!(outcome.received, 1, "one row came");
            let seen = self.runtime.block_on(self.second.engine.contact(id)).expect("it is there");
            assert_eq!(seen.note, note);
            if run > 0 {
                pulls.push(down);
                ways.push(up + down);
            }
        }
        let mut client = Client::connect(constant.address);
        let request = post("/constant", "token", b"{}");
        let exchange = runs(200, |_| client.exchange(&request));
        let write = runs(100, |n| floor.write_one(&self.ids[n * 31 % CONTACTS], n + 1_000));
        vec![
            Case::new("1 change of 100,000 to the second phone", median(pulls))
                .floor("one constant route, one SQLite update", exchange + write)
                .goal(Goal::Millis(10.0))
                .bytes(bytes.1, Some(1_000)),
            Case::new("the same from the edit on, both phones' syncs", median(ways))
                .floor("two constant routes, four SQLite updates", exchange * 2 + write * 4)
                .goal(Goal::Millis(10.0))
                .bytes(bytes.0 + bytes.1, None),
        ]
    }

    pub fn reads(&self, floor: &Floor) -> Vec<Case> {
        let core = self.first.core();
        let engine = &self.first.engine;
        let places: Vec<Option<String>> =
            (0..100_usize).map(|n| n.checked_sub(1).map(|n| floor.key(n * CONTACTS / 100))).collect();
        let query = |n: usize| ContactsQuery { after: places[n % 100].clone(), limit: 50, ..ContactsQuery::default() };
        let page = each(15, 100, |n| contacts::page(&core, &query(n)).expect("a page"));
        let page_floor = each(15, 100, |n| floor.page(places[n % 100].as_deref()));
        let page_engine = each(15, 100, |n| self.runtime.block_on(engine.contacts(query(n))).expect("a page"));
        let id = |n: usize| &self.ids[n * 7_919 % CONTACTS];
        let point = each(15, 400, |n| contacts::view(&core, id(n)).expect("reads"));
        let point_floor = each(15, 400, |n| floor.point(id(n)));
        let point_engine = each(15, 400, |n| self.runtime.block_on(engine.contact(id(n).clone())).expect("reads"));
        let page_is = "the same SELECT through rusqlite";
        let point_is = "the same two SELECTs through rusqlite";
        vec![
            Case::new("page of 50 contacts by name", page).floor(page_is, page_floor),
            Case::new("the same through Engine (its threads)", page_engine).floor(page_is, page_floor),
            Case::new("point read: a contact by id", point).floor(point_is, point_floor).goal(Goal::RatioAtMost(1.5)),
            Case::new("the same through Engine (its threads)", point_engine).floor(point_is, point_floor),
        ]
    }

    pub fn opening(&self) -> Vec<Case> {
        self.runtime.block_on(self.second.engine.close());
        let path = self.second.database();
        let own = Memory::own();
        own.reset();
        let (mut opened, mut shown) = (Vec::new(), Vec::new());
        for _ in 0..15 {
            let (open, engine) = timed(|| self.second.reopen());
            let query = ContactsQuery { limit: 50, ..ContactsQuery::default() };
            let (first, page) = timed(|| self.runtime.block_on(engine.contacts(query)).expect("a page"));
            assert_eq!(page.contacts.len(), 50);
            opened.push(open);
            shown.push(open + first);
            self.runtime.block_on(engine.close());
        }
        let core = runs(15, |_| core(&path, &self.second.directory));
        let floor = runs(15, |_| {
            let connection = Connection::open(&path).expect("opens");
            connection.query_row("SELECT 1 FROM row LIMIT 1", [], |row| row.get::<_, i64>(0)).expect("reads")
        });
        let floor_is = "rusqlite: open, SELECT 1 FROM row";
        vec![
            Case::new("Engine::open with 100,000 rows", median(opened)).floor(floor_is, floor).goal(Goal::Millis(15.0)),
            Case::new("Core::open with 100,000 rows", core).floor(floor_is, floor).goal(Goal::Millis(15.0)),
            Case::new("Engine::open and the first page", median(shown)).memory(own.peak(), None),
        ]
    }

    /// The last of the cases: the JVM opens the first phone's folder, so here that phone is closed.
    pub fn kotlin(&self) -> Vec<Case> {
        self.runtime.block_on(self.first.engine.close());
        crate::kotlin::cases(&self.first)
    }

    /// Token and body of a sync that has nothing to say.
    pub fn idle_request(&self) -> (String, Vec<u8>) {
        self.sync(&self.first);
        let core = self.first.core();
        let (packed, sent) = qadam_engine::sync::exchange::prepare(&core, 1_000).expect("a request");
        assert!(sent.count() == 0 && !packed.zstd);
        (self.first.token(), packed.bytes)
    }
}

/// Bare SQLite with the same rows: what nothing can go below.
pub struct Floor {
    phone: Connection,
    server: Connection,
}

impl Floor {
    pub fn build(folder: &Path, world: &World) -> Self {
        let open = |name: &str| {
            let connection = Connection::open(folder.join(name)).expect("opens");
            connection
                .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -4000;")
                .expect("settings");
            connection
        };
        let (phone, server) = (open("floor-phone.db"), open("floor-server.db"));
        let source = world.first.database();
        for connection in [&phone, &server] {
            connection.execute("ATTACH ?1 AS source", [source.to_str().expect("text")]).expect("attaches");
        }
        phone
            .execute_batch(
                "CREATE TABLE row (id TEXT PRIMARY KEY, rev INTEGER NOT NULL, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
                 INSERT INTO row SELECT id, rev, value FROM source.row WHERE kind = 'contact';
                 CREATE TABLE contact (id TEXT PRIMARY KEY, sort_key TEXT, name TEXT, phone TEXT, email TEXT, note TEXT,
                     do_not_contact INTEGER, tags TEXT, follow_up TEXT, birthday TEXT) WITHOUT ROWID;
                 INSERT INTO contact SELECT * FROM source.contact;
                 CREATE INDEX contact_by_name ON contact (sort_key, id);
                 CREATE TABLE interaction (id TEXT PRIMARY KEY, contact TEXT, at INTEGER, channel TEXT, note TEXT) WITHOUT ROWID;
                 INSERT INTO interaction SELECT * FROM source.interaction;
                 CREATE INDEX interaction_by_contact ON interaction (contact, at, id);",
            )
            .expect("copies");
        server
            .execute_batch(
                "CREATE TABLE row (id TEXT PRIMARY KEY, rev INTEGER NOT NULL, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
                 INSERT INTO row SELECT id, rev, value FROM source.row WHERE kind = 'contact';",
            )
            .expect("copies");
        for connection in [&phone, &server] {
            connection.execute_batch("DETACH source; PRAGMA wal_checkpoint(TRUNCATE);").expect("detaches");
        }
        Self { phone, server }
    }

    fn write_many(&mut self, ids: &[String], run: usize) -> Duration {
        timed(|| {
            write(&mut self.phone, ids, run);
            write(&mut self.server, ids, run);
        })
        .0
    }

    fn write_phone(&mut self, ids: &[String], run: usize) -> Duration {
        timed(|| write(&mut self.phone, ids, run)).0
    }

    fn write_one(&mut self, id: &str, n: usize) {
        let changed = self.phone.prepare_cached(UPDATE).expect("prepares").execute((id, n as i64, value(n)));
        assert_eq!(changed.expect("writes"), 1);
    }

    /// Where a page begins after so many contacts.
    fn key(&self, place: usize) -> String {
        let mut statement = self
            .phone
            .prepare_cached("SELECT sort_key || char(10) || id FROM contact ORDER BY sort_key, id LIMIT 1 OFFSET ?1")
            .expect("prepares");
        statement.query_row([place as i64], |row| row.get(0)).expect("reads")
    }

    fn page(&self, after: Option<&str>) -> Vec<ContactSummary> {
        let (key, id) = after.and_then(|after| after.split_once('\n')).unwrap_or_default();
        let mut statement = self
            .phone
            .prepare_cached(
                "SELECT id, sort_key, name, phone, do_not_contact,
                     (SELECT max(at) FROM interaction WHERE contact = contact.id) FROM contact
                 WHERE (sort_key, id) > (?1, ?2) ORDER BY sort_key, id LIMIT 51",
            )
            .expect("prepares");
        let rows = statement.query_map((key, id), |row| {
            Ok(ContactSummary {
                id: row.get(0)?,
                name: row.get(2)?,
                phone: row.get(3)?,
                do_not_contact: row.get(4)?,
                last_interaction: row.get(5)?,
            })
        });
        rows.expect("reads").map(|row| row.expect("reads")).collect()
    }

    fn point(&self, id: &str) -> (Vec<Option<String>>, bool, usize) {
        let mut contact = self
            .phone
            .prepare_cached(
                "SELECT id, name, phone, email, note, do_not_contact, tags, nullif(follow_up, ''), nullif(birthday, '')
                 FROM contact WHERE id = ?1",
            )
            .expect("prepares");
        let (texts, not) = contact
            .query_row([id], |row| {
                let texts = [0, 1, 2, 3, 4, 6, 7, 8].map(|column| row.get::<_, Option<String>>(column));
                Ok((texts.into_iter().collect::<rusqlite::Result<Vec<_>>>()?, row.get::<_, bool>(5)?))
            })
            .expect("reads");
        let mut talks = self
            .phone
            .prepare_cached(
                "SELECT id, at, channel, note FROM interaction WHERE contact = ?1 ORDER BY at DESC, id DESC LIMIT 100",
            )
            .expect("prepares");
        let talks = talks
            .query_map([id], |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, i64>(1)?,
                    row.get::<_, String>(2)?,
                    row.get::<_, String>(3)?,
                ))
            })
            .expect("reads")
            .collect::<rusqlite::Result<Vec<_>>>();
        (texts, not, talks.expect("reads").len())
    }
}

/// As many rows as there are edits, other ones in each run.
fn write(connection: &mut Connection, ids: &[String], run: usize) {
    let value = value(run);
    let transaction = connection.transaction().expect("begins");
    {
        let mut update = transaction.prepare_cached(UPDATE).expect("prepares");
        for n in 0..EDITS {
            update.execute((&ids[(run * EDITS + n) * 97 % CONTACTS], n as i64, &value)).expect("writes");
        }
    }
    transaction.commit().expect("commits");
}

const UPDATE: &str = "UPDATE row SET rev = ?2, value = ?3 WHERE id = ?1";

/// As long as an edited contact's row.
fn value(n: usize) -> String {
    let text = format!("Call back about order {n}");
    format!(
        r#"{{"f":{{"name":["Aigul Nurlanova","1700000000000.0.00c0ffee00c0ffee"],"note":["{text}","1700000000000.0.00c0ffee00c0ffee"],"phone":["+7 700 000 0000","1700000000000.0.00c0ffee00c0ffee"]}}}}"#
    )
}

/// Syncs with nothing new, against the route that returns a constant.
pub fn idle(world: &World, constant: &Server) -> Vec<Case> {
    let shared = shared::serve(&world.data);
    let mut cases = vec![
        idle_at("idle syncs on the backend, SQLite", world, &world.server, constant).goal(Goal::RatioAtLeast(0.5)),
    ];
    cases.push(match shared {
        Some((server, _folder)) => idle_at("the same, on PostgreSQL", world, &server, constant),
        None => Case::not_measured("idle syncs, on PostgreSQL", "run the bench by tests/postgres"),
    });
    cases
}

fn idle_at(name: &str, world: &World, server: &Server, constant: &Server) -> Case {
    const CONNECTIONS: usize = 8;
    const EACH: usize = 1_500;
    const ROUNDS: usize = 5;
    let (token, body) = world.idle_request();
    let (sync, floor) = (Arc::new(post("/v1/sync", &token, &body)), Arc::new(post("/constant", &token, &body)));
    let measure = |address, request: &Arc<Vec<u8>>| {
        let (time, ()) = timed(|| {
            std::thread::scope(|scope| {
                for _ in 0..CONNECTIONS {
                    scope.spawn(move || {
                        let mut client = Client::connect(address);
                        for _ in 0..EACH {
                            let (status, length) = client.exchange(request);
                            assert!(status == 200 && length < 100, "{status} {length}");
                        }
                    });
                }
            });
        });
        time
    };
    let its = server.memory();
    its.reset();
    let (mut syncs, mut floors) = (Vec::new(), Vec::new());
    // Alternating, so that both meet the same machine; the first round warms up.
    for round in 0..=ROUNDS {
        let (one, other) = (measure(server.address, &sync), measure(constant.address, &floor));
        if round > 0 {
            syncs.push(one);
            floors.push(other);
        }
    }
    let rate = |times| Figure::Rate((CONNECTIONS * EACH) as f64 / median(times).as_secs_f64());
    let mut case = Case::new(name, rate(syncs))
        .floor("axum route that returns a constant", rate(floors))
        .memory(None, its.peak())
        .note(format!("{CONNECTIONS} connections, log on"));
    case.bytes = Some((sync.len() + 150) as u64);
    case
}
