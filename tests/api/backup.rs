//! What the operator sees of the cold backup of central storage.

use reqwest::Method;
use serde_json::Value;
use stowage_db::Scope;

use crate::{on_both_databases, plans::Operated, world::World};

on_both_databases!(v57_the_operator_sees_how_the_backup_does,);

async fn v57_the_operator_sees_how_the_backup_does(world: World) {
    let operated = Operated::new(&world).await;
    let look = async || {
        let answer = operated.ask(Method::GET, "/backup", None).await;
        answer.with(200)
    };
    let owner = &operated.owner;
    let members_see = async || owner.get("/plan").await.with(200)["second_copy"].clone();
    assert_eq!(members_see().await, false);
    let off = look().await;
    assert_eq!(
        (&off["state"], &off["error"]),
        (&"off".into(), &Value::Null)
    );

    let tx = world.deps.db.begin(Scope::System).await.unwrap();
    tx.backups().set_on(true).await.unwrap();
    assert_eq!(
        tx.backups().learn_identity("disk 1").await.unwrap(),
        "disk 1"
    );
    assert!(!tx.backups().works().await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(look().await["state"], "complete");
    assert_eq!(members_see().await, true);

    let tx = world.deps.db.begin(Scope::System).await.unwrap();
    assert!(tx.backups().fails("no room").await.unwrap());
    assert!(!tx.backups().fails("still no room").await.unwrap());
    let known = tx.backups().learn_identity("disk 2").await.unwrap();
    assert_eq!(known, "disk 1", "the first is remembered");
    tx.commit().await.unwrap();
    let failing = look().await;
    assert_eq!(failing["state"], "failing");
    assert_eq!(members_see().await, false, "while it does not work");
    assert_eq!(failing["error"], "still no room");
    assert!(failing["failing_since"].is_string(), "{failing}");

    let anew = operated.ask(Method::POST, "/backup", None).await.with(200);
    assert_eq!(anew["state"], "complete", "{anew}");
    let tx = world.deps.db.begin(Scope::System).await.unwrap();
    let known = tx.backups().learn_identity("disk 2").await.unwrap();
    assert_eq!(known, "disk 2", "whichever answers next");
    tx.commit().await.unwrap();
}
