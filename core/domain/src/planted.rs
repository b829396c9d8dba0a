//! Bugs on purpose, for the simulation to find: each a mistake that sync could have. They are there with the feature `planted` alone, one at a time;
//! without it [`is`] is `false` when it is compiled, and nothing of them is left.

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Bug {
    /// Server: a batch whose ledger can't be written is acknowledged, and not stored.
    AcknowledgedUnstored = 1,
    /// Server: of a mutation that came before, the effect is stored again.
    AppliedAgain,
    /// Server: another mutation at a used sequence is taken for a repetition.
    ForkMissed,
    /// Server: a record is echoed though the phone does not hold what it was before.
    EchoBlind,
    /// Server: a clock that is set back is not told.
    ClampUntold,
    /// Server: a page that another follows has the cursor of the stream's end.
    CursorAhead,
    /// Server: a cursor's tag is not looked at.
    RollbackMissed,
    /// Server: the newest backup is told of, not the oldest.
    BackedTooFar,
    /// Server: a row that is gone stays in the digest.
    DigestKeepsGone,
    /// Server: a repair brings the rows of the bucket beside.
    RepairBeside,
    /// Server: what was kept for a release is settled when that is published, and not folded.
    KeptUnfolded,
    /// Server: an erasure leaves what kept mutations say of the record.
    EraseLeavesKept,
    /// Server: the ledger's erasures are not done again after a restore.
    ErasureForgotten,
    /// Server: what another instance writes is not noticed.
    ForeignIgnored,
    /// Server: a sign-in is not in the ledger.
    SignInUntold,
    /// Server: a device is taken for one that was back as soon as it asks.
    GapClosedEarly,
    /// Server: the old leader is not told who left.
    DepartureUntold,
    /// Server: of a branch that moved, the row at its top is told alone.
    ArrivalAlone,
    /// Server: moves that are forgotten are not missed.
    HorizonIgnored,
    /// Both: an older image passes for the newest.
    StaleImage,
    /// Both: of two edits in one millisecond, the one that came first stays.
    ClockTie,
    /// Both: any edit revives a deleted record.
    Revived,
    /// Phone: what was sent and not answered leaves the outbox.
    OutboxDropped,
    /// Phone: a refused mutation takes those behind it along.
    RefusedTakesAll,
    /// Phone: pending effects are not undone before a page.
    BeforeForgotten,
    /// Phone: what was acknowledged is not sent again to another history.
    EpochIgnored,
    /// Phone: what was acknowledged is sent again as it was made, without the server's stamp.
    StampForgotten,
    /// Phone: what the server kept is not sent again to another history, nor as another device.
    KeptStays,
    /// Phone: an echo in the middle of a reset is merged with what is left of the other history.
    EchoOverOld,
    /// Phone: the rows of a reset's first page go with the old ones.
    ResetDropsFirst,
    /// Phone: an erasure leaves the values in the outbox.
    EraseLeavesPending,
    /// Phone: a team that begins anew is laid over the old one.
    TeamOverOld,
    /// Phone: what passed while nobody looked is not noted.
    PassedUnnoted,
    /// Phone: what was noted is forgotten with its acknowledgement.
    NotedForgotten,
    /// Phone: the clock is set by a reply that was slept over.
    LateReplyTrusted,
    /// Server: each device that asks shows notifications.
    LeaseForAll,
    /// Server: what was decided is decided again.
    DecidedAgain,
    /// Server: a rule's offer has no limit.
    OfferUnlimited,
    /// Server: an older version of a result replaces a newer one.
    ResultGoesBack,
}

/// All of them, by their names.
pub const ALL: [(&str, Bug); 39] = [
    ("acknowledged-unstored", Bug::AcknowledgedUnstored),
    ("applied-again", Bug::AppliedAgain),
    ("fork-missed", Bug::ForkMissed),
    ("echo-blind", Bug::EchoBlind),
    ("clamp-untold", Bug::ClampUntold),
    ("cursor-ahead", Bug::CursorAhead),
    ("rollback-missed", Bug::RollbackMissed),
    ("backed-too-far", Bug::BackedTooFar),
    ("digest-keeps-gone", Bug::DigestKeepsGone),
    ("repair-beside", Bug::RepairBeside),
    ("kept-unfolded", Bug::KeptUnfolded),
    ("erase-leaves-kept", Bug::EraseLeavesKept),
    ("erasure-forgotten", Bug::ErasureForgotten),
    ("foreign-ignored", Bug::ForeignIgnored),
    ("sign-in-untold", Bug::SignInUntold),
    ("gap-closed-early", Bug::GapClosedEarly),
    ("departure-untold", Bug::DepartureUntold),
    ("arrival-alone", Bug::ArrivalAlone),
    ("horizon-ignored", Bug::HorizonIgnored),
    ("stale-image", Bug::StaleImage),
    ("clock-tie", Bug::ClockTie),
    ("revived", Bug::Revived),
    ("outbox-dropped", Bug::OutboxDropped),
    ("refused-takes-all", Bug::RefusedTakesAll),
    ("before-forgotten", Bug::BeforeForgotten),
    ("epoch-ignored", Bug::EpochIgnored),
    ("stamp-forgotten", Bug::StampForgotten),
    ("kept-stays", Bug::KeptStays),
    ("echo-over-old", Bug::EchoOverOld),
    ("reset-drops-first", Bug::ResetDropsFirst),
    ("erase-leaves-pending", Bug::EraseLeavesPending),
    ("team-over-old", Bug::TeamOverOld),
    ("passed-unnoted", Bug::PassedUnnoted),
    ("noted-forgotten", Bug::NotedForgotten),
    ("late-reply-trusted", Bug::LateReplyTrusted),
    ("lease-for-all", Bug::LeaseForAll),
    ("decided-again", Bug::DecidedAgain),
    ("offer-unlimited", Bug::OfferUnlimited),
    ("result-goes-back", Bug::ResultGoesBack),
];

#[cfg(feature = "planted")]
static CHOSEN: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);

/// From now on this process has this bug, and no other.
#[cfg(feature = "planted")]
pub fn choose(bug: Option<Bug>) {
    CHOSEN.store(bug.map_or(0, |bug| bug as u8), std::sync::atomic::Ordering::Relaxed);
}

/// Whether this process has this bug.
#[cfg(feature = "planted")]
pub fn is(bug: Bug) -> bool {
    CHOSEN.load(std::sync::atomic::Ordering::Relaxed) == bug as u8
}

/// Never.
#[cfg(not(feature = "planted"))]
#[inline(always)]
pub const fn is(_: Bug) -> bool {
    false
}
