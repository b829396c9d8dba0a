/// Which members to show. Keyset: the next page begins after the last one's `next`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TeamQuery {
    /// Id of the member whose people are shown; one's own where it is left out.
    pub member: Option<String>,
    /// [`TeamMembers::next`] of the page before.
    pub after: Option<String>,
    /// 1 to 100.
    pub limit: u32,
}

/// Which members to look for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TeamSearch {
    /// Begin of the name.
    pub name: String,
    /// [`TeamMembers::next`] of the page before.
    pub after: Option<String>,
    /// 1 to 100.
    pub limit: u32,
}

/// Members in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TeamMembers {
    pub members: Vec<TeamMember>,
    /// Where the next page begins; `None` where this is the last.
    pub next: Option<String>,
}

/// A member of the team, as the company knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamMember {
    /// The company's own id.
    pub id: String,
    /// Id of the member above; `None` at the top of the company.
    pub sponsor: Option<String>,
    pub name: String,
    pub phone: String,
    pub rank: String,
    /// Own volume of the month, in the smallest unit that the company counts.
    pub personal: i64,
    /// Volume of the month of the member and everybody below, in the same unit.
    pub group: i64,
    pub active: bool,
    /// A date such as `2026-11-24`.
    pub joined: String,
    pub city: String,
    /// Levels below the member that was asked for; below oneself where none was.
    pub level: u32,
    /// Members right below.
    pub children: u32,
    /// Everybody below.
    pub below: u32,
}
