//! Written by the sync-scanner; rows with an asset by ingest.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "scan_skip")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub ordinal: i32,
    pub workspace_id: Uuid,
    pub path: String,
    pub reason: String,
    pub asset_id: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
