#[derive(Debug, Clone, PartialEq, Eq)]
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
