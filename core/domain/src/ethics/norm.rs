//! What may not be said, and who says so.

/// A norm that texts must keep. Its id never changes: waivers and tools name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Norm {
    /// Income is certain.
    ///
    /// DSA (United States) Code of Ethics, A.8 (earnings representations) and A.1 (no promise that can't be fulfilled); FTC, 16 CFR 437.4
    /// (earnings claims need a reasonable basis); WFDSA Code of Ethics, Earnings Claims; Russia: 38-FZ on advertising, article 5;
    /// Kazakhstan: Law No. 508-II on advertising, article 7.
    IncomeGuaranteed,
    /// Income without work: easy, fast, passive, residual, while asleep.
    ///
    /// DSSRC (BBB National Programs), Guidance on Earnings Claims for the Direct Selling Industry, section 6 (prohibited words and
    /// phrases).
    EasyIncome,
    /// Financial freedom, independence, unlimited income, a life of luxury.
    ///
    /// The same guidance, section 6 ("unlimited income" is prohibited, "financial freedom" carries a high risk).
    FinancialFreedom,
    /// Riches, and quickly.
    ///
    /// The same guidance, section 6 ("be set for life", "more money than you ever have imagined"); FTC staff, Business Guidance
    /// Concerning Multi-Level Marketing (2018), question 13 (claims of lavish lifestyles).
    GetRich,
    /// It replaces a job, a salary or a boss.
    ///
    /// FTC staff, Business Guidance Concerning Multi-Level Marketing (2018), question 13 ("quit their jobs", "fire their bosses"); DSSRC
    /// guidance, section 6 ("quit your job", "full-time income", "replacement income").
    ReplaceJob,
    /// An amount of money as earnings, without a disclosure of what is typical.
    ///
    /// FTC, 16 CFR 437.4; DSA Code of Ethics, A.8; DSSRC guidance (disclosures).
    EarningsFigure,
    /// Buying in order to qualify, or more than can be sold.
    ///
    /// FTC staff, Business Guidance Concerning Multi-Level Marketing (purchases to qualify for rewards, inventory loading); WFDSA
    /// Code of Ethics, Inventory; DSA Code of Ethics (inventory loading).
    BuyToQualify,
    /// Money or awards for recruiting as such.
    ///
    /// Directive 2005/29/EC, Annex I, point 14; FTC: In re Koscot Interplanetary, 86 F.T.C. 1106 (1975).
    PayForRecruiting,
    /// A chain that pays by growing: the team earns for you, the first ones win.
    ///
    /// Directive 2005/29/EC, Annex I, point 14; Russia: Code of Administrative Offences, article 14.62; Kazakhstan: Criminal
    /// Code, article 217 (financial pyramids).
    PyramidPromise,
    /// A product heals, treats or prevents.
    ///
    /// Directive 2005/29/EC, Annex I, point 17; Russia: 38-FZ on advertising, article 25 (food supplements).
    HealthClaim,
    /// Haste: the last chance, only today, few places.
    ///
    /// Directive 2005/29/EC, Annex I, point 7.
    FalseUrgency,
    /// Going on at people who have said no, and making them feel that they owe something.
    ///
    /// Directive 2005/29/EC, Annex I, point 26 (persistent and unwanted solicitations), articles 8 and 9 (harassment); WFDSA Code
    /// of Ethics, Respect of Privacy and Fairness.
    PressureOnContacts,
    /// There is no risk.
    ///
    /// DSA Code of Ethics, A.1; Directive 2005/29/EC, article 6 (misleading actions).
    NoRisk,
}

impl Norm {
    pub const ALL: [Self; 13] = [
        Self::IncomeGuaranteed,
        Self::EasyIncome,
        Self::FinancialFreedom,
        Self::GetRich,
        Self::ReplaceJob,
        Self::EarningsFigure,
        Self::BuyToQualify,
        Self::PayForRecruiting,
        Self::PyramidPromise,
        Self::HealthClaim,
        Self::FalseUrgency,
        Self::PressureOnContacts,
        Self::NoRisk,
    ];

    /// Its stable name.
    pub fn id(self) -> &'static str {
        // The reason's key is the id behind this prefix.
        self.reason().trim_start_matches("ethics.")
    }

    /// The norm with this id.
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|norm| norm.id() == id)
    }

    /// The key of the text that tells why this can't be said.
    pub fn reason(self) -> &'static str {
        match self {
            Self::IncomeGuaranteed => "ethics.income-guaranteed",
            Self::EasyIncome => "ethics.easy-income",
            Self::FinancialFreedom => "ethics.financial-freedom",
            Self::GetRich => "ethics.get-rich",
            Self::ReplaceJob => "ethics.replace-job",
            Self::EarningsFigure => "ethics.earnings-figure",
            Self::BuyToQualify => "ethics.buy-to-qualify",
            Self::PayForRecruiting => "ethics.pay-for-recruiting",
            Self::PyramidPromise => "ethics.pyramid-promise",
            Self::HealthClaim => "ethics.health-claim",
            Self::FalseUrgency => "ethics.false-urgency",
            Self::PressureOnContacts => "ethics.pressure-on-contacts",
            Self::NoRisk => "ethics.no-risk",
        }
    }

    /// Where the norm comes from: document and place, for the people who write texts.
    pub fn source(self) -> &'static str {
        match self {
            Self::IncomeGuaranteed => {
                "DSA Code of Ethics A.8 and A.1; 16 CFR 437.4; WFDSA Code of Ethics, Earnings Claims"
            }
            Self::EasyIncome => "DSSRC Guidance on Earnings Claims for the Direct Selling Industry, section 6",
            Self::FinancialFreedom => "DSSRC Guidance on Earnings Claims for the Direct Selling Industry, section 6",
            Self::GetRich => {
                "DSSRC Guidance on Earnings Claims, section 6; FTC Business Guidance Concerning MLM (2018), 13"
            }
            Self::ReplaceJob => {
                "FTC Business Guidance Concerning MLM (2018), 13; DSSRC Guidance on Earnings Claims, section 6"
            }
            Self::EarningsFigure => "16 CFR 437.4; DSA Code of Ethics A.8; DSSRC Guidance on Earnings Claims",
            Self::BuyToQualify => {
                "FTC Business Guidance Concerning MLM, inventory loading; WFDSA Code of Ethics, Inventory"
            }
            Self::PayForRecruiting => "Directive 2005/29/EC, Annex I, point 14; Koscot Interplanetary, 86 F.T.C. 1106",
            Self::PyramidPromise => {
                "Directive 2005/29/EC, Annex I, point 14; KZ Criminal Code, article 217; RU Code of Administrative Offences, 14.62"
            }
            Self::HealthClaim => "Directive 2005/29/EC, Annex I, point 17; RU 38-FZ on advertising, article 25",
            Self::FalseUrgency => "Directive 2005/29/EC, Annex I, point 7",
            Self::PressureOnContacts => "Directive 2005/29/EC, Annex I, point 26, and articles 8 and 9",
            Self::NoRisk => "DSA Code of Ethics A.1; Directive 2005/29/EC, article 6",
        }
    }
}
