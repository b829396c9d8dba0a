use qadam_engine::media::{MediaKind, MediaStatusView, MediaView};

use crate::{QadamEngine, Result};

/// A picture, sound or video.
#[uniffi::remote(Record)]
pub struct MediaView {
    /// The file's name in the content.
    pub name: String,
    pub kind: MediaKind,
    /// What can be seen or heard, for who can't.
    pub description: String,
    /// Bytes.
    pub size: i64,
    /// Path of the file, where it is on this phone.
    pub path: Option<String>,
    /// Path of the WebVTT file with captions, where it is on this phone.
    pub captions: Option<String>,
    /// Markdown.
    pub transcript: Option<String>,
}

#[uniffi::remote(Enum)]
pub enum MediaKind {
    Picture,
    Sound,
    Video,
}

/// How much of the media is on this phone.
#[uniffi::remote(Record)]
pub struct MediaStatusView {
    /// Bytes.
    pub held: i64,
    /// Bytes that the current content still lacks.
    pub lacking: i64,
    /// Bytes that may be held.
    pub budget: i64,
}

#[uniffi::export]
impl QadamEngine {
    pub async fn media(&self, name: String) -> Result<MediaView> {
        Ok(self.0.media(name).await?)
    }

    /// Fetches it now, whatever the network.
    pub async fn fetch_media(&self, name: String) -> Result<MediaView> {
        Ok(self.0.fetch_media(name).await?)
    }

    /// An open one is never evicted: release it when it is no longer shown.
    pub async fn open_media(&self, name: String) -> Result<MediaView> {
        Ok(self.0.open_media(name).await?)
    }

    pub async fn release_media(&self, name: String) -> Result<()> {
        Ok(self.0.release_media(name).await?)
    }

    pub async fn media_status(&self) -> Result<MediaStatusView> {
        Ok(self.0.media_status().await?)
    }
}
