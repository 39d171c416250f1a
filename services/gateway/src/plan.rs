//! Plans as requests meet them: which one holds, and what is answered at a limit.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use stowage_db::{DbError, Tx};
use stowage_domain::{Plan, PlanLimit};
use stowage_rpc::{ErrorCode, Problem};
use utoipa::ToSchema;

use crate::{
    GatewayConfig,
    problem::{Answer, Kind},
};

const QUOTA: Kind = Kind::named(
    ErrorCode::Forbidden,
    "quota-used-up",
    "The workspace has no room left for this file",
);
const STORAGES: Kind = Kind::named(
    ErrorCode::Forbidden,
    "plan-storages-used-up",
    "The plan allows no further storage",
)
.with_status(StatusCode::PAYMENT_REQUIRED);
pub(crate) const EXTERNAL: Kind = Kind::named(
    ErrorCode::Forbidden,
    "plan-without-external-storages",
    "The plan does not include external storages",
)
.with_status(StatusCode::PAYMENT_REQUIRED);

/// Returns the plan of the transaction's workspace.
pub(crate) async fn plan_of(tx: &Tx, config: &GatewayConfig) -> Result<Plan, DbError> {
    let own = tx.plans().find().await?;
    Ok(own.unwrap_or_else(|| config.usual_plan()))
}

impl Answer for PlanLimit {
    fn kinds() -> Vec<Kind> {
        vec![QUOTA, STORAGES, EXTERNAL]
    }

    fn problem(self) -> Problem {
        match self {
            Self::CentralBytes { most, held } => QUOTA.problem().with_detail(format!(
                "the plan has {most} bytes in central storage, and {held} are used; delete \
                 something for good, or ask whoever runs this server for more"
            )),
            Self::Storages { most } => STORAGES.problem().with_detail(format!(
                "the plan has room for {most}; remove one, or ask whoever runs this server for more"
            )),
            Self::ExternalStorages => EXTERNAL.problem().with_detail(
                "files are kept in central storage; ask whoever runs this server for another plan",
            ),
        }
    }
}

/// What the operator lets a workspace have.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct PlanLimits {
    /// Bytes in central storage: hosted originals and uploads. Null: no limit.
    central_bytes: Option<u64>,
    /// How many storages may be connected, central storage not among them. Null: no limit.
    storages: Option<u32>,
    /// Whether storages outside may be connected, and take new files. Where not, connected ones are
    /// still scanned and read.
    external_storages: bool,
    /// How many photos one request may bring. Null: no limit.
    photos_per_request: Option<u32>,
    /// Whether links may be made that never end.
    permanent_links: bool,
}

/// A plan that a workspace is to have.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPlan {
    /// Bytes in central storage: hosted originals and uploads. Null: no limit.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_u64)]
    pub(crate) central_bytes: Option<u64>,
    /// How many storages may be connected, central storage not among them. Null: no limit.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub(crate) storages: Option<u32>,
    /// Whether storages outside may be connected, and take new files. Where not, connected ones are
    /// still scanned and read.
    pub(crate) external_storages: bool,
    /// How many photos one request may bring. Null: no limit.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub(crate) photos_per_request: Option<u32>,
    /// Whether links may be made that never end.
    pub(crate) permanent_links: bool,
}

impl From<Plan> for PlanLimits {
    fn from(plan: Plan) -> Self {
        Self {
            central_bytes: plan.central_bytes,
            storages: plan.storages,
            external_storages: plan.external_storages,
            photos_per_request: plan.photos_per_request,
            permanent_links: plan.permanent_links,
        }
    }
}

impl From<NewPlan> for Plan {
    fn from(body: NewPlan) -> Self {
        Self {
            central_bytes: body.central_bytes,
            storages: body.storages,
            external_storages: body.external_storages,
            photos_per_request: body.photos_per_request,
            permanent_links: body.permanent_links,
        }
    }
}
