//! The nudge that the server shows itself.

use qadam_backend::publish;
use qadam_backend::random::system;
use qadam_backend::results::import::{Kind, import};
use qadam_domain::ids::{RuleId, TextId};
use qadam_domain::nudges::{servers_weekday, weekday};
use qadam_domain::rules::{Category, Condition, Effect, Limits, Nudge, Rule, Slot, Trigger, When, Window};
use qadam_domain::time::{DAY, Day, MINUTE, Millis};
use qadam_protocol::mutation::Body as Say;
use qadam_protocol::nudges::Ask;
use qadam_protocol::sync::SyncReply;
use serde_json::{Value, json};

use super::{Yard, eventually, fcm_token};
use crate::support::{NOW, compiled, mutation, request, rows};

const HOUR: Millis = 60 * MINUTE;
const PERSON: &str = "1001";

/// A yard whose company answers each sale with a nudge, and a phone that shows them.
struct Shop {
    yard: Yard,
    phone: qadam_backend::accounts::SignedIn,
    seq: std::cell::Cell<u64>,
}

async fn shop() -> Shop {
    let yard = Yard::still().await;
    let nudge =
        Nudge { text: TextId::new("sold").expect("an id"), category: Category::Business, expires: 48, at: None };
    let rule = Rule {
        id: RuleId::new("sold").expect("an id"),
        when: When::Event(Trigger::SaleConfirmed),
        condition: Condition::always(),
        then: vec![Effect::Nudge(nudge)],
        limits: Limits { per: Window::Day, ..Limits::default() },
    };
    let mut company = compiled(&["one", "two"]);
    company.release.rules = vec![Slot::Known(Box::new(rule))];
    yard.site.place.publish(&company);
    yard.site.place.beside(|conn| conn.execute("DELETE FROM push_round", []).map(drop)).expect("writes");
    let phone = yard.phone("aigul", fcm_token("one")).await;
    let shop = Shop { yard, phone, seq: std::cell::Cell::new(1) };
    shop.say(&Say::Lease(Ask::Wanted)).await;
    shop
}

impl Shop {
    async fn say(&self, say: &Say) -> SyncReply {
        self.seq.set(self.seq.get() + 1);
        let mut said = mutation(self.seq.get(), self.seq.get(), say);
        let mut sent = request(Vec::new(), None);
        sent.now.wall = self.yard.site.app.now();
        sent.now.mono = sent.now.wall;
        said.at.wall = sent.now.wall;
        said.at.mono = sent.now.mono;
        sent.mutations = vec![said];
        self.yard.site.post("/v1/sync", Some(&self.phone.token.0), &sent).await.json()
    }

    /// It is that time of the server's weekday there, or of the day after it.
    fn at(&self, hour: i64, later: i32) {
        let today = Day::at(NOW, 300);
        let ahead = (i32::from(servers_weekday(PERSON)) - i32::from(weekday(today))).rem_euclid(7);
        let then = today.plus(ahead + later).start(300) + hour * HOUR;
        self.yard.site.pass(then - self.yard.site.app.now());
    }

    fn sell(&self, id: &str) {
        let now = self.yard.site.app.now();
        let day = Day::at(now, 300);
        let text =
            format!("id,version,distributor,day,volume,buyer,status\n{id},1,{PERSON},{day},300,customer,confirmed\n");
        self.yard.site.place.beside(|conn| {
            let releases = publish::releases(conn).expect("reads");
            import(conn, &releases, Kind::Sales, "f.csv", text.as_bytes(), false, now, &mut system).expect("imports");
        });
    }

    /// The alerts that the vendor got.
    fn shown(&self) -> Vec<Value> {
        let bodies = self.yard.fcm.got().into_iter().map(|got| got.body["message"].clone());
        bodies.filter(|message| message["data"]["qadam"] == json!("nudge")).collect()
    }

    async fn nudges(&self) -> Vec<Value> {
        let reply: SyncReply = {
            let mut sent = request(Vec::new(), None);
            sent.now.wall = self.yard.site.app.now();
            self.yard.site.post("/v1/sync", Some(&self.phone.token.0), &sent).await.json()
        };
        let rows = rows(&reply.streams["me"]);
        rows.into_iter().filter(|(key, _)| key.starts_with("nudge/")).map(|(_, value)| value).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_its_weekday_the_server_shows_one_nudge_and_counts_it_once_the_vendor_has_it() {
    let mut shop = shop().await;
    shop.at(14, 0);
    shop.sell("o-1");
    assert!(shop.nudges().await[0].get("shown").is_none(), "nobody has it yet");
    // One is under way.
    shop.sell("o-2");
    shop.yard.start();
    eventually("it is shown", || shop.shown().len() == 1).await;
    shop.yard.nothing_waits().await;
    let android = &shop.shown()[0]["android"];
    assert_eq!(android["notification"]["title_loc_key"], json!("nudge_business_title_kk"));
    assert_eq!(android["notification"]["body_loc_key"], json!("nudge_business_body_kk"));
    assert_eq!(android["ttl"], json!("21600s"), "until eight in the evening");
    let nudges = shop.nudges().await;
    assert_eq!((nudges.len(), nudges[0]["shown"]["day"].is_null()), (1, false), "{nudges:?}");
    // The next day is the phone's.
    shop.at(14, 1);
    shop.sell("o-3");
    shop.yard.nothing_waits().await;
    assert_eq!((shop.shown().len(), shop.nudges().await.len()), (1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_shows_none_at_night_or_against_a_persons_choice_or_to_who_does_not_show_them() {
    let mut shop = shop().await;
    shop.yard.start();
    shop.at(20, 0);
    shop.sell("o-1");
    shop.at(8, 7);
    shop.sell("o-2");
    shop.at(14, 14);
    let settings = |field: &str| {
        let mut edit = crate::support::put("mine", NOW, &[(field, "1")]);
        if let Say::Record { kind, clock, .. } = &mut edit {
            *kind = "settings".into();
            clock.ms += DAY;
        }
        edit
    };
    shop.say(&settings("nudge_off:business")).await;
    shop.sell("o-3");
    shop.at(14, 21);
    shop.say(&Say::Lease(Ask::Yielded)).await;
    let mut on = settings("nudge_off:business");
    if let Say::Record { edit: qadam_domain::records::Edit::Put(fields), clock, .. } = &mut on {
        fields.insert("nudge_off:business".into(), Some("0".into()));
        clock.ms += DAY;
    }
    shop.say(&on).await;
    shop.sell("o-4");
    shop.yard.nothing_waits().await;
    assert_eq!((shop.shown().len(), shop.nudges().await.len()), (0, 4));
    shop.say(&Say::Lease(Ask::Wanted)).await;
    shop.at(14, 28);
    shop.sell("o-5");
    eventually("it is shown", || shop.shown().len() == 1).await;
}
