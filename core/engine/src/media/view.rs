/// A picture, sound or video.
#[derive(Debug, Clone, PartialEq, Eq)]
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    Picture,
    Sound,
    Video,
}

/// How much of the media is on this phone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MediaStatusView {
    /// Bytes.
    pub held: i64,
    /// Bytes that are still to come by themselves: media of lessons that are open or to come.
    pub lacking: i64,
    /// Bytes that may be held.
    pub budget: i64,
}
