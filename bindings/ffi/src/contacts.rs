use qadam_engine::contacts::{
    Channel, ContactEdit, ContactSummary, ContactView, ContactsPage, ContactsQuery, InteractionView, TagView,
};

use crate::live::live_query;
use crate::{QadamEngine, Result};

/// Which contacts to show. The next page begins after the last one's `next`.
#[uniffi::remote(Record)]
pub struct ContactsQuery {
    /// Begin of the name, or of one of its words; empty for all.
    #[uniffi(default = "")]
    pub search: String,
    /// `next` of the page before.
    #[uniffi(default = None)]
    pub after: Option<String>,
    /// 1 to 100.
    #[uniffi(default = 50)]
    pub limit: u32,
}

/// Contacts by name.
#[uniffi::remote(Record)]
pub struct ContactsPage {
    pub contacts: Vec<ContactSummary>,
    /// Where the next page begins; nothing where this is the last.
    pub next: Option<String>,
}

#[uniffi::remote(Record)]
pub struct ContactSummary {
    pub id: String,
    pub name: String,
    pub phone: String,
    pub do_not_contact: bool,
    /// When there was last a talk. Milliseconds since 1970-01-01T00:00Z.
    pub last_interaction: Option<i64>,
}

#[uniffi::remote(Record)]
pub struct ContactView {
    pub id: String,
    pub name: String,
    pub phone: String,
    pub email: String,
    pub note: String,
    pub do_not_contact: bool,
    /// The date on which the person wants to talk to them again, as `2026-11-24`.
    pub follow_up: Option<String>,
    /// Month and day of birth, as `05-17`.
    pub birthday: Option<String>,
    pub tags: Vec<TagView>,
    /// The newest first, at most 100.
    pub interactions: Vec<InteractionView>,
}

#[uniffi::remote(Record)]
pub struct TagView {
    pub id: String,
    pub text: String,
}

#[uniffi::remote(Record)]
pub struct InteractionView {
    pub id: String,
    pub contact: String,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub at: i64,
    pub channel: Channel,
    pub note: String,
}

#[uniffi::remote(Enum)]
pub enum Channel {
    Call,
    Message,
    Meeting,
    Other,
}

/// What to change; what is left out stays as it is, an empty text clears it.
#[uniffi::remote(Record)]
pub struct ContactEdit {
    #[uniffi(default = None)]
    pub name: Option<String>,
    #[uniffi(default = None)]
    pub phone: Option<String>,
    #[uniffi(default = None)]
    pub email: Option<String>,
    #[uniffi(default = None)]
    pub note: Option<String>,
    #[uniffi(default = None)]
    pub do_not_contact: Option<bool>,
    /// A date, as `2026-11-24`.
    #[uniffi(default = None)]
    pub follow_up: Option<String>,
    /// Month and day, as `05-17`.
    #[uniffi(default = None)]
    pub birthday: Option<String>,
}

live_query! {
    /// A page of contacts, as it changes.
    LiveContacts gives ContactsSnapshot of ContactsPage
}

live_query! {
    /// One contact, as it changes; nothing while there is none.
    LiveContact gives ContactSnapshot of Option<ContactView>
}

#[uniffi::export]
impl QadamEngine {
    pub async fn contacts(&self, query: ContactsQuery) -> Result<ContactsPage> {
        Ok(self.0.contacts(query).await?)
    }

    pub async fn contact(&self, id: String) -> Result<ContactView> {
        Ok(self.0.contact(id).await?)
    }

    /// Writes a contact's card, a vCard 3.0, to a file at this path; one that is there is written over.
    pub async fn contact_card(&self, id: String, path: String) -> Result<()> {
        Ok(self.0.contact_card(id, path.into()).await?)
    }

    /// Gives the contact's id.
    pub async fn add_contact(&self, edit: ContactEdit) -> Result<String> {
        Ok(self.0.add_contact(edit).await?)
    }

    pub async fn edit_contact(&self, id: String, edit: ContactEdit) -> Result<()> {
        Ok(self.0.edit_contact(id, edit).await?)
    }

    /// Gives the tag's id.
    pub async fn tag_contact(&self, id: String, tag: String) -> Result<String> {
        Ok(self.0.tag_contact(id, tag).await?)
    }

    pub async fn untag_contact(&self, id: String, tag_id: String) -> Result<()> {
        Ok(self.0.untag_contact(id, tag_id).await?)
    }

    /// With its interactions. A later edit on another device revives it.
    pub async fn delete_contact(&self, id: String) -> Result<()> {
        Ok(self.0.delete_contact(id).await?)
    }

    /// For good, everywhere.
    pub async fn erase_contact(&self, id: String) -> Result<()> {
        Ok(self.0.erase_contact(id).await?)
    }

    /// Gives the interaction's id. Without a time it is now.
    pub async fn log_interaction(
        &self,
        contact: String,
        channel: Channel,
        at: Option<i64>,
        note: String,
    ) -> Result<String> {
        Ok(self.0.log_interaction(contact, channel, at, note).await?)
    }

    pub fn observe_contacts(&self, query: ContactsQuery) -> LiveContacts {
        LiveContacts(self.0.observe_contacts(query))
    }

    pub fn observe_contact(&self, id: String) -> LiveContact {
        LiveContact(self.0.observe_contact(id))
    }
}
