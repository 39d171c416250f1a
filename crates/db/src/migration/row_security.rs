//! Row-level security on Postgres: the second net under the predicates of the repositories.
//!
//! Stated anew after every migration, since all of it can be repeated.

/// Tables whose rows belong to a workspace.
const WORKSPACE_TABLES: &[&str] = &[
    "api_key",
    "asset",
    "asset_field",
    "asset_tag",
    "asset_tag_hidden",
    "asset_word",
    "audit",
    "backup_copy",
    "picture_left",
    "bin_place",
    "credential",
    "external_op",
    "invitation",
    "job",
    "legal_hold",
    "membership",
    "original_migration",
    "purge_batch",
    "purge_item",
    "remote_object",
    "rendering",
    "rendition",
    "retention_batch",
    "retention_item",
    "retention_rule",
    "scan_run",
    "scan_skip",
    "scan_state",
    "staged_blob",
    "storage",
    "storage_delivery",
    "storage_health",
    "storage_usage",
    "transfer",
    "upload",
    "upload_chunk",
    "workspace_plan",
    "workspace_usage",
];

/// Returns the statements that fence every workspace's rows, and give `app_role` what services
/// need. A transaction that set no scope sees nothing.
pub(super) fn statements(app_role: &str) -> Vec<String> {
    let mut statements = Vec::new();
    for table in WORKSPACE_TABLES {
        statements.push(format!("alter table {table} enable row level security"));
        statements.push(format!("alter table {table} force row level security"));
        statements.push(format!("drop policy if exists workspace_rows on {table}"));
        statements.push(format!(
            "create policy workspace_rows on {table} using (
                current_setting('stowage.scope', true) = 'system'
                or workspace_id = nullif(current_setting('stowage.workspace', true), '')::uuid
            )"
        ));
    }
    if !app_role.is_empty() {
        let role = format!("\"{}\"", app_role.replace('"', "\"\""));
        statements.push(format!("grant usage on schema public to {role}"));
        statements.push(format!(
            "grant select, insert, update, delete on all tables in schema public to {role}"
        ));
        statements.push(format!(
            "alter default privileges in schema public \
             grant select, insert, update, delete on tables to {role}"
        ));
    }
    statements
}
