//! The server's rules, from the library and over HTTP.

mod accounts;
mod changes;
mod dry_run;
mod gaps;
mod http;
mod journey;
mod lease;
mod nudges;
mod place;
mod processes;
mod push;
mod results;
mod shared;
mod store;
mod support;
mod sync;
mod team;
mod webhook;
