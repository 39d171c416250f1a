//! Written by the sync-scanner; `asset_id`, `role` and `imported_revision` by ingest. The gateway
//! writes `restored_at`, and the presence of single objects that somebody asks to have checked.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "remote_object")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub storage_id: Uuid,
    pub remote_id: String,
    pub path: String,
    pub size: i64,
    pub modified_at: Option<i64>,
    pub revision: String,
    pub role: String,
    pub present: bool,
    pub absent_since: Option<i64>,
    pub first_seen_at: i64,
    pub asset_id: Option<Uuid>,
    pub imported_revision: Option<String>,
    pub back_since: Option<i64>,
    pub restored_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
