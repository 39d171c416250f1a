//! The record of destructive acts: what is in it stays as it is.

use serde_json::json;
use stowage_db::repo::AuditEntry;
use stowage_domain::{Actor, AuditAction, AuditSubject, Ids, UuidV7};
use uuid::Uuid;

use super::{World, on_both};

on_both!(
    acts_are_listed_the_latest_first,
    no_row_of_the_record_is_changed_or_removed,
);

fn act(number: u32, subject_id: Uuid) -> AuditEntry {
    AuditEntry {
        actor: Actor::System,
        action: AuditAction::AssetTrashed,
        subject: AuditSubject::Asset,
        subject_id,
        detail: json!({ "number": number }),
    }
}

async fn acts_are_listed_the_latest_first(world: World) {
    let (workspace, subject) = (world.workspace().await, UuidV7.next());
    let tx = world.db.begin_in(workspace).await.unwrap();
    for number in 0..5 {
        let of = if number == 3 { subject } else { UuidV7.next() };
        tx.audit()
            .record(UuidV7.next().into(), &act(number, of))
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();

    let tx = world.db.read_in(workspace).await.unwrap();
    let first = tx.audit().list(None, None, 3).await.unwrap();
    let rest = tx.audit().list(None, first.next, 3).await.unwrap();
    assert_eq!(rest.next, None);
    let numbers = |rows: &[stowage_db::repo::AuditRow]| {
        let numbers = rows.iter().map(|row| row.detail["number"].as_u64());
        numbers.map(Option::unwrap).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&first.items), [4, 3, 2]);
    assert_eq!(numbers(&rest.items), [1, 0]);
    let of_subject = tx.audit().list(Some(subject), None, 3).await.unwrap();
    assert_eq!(numbers(&of_subject.items), [3]);
}

async fn no_row_of_the_record_is_changed_or_removed(world: World) {
    let workspace = world.workspace().await;
    let tx = world.db.begin_in(workspace).await.unwrap();
    let entry = act(1, UuidV7.next());
    tx.audit()
        .record(UuidV7.next().into(), &entry)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let rows = world.rows();
    for statement in ["update audit set detail = '{}'", "delete from audit"] {
        let refused = rows.try_texts(statement).await.unwrap_err().to_string();
        assert!(refused.contains("stay as they are"), "{refused}");
    }
    assert_eq!(rows.count("select count(*) from audit").await, 1);
}
