//! The server's rules, from the library and over HTTP.

mod accounts;
mod changes;
mod gaps;
mod http;
mod processes;
mod store;
mod support;
mod sync;
mod team;
