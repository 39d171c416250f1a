//! Inserted by whoever makes the job necessary; moved by the worker loop and the relay.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub kind: String,
    pub dedup_key: String,
    pub payload: Vec<u8>,
    pub priority: i32,
    pub state: String,
    pub attempts: i32,
    pub due_at: i64,
    pub lease_until: Option<i64>,
    pub fence: i64,
    pub rung_at: Option<i64>,
    pub error: Option<String>,
    pub trace: String,
    pub created_at: i64,
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
