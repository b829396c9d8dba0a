//! What each era begins with: a server with the sample company, phones that are signed in, a leader's phone without its team and one with it.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use qadam_backend::config::now;
use qadam_backend::random;
use qadam_backend::store::{self, StoreError};
use qadam_backend::team::import::{self, HEADER};
use qadam_engine::platform::Network;
use qadam_faults::{Company, PASSWORD};

use crate::phone;

/// Two of each account.
pub const PHONES: usize = 6;
/// The leader and everybody below.
pub const MEMBERS: usize = 3_001;
pub const LEADER: &str = "leader";
/// A leader's phone that has no team yet.
pub const WITHOUT: &str = "leader-without";
/// A leader's phone with the team of volume 0.
pub const WITH: &str = "leader-with";

/// The login of a phone's account.
pub fn login(phone: usize) -> String {
    format!("account-{}", phone / 2)
}

/// The company's tree, in which everybody has this volume.
pub fn csv(volume: u64) -> String {
    let mut csv = format!("{}\n", HEADER.join(","));
    for id in 1..=MEMBERS {
        let sponsor = if id == 1 { String::new() } else { ((id - 2) / 7 + 1).to_string() };
        csv.push_str(&format!("{id},{sponsor},Aigul {id},+7701{id:07},silver,{volume},0,1,2024-05-01,Almaty\n"));
    }
    csv
}

/// A folder that is copied at the beginning of each era, and the address that its phones know.
pub struct Template {
    pub folder: PathBuf,
    pub address: SocketAddr,
}

impl Template {
    pub fn make(folder: &Path) -> Self {
        let folder = folder.join("template");
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        let address = runtime.block_on(async {
            let company = Company::start().await;
            for phone in 0..PHONES {
                if phone % 2 == 0 {
                    company.enlist(&login(phone));
                }
                signed_in(&company, &folder.join(format!("phone-{phone}")), &login(phone)).await;
            }
            company.enlist(LEADER);
            let connection = store::open(&company.data()).expect("opens");
            let named = connection.execute("UPDATE account SET distributor = '1' WHERE login = ?1", [LEADER]);
            assert_eq!(named.expect("writes"), 1);
            signed_in(&company, &folder.join(WITHOUT), LEADER).await;
            copy(&folder.join(WITHOUT), &folder.join(WITH));
            let imported = company.server.app().store.write::<_, StoreError, _>(|connection| {
                let csv = csv(0);
                let imported = import::import(connection, "team.csv", csv.as_bytes(), true, now(), &mut random::system);
                Ok(imported.expect("imports").added)
            });
            assert_eq!(imported.await.expect("writes") as usize, MEMBERS);
            let leader = phone::open(&folder.join(WITH), Network::Offline).expect("opens");
            leader.sync().await.expect("syncs");
            assert_eq!(leader.team().await.expect("reads").map(|me| me.below as usize + 1), Some(MEMBERS));
            leader.close().await;
            let (data, address) = (company.data(), company.server.address());
            let Company { folder: temporary, server, .. } = company;
            server.stop().await;
            copy(&data, &folder.join("server"));
            drop(temporary);
            address
        });
        Self { folder, address }
    }
}

async fn signed_in(company: &Company, folder: &Path, login: &str) {
    let phone = phone::open(folder, Network::Offline).expect("opens");
    let signed_in = phone.sign_in(company.server.url(), login.into(), PASSWORD.into(), "phone".into());
    signed_in.await.expect("signs in");
    phone.sync().await.expect("syncs");
    phone.close().await;
}

/// A folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("lists") {
        let entry = entry.expect("lists");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).expect("copies");
        }
    }
}
