//! What a sponsor notes of the people of whom they are told.

/// That a sponsor has looked after somebody: a record with the signal's id.
pub mod signal_done {
    pub const KIND: &str = "signal_done";
    /// `1`: it is done.
    pub const DONE: &str = "done";
}
