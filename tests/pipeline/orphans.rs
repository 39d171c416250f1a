//! What lies in central storage and no row knows: it is reported, and never removed.

use std::{fs, time::Duration};

use serde_json::{Value, json};
use stowage_tests::{
    eventually, fixtures,
    fixtures::{Picture, write_aged},
};

use crate::world::World;

/// How long a look may take on two busy cores.
const LOOKED: Duration = Duration::from_mins(1);

const DAY: Duration = Duration::from_hours(24);

/// Returns the last report as the catalog has it: orphans, bytes, names.
async fn report(world: &World, objects_at_least: u64) -> (u64, u64, Value) {
    let rows = world.library.rows();
    eventually("central storage was looked through", LOOKED, async || {
        let sql = "select cast(objects as text), cast(orphans as text), cast(bytes as text), \
                   named from orphan_report";
        let found = rows
            .try_texts(sql)
            .await
            .map_err(|error| error.to_string())?;
        let row = found.first().ok_or("no report yet")?;
        let number = |at: usize| row[at].parse::<u64>().unwrap_or_default();
        if number(0) < objects_at_least {
            return Err(format!("{row:?}"));
        }
        let names = serde_json::from_str(&row[3]).unwrap_or_default();
        Ok((number(1), number(2), names))
    })
    .await
}

/// Every object of a library that was imported, sent to and purged from is known; of those that
/// somebody put there, the old ones alone are reported, and all of them stay.
pub(crate) async fn w25_what_no_row_knows_is_reported_and_left_alone(mut world: World) {
    world.import(&fixtures::plain(3)).await;
    world
        .library
        .send("sent.jpg", &Picture::numbered(9).jpeg())
        .await;
    world.library.wait_until_idle().await;
    let central = world.stowage.central().to_owned();
    let workspace = world.library.workspace().to_owned();
    let lost = format!("w/{workspace}/originals/lost.jpg");
    let foreign = "w/01900000-0000-7000-8000-000000000000/spool/left".to_owned();
    let young = format!("w/{workspace}/spool/young");
    for (key, age) in [
        (&lost, DAY * 2),
        (&foreign, DAY * 3),
        (&young, Duration::ZERO),
    ] {
        write_aged(&central.join(key), b"12345", age);
    }
    // Everything else looks old as well, and is known.
    age_all(&central.join(format!("w/{workspace}/renditions")), DAY * 2);
    age_all(&central.join(format!("w/{workspace}/originals")), DAY * 2);
    let none = "delete from orphan_report";
    world.library.rows().texts(none).await;
    world.stowage.move_clocks(0, 0).await;

    let (orphans, bytes, named) = report(&world, 13).await;
    let expected = json!([
        { "key": foreign, "size": 5 },
        { "key": lost, "size": 5 },
    ]);
    let mut named = named.as_array().cloned().unwrap_or_default();
    named.sort_by_key(|one| one["key"].to_string());
    assert_eq!((orphans, bytes, json!(named)), (2, 10, expected));
    for key in [&lost, &foreign, &young] {
        assert_eq!(
            fs::read(central.join(key)).ok().as_deref(),
            Some(&b"12345"[..]),
            "{key}"
        );
    }
}

/// Makes all files below a folder look this old.
fn age_all(folder: &std::path::Path, age: Duration) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            age_all(&path, age);
        } else {
            let bytes = fs::read(&path).expect("the file is there");
            write_aged(&path, &bytes, age);
        }
    }
}
