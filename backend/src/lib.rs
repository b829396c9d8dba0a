//! Qadam's server: sync, accounts, content.
//!
//! | module | what it knows |
//! |---|---|
//! | [`sync`] | one round trip: mutations in, acknowledgements and rows out; no I/O but SQL |
//! | [`streams`] | rows with revisions, pages after a cursor |
//! | [`accounts`] | people, codes, passwords, devices, tokens |
//! | [`team`] | the company's tree of members: import, deltas, images |
//! | [`results`] | sales, volumes and ranks as the back office confirms them |
//! | [`content`], [`publish`] | from a folder of files to a release with its blobs |
//! | [`blobs`] | files by hash, by ranges |
//! | [`changes`] | server-sent events |
//! | [`nudges`] | what the server decides by the rules: nudges, words to sponsors, offers, the tick |
//! | [`push`] | waking phones that do not listen, by FCM and APNs |
//! | [`store`] | the database: one writer with group commit, readers, migrations, backup |
//! | [`cache`] | what an idle sync needs, kept right by the writer |
//! | [`http`], [`app`], [`server`] | the border, what requests share, start and stop |
//! | [`ledger`], [`restore`] | what outlives a restored database, and the restoring |
//! | [`gaps`] | what a restored server can't get back by itself |
//! | [`metrics`] | what is counted |
//! | [`csv`] | files of the back office, line by line |
//! | [`cli`], [`config`] | commands and settings |
//!
//! `sync`, `streams`, `accounts` and `publish` take connection, time and randomness as arguments: a simulation runs them without a server.

pub mod accounts;
pub mod app;
pub mod blobs;
pub mod cache;
pub mod changes;
pub mod cli;
pub mod config;
pub mod content;
pub mod csv;
pub mod error;
pub mod gaps;
pub mod http;
pub mod ledger;
pub mod metrics;
pub mod nudges;
pub mod publish;
pub mod push;
pub mod random;
pub mod restore;
pub mod results;
pub mod server;
pub mod store;
pub mod streams;
pub mod sync;
pub mod team;
