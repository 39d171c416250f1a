//! Rows of origin `folder` and `keyword` are written by ingest, of origin `person` by the gateway.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "asset_tag")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub asset_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub origin: String,
    pub workspace_id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
