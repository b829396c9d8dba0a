//! A phone far from its server: 100 ms for a round trip, and one segment of a hundred lost.

use std::path::Path;

use qadam_backend::team::import::{self, HEADER};
use qadam_backend::{config, random, store};
use qadam_engine::contacts::ContactEdit;
use qadam_faults::proxy::{Line, Mood, Proxy};
use tokio::runtime::Runtime;

use crate::measure::{median, timed};
use crate::phone::{PASSWORD, Phone};
use crate::report::Case;
use crate::server::{LOGIN, Server, prepare_people};
use crate::wire::{Client, post};

const DELAY: u64 = 100;
const RUNS: usize = 15;
/// Mutations, and changed rows, of an ordinary sync.
const ROWS: usize = 20;
const MEMBERS: usize = 1_000;

struct World {
    runtime: Runtime,
    data: std::path::PathBuf,
    proxy: Proxy,
    far: Phone,
    near: Phone,
}

impl World {
    fn edit(&self, phone: &Phone, run: usize) {
        for n in 0..ROWS {
            let edit = ContactEdit { name: Some(format!("Contact {n} of {run}")), ..ContactEdit::default() };
            self.runtime.block_on(phone.engine.add_contact(edit)).expect("adds");
        }
    }

    /// Each member with another volume, or some of them.
    fn import(&self, members: std::ops::RangeInclusive<usize>, volume: usize) {
        let mut csv = format!("{}\n", HEADER.join(","));
        for n in members {
            let sponsor = if n == 1 { String::new() } else { (n / 3).max(1).to_string() };
            csv.push_str(&format!("{n},{sponsor},Aigul {n},+7701{n:07},gold,{volume},{volume},1,2024-05-01,Almaty\n"));
        }
        let connection = store::open(&self.data).expect("opens");
        import::import(&connection, "team.csv", csv.as_bytes(), false, config::now(), &mut random::system)
            .expect("imports");
        // What another process writes the server finds out within half a second.
        std::thread::sleep(std::time::Duration::from_millis(700));
    }

    /// The median of the syncs' times and the requests of each, which are the same every time.
    fn syncs(&self, runs: usize, before: impl Fn(usize)) -> (std::time::Duration, String) {
        let (mut times, mut asked) = (Vec::new(), Vec::new());
        for run in 0..runs {
            before(run);
            self.proxy.take_requests();
            times.push(timed(|| self.runtime.block_on(self.far.engine.sync()).expect("syncs")).0);
            asked.push(self.proxy.take_requests());
        }
        let trips = asked[0].len();
        assert!(asked.iter().all(|requests| requests.len() == trips), "{asked:?}");
        (median(times), trips_of(trips))
    }
}

fn trips_of(trips: usize) -> String {
    format!("{trips} round trip{}", if trips == 1 { "" } else { "s" })
}

pub fn cases(folder: &Path, constant: &Server) -> Vec<Case> {
    let folder = folder.join("line");
    let data = folder.join("server");
    std::fs::create_dir_all(&data).expect("a folder");
    let code = prepare_people(&data, &[(LOGIN, "1".into())]).remove(0);
    let server = Server::start(&data);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    // On threads of its own: the phone waits on this one.
    let lines = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let mood = |seed| Mood::Line(Line { delay: DELAY..=DELAY, loss: 0.01, seed, ..Line::default() });
    let proxy = lines.block_on(Proxy::before(server.address));
    let (far, near) = (Phone::new(folder.join("far"), &proxy.url()), Phone::new(folder.join("near"), &server.url()));
    runtime.block_on(near.engine.set_password(server.url(), code, PASSWORD.into())).expect("sets the password");
    near.sign_in(&runtime, &server.url(), LOGIN, "near");
    far.sign_in(&runtime, &proxy.url(), LOGIN, "far");
    let world = World { runtime, data, proxy, far, near };
    world.edit(&world.near, 0);
    world.runtime.block_on(world.near.engine.sync()).expect("syncs");

    let before_constant = lines.block_on(Proxy::before(constant.address));
    before_constant.set(mood(1));
    let mut client = Client::connect(before_constant.address());
    let request = post("/constant", "token", b"{}");
    // The first waits for the connection, as the phone's.
    client.exchange(&request);
    let floor = median((0..RUNS).map(|_| timed(|| client.exchange(&request)).0).collect());

    world.proxy.set(mood(2));
    world.runtime.block_on(world.far.engine.foreground(qadam_engine::platform::Network::Offline)).expect("reconnects");
    let case = |name: &str, (time, trips): (std::time::Duration, String), more: &str| {
        let note = format!("{trips}{more}");
        Case::new(name, time).floor("one exchange with a constant route on this line", floor).note(note)
    };
    let first = world.syncs(1, |_| {});
    let up = world.syncs(RUNS, |run| world.edit(&world.far, run));
    let down = world.syncs(RUNS, |run| {
        world.edit(&world.near, run);
        world.runtime.block_on(world.near.engine.sync()).expect("syncs");
    });
    let both = world.syncs(RUNS, |run| {
        world.edit(&world.near, run);
        world.edit(&world.far, run);
        world.runtime.block_on(world.near.engine.sync()).expect("syncs");
    });
    world.import(1..=MEMBERS, 0);
    let image = world.syncs(1, |_| {});
    let delta = world.syncs(5, |run| world.import(10..=10 + ROWS, run + 1));
    vec![
        case("100 ms, 1 % loss: first sync", first, ", two of them documents of the content, on a new connection"),
        case("100 ms, 1 % loss: 20 mutations", up, ""),
        case("100 ms, 1 % loss: 20 changed rows", down, ""),
        case("100 ms, 1 % loss: 20 of each", both, ""),
        case("100 ms, 1 % loss: a team of 1,000 comes", image, ", one of them the image, which is not built yet"),
        case("100 ms, 1 % loss: 20 changed members", delta, ""),
    ]
}
