//! REST and gRPC through the gateway on a real port, with the storage-connector behind it in the
//! same process; on SQLite, and on Postgres where there is a server.
//!
//! Every answer that any of these tests sees is held against the OpenAPI description: its status
//! has to be described, and a failure has to be a problem of a type that is described.

#[cfg(test)]
mod access;
#[cfg(test)]
mod api_keys;
#[cfg(test)]
mod assets;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod backup;
#[cfg(test)]
mod bin;
#[cfg(test)]
mod deletion;
#[cfg(test)]
mod edits;
#[cfg(test)]
mod events;
#[cfg(test)]
mod grpc;
#[cfg(test)]
mod headers;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod library;
#[cfg(test)]
mod main_storage;
#[cfg(test)]
mod missing;
#[cfg(test)]
mod originals;
#[cfg(test)]
mod password_links;
mod person;
#[cfg(test)]
mod places;
#[cfg(test)]
mod plans;
#[cfg(test)]
mod problems;
#[cfg(test)]
mod renditions;
#[cfg(test)]
mod retention;
#[cfg(test)]
mod session;
#[cfg(test)]
mod setup;
#[cfg(test)]
mod storages;
#[cfg(test)]
mod tenancy;
#[cfg(test)]
mod uploads;
#[cfg(test)]
mod usage;
#[cfg(test)]
mod workspaces;
#[cfg(test)]
mod world;

/// Makes each case a test on SQLite and one on Postgres.
macro_rules! on_both_databases {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $case() {
                super::$case(crate::world::World::on_sqlite().await).await;
            })+
        }

        mod postgres {
            $(#[tokio::test]
            async fn $case() {
                if let Some(world) = crate::world::World::on_postgres().await {
                    super::$case(world).await;
                }
            })+
        }
    };
}

pub(crate) use on_both_databases;
