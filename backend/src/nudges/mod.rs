//! What the server has to do with nudges: which device of an account shows them.

pub mod lease;
