//! What is in the bin while clocks jump: those of the processes, and the database server's own, which
//! libfaketime moves under a running Postgres.

use std::{fs, time::Duration};

use stowage_tests::{
    Kind, Mode, Options, Place, Rows, Stowage, eventually, fixtures,
    servers::{Postgres, variable},
};

use crate::{purge, world::World};

const SOON: Duration = Duration::from_mins(1);

/// The database server's clock, which goes right again when this is dropped.
struct ServerClock {
    file: String,
}

impl ServerClock {
    fn find() -> Option<Self> {
        let file = variable("STOWAGE_TEST_CLOCK_POSTGRES_MOVED")?;
        Some(Self { file })
    }

    /// Moves it by so many days from where it is, and waits until the server says so.
    async fn is_moved(&self, days: i64, rows: &Rows) {
        fs::write(&self.file, format!("{days:+}d\n")).expect("the file is the server's");
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let now = now.expect("it is after 1970").as_secs() as i64;
        let expected = now + days * 86_400;
        eventually("the server's clock is moved", SOON, async || {
            let sql = "select cast(extract(epoch from clock_timestamp())::bigint as text)";
            let told = rows
                .try_texts(sql)
                .await
                .map_err(|error| error.to_string())?;
            let told: i64 = told[0][0].parse().unwrap_or_default();
            let is_there = (told - expected).abs() < 3_600;
            is_there.then_some(()).ok_or(format!("{told}"))
        })
        .await;
    }
}

impl Drop for ServerClock {
    fn drop(&mut self) {
        let _ = fs::write(&self.file, "+0\n");
    }
}

/// Every pair of clocks of which one, or both, say that the time is not over: together and apart,
/// ahead and back by 40 days. Then both say that it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d4_a_database_servers_own_clock_hastens_no_purge() {
    let (Some(server), Some(clock)) = (Postgres::find_movable(), ServerClock::find()) else {
        return;
    };
    let Some(place) = Place::new(Kind::Folder).await else {
        return;
    };
    let options = Options {
        server: Some(server),
        ..Options::folder(place.allowed())
    };
    let Some(stowage) = Stowage::start(Mode::Distributed, &options).await else {
        return;
    };
    let mut world = World::over(stowage, place).await;
    let album = fixtures::plain(3);
    world.place.fill(&album);
    world.library.import_writable(&world.place, "delete").await;
    purge::trash(&world, &album[0]).await;
    let rows = world.library.rows().clone();
    for (processes, server) in [
        (0, 40),
        (40, 0),
        (-40, 40),
        (40, -40),
        (0, -40),
        (-40, -40),
        (29, 29),
    ] {
        clock.is_moved(server, &rows).await;
        world.stowage.move_clocks(processes, 0).await;
        purge::wait_until_looked(&mut world).await;
        let planned = "select count(*) from job where kind in ('plan-purge', 'purge-asset')";
        let planned = rows.count(planned).await;
        assert_eq!(planned, 0, "processes {processes}, server {server}");
        assert!(purge::is_there(&world, &album[0]));
    }
    clock.is_moved(31, &rows).await;
    world.stowage.move_clocks(31, 0).await;
    purge::wait_for(&world, "purged", 1).await;
    purge::wait_for_op(&world, "deleted").await;
    assert!(!purge::is_there(&world, &album[0]));
    purge::assert_untouched(&world, &album[1..]);
}
