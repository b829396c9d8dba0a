//! Qadam's rules, and nothing else: no clock, no randomness, no I/O, no order of a hash map.
//!
//! Time and ids come in as arguments, so the phone and the server that run this crate over the same
//! events hold the same state, bit for bit.
//!
//! | module | what it knows |
//! |---|---|
//! | [`company`] | company, market, locale, distributor |
//! | [`learning`] | course, lesson, card, question; grading, drawing, gates |
//! | [`reviews`] | FSRS-6, a card's memory, the evening's stack |
//! | [`awards`] | points, levels, badges, streak |
//! | [`results`] | sales, volumes and ranks as the back office confirms them |
//! | [`rules`] | what the company's staff decided shall follow from what |
//! | [`nudges`] | which nudges a phone shows, and when |
//! | [`journey`] | the plan of the first ninety days |
//! | [`release`] | everything that the fold reads, under one hash |
//! | [`content`] | the texts of one locale |
//! | [`ethics`] | which claims texts may not make, in four languages |
//! | [`event`], [`fold`] | what a person did, and what follows from it |
//! | [`records`] | contacts and the like: merged per field |
//! | [`digest`] | of a set of rows, kept as they change |
//! | [`contacts`] | the fields of a contact and of an interaction |
//! | [`reminders`] | the fields of a reminder that a person sets themself |
//! | [`team`] | a member of the company's tree |
//! | [`people`] | what a sponsor notes of whom they are told |
//! | [`settings`] | the fields of the distributor's settings |
//! | [`json`] | how all of this is read from text |

pub mod awards;
pub mod company;
pub mod contacts;
pub mod content;
pub mod digest;
pub mod ethics;
pub mod event;
pub mod fold;
pub mod ids;
pub mod journey;
pub mod json;
pub mod learning;
pub mod nudges;
pub mod people;
#[doc(hidden)]
pub mod planted;
pub mod records;
pub mod release;
pub mod reminders;
pub mod results;
pub mod reviews;
pub mod rules;
pub mod settings;
pub mod team;
pub mod time;
mod unicode;
