use qadam_engine::settings::SettingsView;

use crate::live::live_query;
use crate::{QadamEngine, Result};

#[uniffi::remote(Record)]
pub struct SettingsView {
    /// BCP 47 tag of the language in use.
    pub locale: String,
    /// Languages that the company's content has.
    pub locales: Vec<String>,
    /// Media are fetched ahead on metered networks too.
    pub media_on_metered: bool,
    /// Storage for media, in bytes.
    pub media_budget: i64,
}

live_query! {
    /// Settings, as they change.
    LiveSettings gives SettingsSnapshot of SettingsView
}

#[uniffi::export]
impl QadamEngine {
    pub async fn settings(&self) -> Result<SettingsView> {
        Ok(self.0.settings().await?)
    }

    pub async fn set_locale(&self, locale: String) -> Result<()> {
        Ok(self.0.set_locale(locale).await?)
    }

    /// Whether media are fetched ahead on metered networks too, and the storage for them in bytes.
    pub async fn set_media(&self, on_metered: bool, budget: i64) -> Result<()> {
        Ok(self.0.set_media(on_metered, budget).await?)
    }

    /// Writes all that the person has to a new file at this path, as JSON; one that is there is written over.
    pub async fn export(&self, path: String) -> Result<()> {
        Ok(self.0.export(path.into()).await?)
    }

    pub fn observe_settings(&self) -> LiveSettings {
        LiveSettings(self.0.observe_settings())
    }
}
