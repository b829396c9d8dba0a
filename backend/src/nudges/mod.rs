//! What the server has to do with nudges: what it decides for people, when it looks at them, and which device of an account shows notifications.
//!
//! Each effect is written in the transaction of what causes it, once for a decision's id.

pub mod decide;
pub mod dry_run;
pub mod facts;
pub mod lease;
pub mod offers;
pub mod show;
pub mod signals;
pub mod tick;
pub mod why;
