//! What requests about many assets share.

use std::collections::BTreeSet;

use serde::Serialize;
use stowage_domain::AssetId;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::problem::Fields;

/// Assets that one request may name.
const MOST: usize = 500;

/// Assets that one request may name where storages are asked for each.
const MOST_ASKED_FOR: usize = 100;

/// An asset to which nothing was done, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssetProblem {
    pub(super) asset_id: Uuid,
    /// For programs: `not-found`, `not-in-bin`, `held`, or `original-` with the availability of
    /// the original.
    pub(super) problem: String,
    /// For people.
    pub(super) detail: String,
}

impl AssetProblem {
    pub(in crate::routes) fn new(id: AssetId, problem: &str, detail: &str) -> Self {
        Self {
            asset_id: id.0,
            problem: problem.to_owned(),
            detail: detail.to_owned(),
        }
    }

    pub(in crate::routes) fn not_found(id: AssetId) -> Self {
        Self::new(id, "not-found", "There is no such asset")
    }
}

/// Returns the ids of a request, each once.
pub(in crate::routes) fn ids_of(ids: &[Uuid]) -> Result<Vec<AssetId>, Fields> {
    at_most(MOST, ids)
}

/// Returns the ids of a request that takes a question to a storage for each, each once.
pub(super) fn few_ids_of(ids: &[Uuid]) -> Result<Vec<AssetId>, Fields> {
    at_most(MOST_ASKED_FOR, ids)
}

fn at_most(most: usize, ids: &[Uuid]) -> Result<Vec<AssetId>, Fields> {
    if ids.is_empty() || ids.len() > most {
        let error = format!("must have 1 to {most} ids; ask in several requests for more");
        return Err(Fields::one("ids", error));
    }
    let ids: BTreeSet<AssetId> = ids.iter().map(|id| AssetId(*id)).collect();
    Ok(ids.into_iter().collect())
}

/// Returns a problem for each asked for that was not found; `found` is in order.
pub(in crate::routes) fn missing_of(asked: &[AssetId], found: &[AssetId]) -> Vec<AssetProblem> {
    let missing = asked.iter().filter(|id| found.binary_search(id).is_err());
    missing.map(|id| AssetProblem::not_found(*id)).collect()
}
