//! Images of a team, as a phone adopts them: what is not what was wanted leaves the team as it was, and nothing asks for more than the caps.
//!
//! The first byte says what follows: a document as it travels; a plain file, which is packed here; or changes to a good image or its packed bytes, three
//! bytes of a place and one to be put there, and how much is cut off. What the hash vouches for can't be told from the rows alone, so it is not asked here whether they are right.

#![no_main]

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use qadam_domain::ids::BlobHash;
use qadam_engine::EngineError;
use qadam_engine::database::{Changes, Database};
use qadam_engine::team::{TeamStore, Wanted, WantedDocument};
use qadam_fuzz::{IMAGE, image};
use qadam_protocol::sync::Page;
use qadam_protocol::team::Document;

struct Phone {
    folder: tempfile::TempDir,
    database: Database,
    store: TeamStore,
    wanted: WantedDocument,
    plain: Vec<u8>,
    /// How the team is as long as nothing was adopted.
    rows: usize,
}

/// A phone that holds a team; its files are in memory where the system has such a folder.
fn phone() -> &'static Phone {
    static PHONE: OnceLock<Phone> = OnceLock::new();
    PHONE.get_or_init(|| {
        let memory = PathBuf::from("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let folder = folder.expect("a folder");
        let image = image(folder.path());
        let database = Database::open(&folder.path().join("a.db"), Changes::default()).expect("opens");
        let store = TeamStore::open(&database).expect("opens");
        let page: Page = serde_json::from_slice(&image.page).expect("a page");
        store.receive(&database, &page).expect("takes");
        let Some(Wanted::Document(wanted)) = store.take_wanted() else { panic!("a document") };
        let phone = Phone { folder, database, store, wanted: *wanted, plain: image.plain, rows: IMAGE };
        phone.take(&zstd::bulk::compress(&phone.plain, 1).expect("packs"), phone.plain.len()).expect("is adopted");
        assert_eq!(phone.store.rows().expect("reads").len(), phone.rows);
        phone
    })
}

impl Phone {
    /// As if this had come with its right hash, and the page had told this length.
    fn take(&self, packed: &[u8], unpacked: usize) -> Result<u32, EngineError> {
        let document = Document { hash: BlobHash::of(packed), size: packed.len() as u64, unpacked: unpacked as u64 };
        let path = self.folder.path().join("document.zst");
        fs::write(&path, packed).expect("writes");
        let wanted = WantedDocument { document, ..self.wanted.clone() };
        let taken = self.store.take(&self.database, &wanted, &path);
        assert!(!path.exists(), "whatever it was, it is of no use any more");
        taken
    }

    fn restore(&self) {
        self.take(&zstd::bulk::compress(&self.plain, 1).expect("packs"), self.plain.len()).expect("is adopted");
    }
}

fuzz_target!(|input: &[u8]| {
    let Some((choice, bytes)) = input.split_first() else { return };
    let phone = phone();
    let packed = |plain: &[u8]| zstd::bulk::compress(plain, 1).expect("packs");
    let taken = match choice % 4 {
        0 => phone.take(bytes, phone.plain.len()),
        1 => phone.take(&packed(bytes), bytes.len()),
        2 => {
            let plain = changed(phone.plain.clone(), bytes);
            phone.take(&packed(&plain), plain.len())
        }
        _ => phone.take(&changed(packed(&phone.plain), bytes), phone.plain.len()),
    };
    match taken {
        Ok(_) => {
            assert_eq!(phone.store.held().expect("reads"), Some(phone.wanted.held.clone()));
            // Reading what lies is an error at worst.
            let _ = phone.store.rows();
            phone.restore();
        }
        Err(EngineError::NotQadam { .. }) => {
            assert_eq!(phone.store.held().expect("reads"), Some(phone.wanted.held.clone()));
            assert_eq!(phone.store.rows().expect("reads").len(), phone.rows, "the team is as it was");
            assert!(phone.store.is_sound().expect("reads"));
        }
        Err(error) => panic!("{error:?}"),
    }
    let files = fs::read_dir(phone.folder.path().join("a.team")).expect("a folder").count();
    assert!(files <= 3, "{files} files stay behind");
});

fn changed(mut good: Vec<u8>, changes: &[u8]) -> Vec<u8> {
    let length = good.len();
    let (changes, cut) = changes.as_chunks::<4>();
    for [high, middle, low, value] in changes {
        good[u32::from_be_bytes([0, *high, *middle, *low]) as usize % length] = *value;
    }
    // Of two bytes that are left over.
    if let [high, low, ..] = cut {
        good.truncate(length - usize::from(u16::from_be_bytes([*high, *low])) % length);
    }
    good
}
