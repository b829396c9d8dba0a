//! What the targets share: a team's image, as a server builds it.

use std::path::Path;

use qadam_backend::team::documents::{Documents, Plan};
use qadam_backend::team::import::{self, HEADER};
use qadam_backend::{config, store};
use qadam_protocol::sync::Page;
use qadam_protocol::team::TeamPage;

/// Members of the image: more than fit into one page of the file.
pub const IMAGE: usize = 60;

pub struct Image {
    /// The page that announces it, as JSON.
    pub page: Vec<u8>,
    /// Unpacked.
    pub plain: Vec<u8>,
}

/// Builds an image in a folder of its own within `folder`.
pub fn image(folder: &Path) -> Image {
    let data = folder.join("server");
    let connection = store::open(&data).expect("opens");
    let mut csv = format!("{}\n", HEADER.join(","));
    for n in 1..=IMAGE {
        let sponsor = if n == 1 { String::new() } else { (n / 2).to_string() };
        csv.push_str(&format!("{n},{sponsor},Айгүл {n},+7701{n:07},silver,{n},{n},1,2024-05-01,Алматы\n"));
    }
    let mut random = |bytes: &mut [u8]| bytes.fill(7);
    import::import(&connection, "a.csv", csv.as_bytes(), true, config::now(), &mut random).expect("imports");
    let sql = "INSERT INTO account (id, public, login, distributor, name, created) VALUES (1, 'a', 'a', '1', '', 0)";
    connection.execute(sql, []).expect("an account");
    let documents = Documents::open(&data).expect("a folder");
    let Ok(Plan::Build { leader, head, since }) = documents.plan(&connection, 1, None) else { panic!("an image") };
    let built = documents.make(&connection, &leader, &head, since).expect("builds");
    let path = documents.find(&connection, 1, &built.document.hash).expect("reads").expect("is there");
    let plain = zstd::stream::decode_all(std::fs::File::open(path).expect("opens")).expect("unpacks");
    let team = TeamPage {
        leader: Some(leader.number.clone()),
        digest: Some(built.digest),
        image: Some(built.document),
        ..TeamPage::default()
    };
    let page = Page {
        cursor: head,
        reset: false,
        more: false,
        rows: Vec::new(),
        echoes: Vec::new(),
        digest: None,
        team: Some(Box::new(team)),
    };
    Image { page: serde_json::to_vec(&page).expect("JSON"), plain }
}
