//! The REST interface: one endpoint, or a tight group of one resource, in a file.
//!
//! To add an endpoint: its file with the annotation, the shapes and the `RouteError`; its line in
//! the list below; its fixture in `tests/api/tenancy.rs`.

mod api_keys;
mod assets;
mod audit;
mod bin;
mod events;
mod file_names;
mod holds;
mod invitations;
mod jobs;
mod lingering;
mod main_storage;
mod me;
mod members;
mod migrations;
mod operator;
mod password;
mod renditions;
mod retention;
mod server_folders;
mod session;
mod sessions;
mod setup;
mod storages;
mod tags;
mod transfers;
mod uploads;
mod usage;
mod workspaces;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::state::Gateway;

/// Returns every route with its description, relative to `/api/v1`.
pub(crate) fn all() -> OpenApiRouter<Gateway> {
    OpenApiRouter::default()
        .routes(routes!(setup::show::show, setup::create::create))
        .routes(routes!(session::create::create, session::delete::delete))
        .routes(routes!(me::show))
        .routes(routes!(password::change::change))
        .routes(routes!(password::reset::reset))
        .routes(routes!(
            sessions::list::list,
            sessions::delete_others::delete
        ))
        .routes(routes!(sessions::delete::delete))
        .routes(routes!(invitations::check::check))
        .routes(routes!(invitations::accept::accept))
        .routes(routes!(workspaces::create::create))
        .routes(routes!(workspaces::show::show, workspaces::update::update))
        .routes(routes!(workspaces::stats::stats))
        .routes(routes!(usage::show::show))
        .routes(routes!(usage::refresh::refresh))
        .routes(routes!(workspaces::plan::show))
        .routes(routes!(workspaces::delete::delete))
        .routes(routes!(members::list::list))
        .routes(routes!(members::update::update, members::delete::delete))
        .routes(routes!(members::reset_password::create))
        .routes(routes!(
            invitations::list::list,
            invitations::create::create
        ))
        .routes(routes!(invitations::delete::delete))
        .routes(routes!(api_keys::list::list, api_keys::create::create))
        .routes(routes!(api_keys::update::update, api_keys::delete::delete))
        .routes(routes!(api_keys::regenerate::regenerate))
        .routes(routes!(storages::list::list, storages::create::create))
        .routes(routes!(storages::test::test_draft))
        .routes(routes!(
            storages::show::show,
            storages::update::update,
            storages::delete::delete
        ))
        .routes(routes!(storages::test::test_saved))
        .routes(routes!(storages::scan::scan))
        .routes(routes!(storages::import_user::set))
        .routes(routes!(storages::confirm_absence::confirm))
        .routes(routes!(storages::scans::list))
        .routes(routes!(storages::skipped::list))
        .routes(routes!(
            main_storage::show::show,
            main_storage::choose::choose
        ))
        .routes(routes!(transfers::list::list))
        .routes(routes!(transfers::retry_all::retry_all))
        .routes(routes!(transfers::retry::retry))
        .routes(routes!(migrations::list::list, migrations::create::create))
        .routes(routes!(migrations::show::show))
        .routes(routes!(migrations::cancel::cancel))
        .routes(routes!(migrations::resume::resume))
        .routes(routes!(file_names::preview))
        .routes(routes!(server_folders::list))
        .routes(routes!(assets::list::list))
        .routes(routes!(assets::timeline::timeline))
        .routes(routes!(assets::facets::facets))
        .routes(routes!(assets::edit::edit))
        .routes(routes!(assets::reread::reread))
        .routes(routes!(assets::trash::trash))
        .routes(routes!(assets::restore::restore))
        .routes(routes!(assets::check::check))
        .routes(routes!(assets::missing::list::list))
        .routes(routes!(assets::missing::forget::forget))
        .routes(routes!(assets::missing::restore::restore))
        .routes(routes!(assets::show::show, assets::update::update))
        .routes(routes!(assets::retry::retry))
        .routes(routes!(assets::original::download))
        .routes(routes!(bin::list::list))
        .routes(routes!(bin::plan::plan))
        .routes(routes!(bin::purge::purge))
        .routes(routes!(bin::empty::empty))
        .routes(routes!(lingering::list::list))
        .routes(routes!(lingering::retry::retry))
        .routes(routes!(lingering::acknowledge::acknowledge))
        .routes(routes!(holds::list::list, holds::create::create))
        .routes(routes!(holds::delete::delete))
        .routes(routes!(retention::list::list, retention::create::create))
        .routes(routes!(
            retention::update::update,
            retention::delete::delete
        ))
        .routes(routes!(retention::preview::preview))
        .routes(routes!(retention::run::run))
        .routes(routes!(retention::batches::list))
        .routes(routes!(retention::decide::approve))
        .routes(routes!(retention::decide::refuse))
        .routes(routes!(audit::list))
        .routes(routes!(tags::list))
        .merge(uploads::routes())
        .routes(routes!(renditions::download))
        .routes(routes!(jobs::list::list))
        .routes(routes!(jobs::retry::retry))
        .routes(routes!(events::watch))
        .routes(routes!(operator::workspaces::list))
        .routes(routes!(operator::plan::show, operator::plan::set))
        .routes(routes!(operator::orphans::show, operator::orphans::look))
        .routes(routes!(
            operator::backup::show,
            operator::backup::start_over
        ))
        .routes(routes!(operator::log::list))
}
