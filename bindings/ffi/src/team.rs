use qadam_engine::team::{TeamMember, TeamMembers, TeamQuery, TeamSearch};

use crate::live::live_query;
use crate::{QadamEngine, Result};

/// Which members to show. The next page begins after the last one's `next`.
#[uniffi::remote(Record)]
pub struct TeamQuery {
    /// Id of the member whose people are shown; one's own where it is left out.
    #[uniffi(default = None)]
    pub member: Option<String>,
    /// `next` of the page before.
    #[uniffi(default = None)]
    pub after: Option<String>,
    /// 1 to 100.
    #[uniffi(default = 50)]
    pub limit: u32,
}

/// Which members to look for.
#[uniffi::remote(Record)]
pub struct TeamSearch {
    /// Begin of the name.
    pub name: String,
    /// `next` of the page before.
    #[uniffi(default = None)]
    pub after: Option<String>,
    /// 1 to 100.
    #[uniffi(default = 50)]
    pub limit: u32,
}

/// Members in their order.
#[uniffi::remote(Record)]
pub struct TeamMembers {
    pub members: Vec<TeamMember>,
    /// Where the next page begins; nothing where this is the last.
    pub next: Option<String>,
}

/// A member of the team, as the company knows it.
#[uniffi::remote(Record)]
pub struct TeamMember {
    /// The company's own id.
    pub id: String,
    /// Id of the member above; nothing at the top of the company.
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

live_query! {
    /// Oneself in the company's tree, as it changes; nothing while there is no team.
    LiveTeam gives TeamSnapshot of Option<TeamMember>
}

live_query! {
    /// A page of the members right below one, as it changes.
    LiveTeamChildren gives TeamChildrenSnapshot of TeamMembers
}

live_query! {
    /// One member, as it changes; nothing while the team has none with this id.
    LiveTeamMember gives TeamMemberSnapshot of Option<TeamMember>
}

#[uniffi::export]
impl QadamEngine {
    /// Oneself in the company's tree; nothing where there is no team on this phone.
    pub async fn team(&self) -> Result<Option<TeamMember>> {
        Ok(self.0.team().await?)
    }

    pub async fn team_member(&self, id: String) -> Result<TeamMember> {
        Ok(self.0.team_member(id).await?)
    }

    /// The members right below one.
    pub async fn team_children(&self, query: TeamQuery) -> Result<TeamMembers> {
        Ok(self.0.team_children(query).await?)
    }

    /// Everybody below a member, each before those below it.
    pub async fn team_subtree(&self, query: TeamQuery) -> Result<TeamMembers> {
        Ok(self.0.team_subtree(query).await?)
    }

    /// The members from oneself down to the one above a member.
    pub async fn team_path(&self, id: String) -> Result<Vec<TeamMember>> {
        Ok(self.0.team_path(id).await?)
    }

    /// The members whose name begins so.
    pub async fn search_team(&self, query: TeamSearch) -> Result<TeamMembers> {
        Ok(self.0.search_team(query).await?)
    }

    pub fn observe_team(&self) -> LiveTeam {
        LiveTeam(self.0.observe_team())
    }

    pub fn observe_team_children(&self, query: TeamQuery) -> LiveTeamChildren {
        LiveTeamChildren(self.0.observe_team_children(query))
    }

    pub fn observe_team_member(&self, id: String) -> LiveTeamMember {
        LiveTeamMember(self.0.observe_team_member(id))
    }
}
