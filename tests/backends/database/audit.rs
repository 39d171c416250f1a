//! The record of destructive acts: what is in it stays as it is.

use serde_json::json;
use stowage_db::repo::{AuditEntry, AuditFilter, AuditRow};
use stowage_domain::{Actor, AuditAction, AuditSubject, Ids, Timestamp, UserId, UuidV7};
use uuid::Uuid;

use super::{World, on_both};

on_both!(
    acts_are_listed_the_latest_first,
    acts_are_found_by_what_whom_and_when,
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
    let all = AuditFilter::default();
    let first = tx.audit().list(&all, None, 3).await.unwrap();
    let rest = tx.audit().list(&all, first.next, 3).await.unwrap();
    assert_eq!(rest.next, None);
    assert_eq!(numbers(&first.items), [4, 3, 2]);
    assert_eq!(numbers(&rest.items), [1, 0]);
    let of_subject = AuditFilter {
        subject_id: Some(subject),
        ..all
    };
    let of_subject = tx.audit().list(&of_subject, None, 3).await.unwrap();
    assert_eq!(numbers(&of_subject.items), [3]);
}

fn numbers(rows: &[AuditRow]) -> Vec<u64> {
    let numbers = rows.iter().map(|row| row.detail["number"].as_u64());
    numbers.map(Option::unwrap).collect()
}

async fn acts_are_found_by_what_whom_and_when(world: World) {
    let workspace = world.workspace().await;
    let somebody = UserId(UuidV7.next());
    let tx = world.db.begin_in(workspace).await.unwrap();
    for (number, (actor, action)) in [
        (Actor::System, AuditAction::AssetTrashed),
        (Actor::User(somebody), AuditAction::AssetTrashed),
        (
            Actor::User(UserId(UuidV7.next())),
            AuditAction::AssetRestored,
        ),
        (Actor::System, AuditAction::MigrationFinished),
    ]
    .into_iter()
    .enumerate()
    {
        let entry = AuditEntry {
            actor,
            action,
            ..act(number as u32, UuidV7.next())
        };
        let id = UuidV7.next().into();
        tx.audit().record(id, &entry).await.unwrap();
    }
    tx.commit().await.unwrap();

    let tx = world.db.read_in(workspace).await.unwrap();
    let found = async |filter: AuditFilter| {
        let page = tx.audit().list(&filter, None, 10).await.unwrap();
        numbers(&page.items)
    };
    let all = AuditFilter::default;
    let actions = vec![AuditAction::AssetRestored, AuditAction::MigrationFinished];
    assert_eq!(found(AuditFilter { actions, ..all() }).await, [3, 2]);
    let actor = Some(Actor::User(somebody));
    assert_eq!(found(AuditFilter { actor, ..all() }).await, [1]);
    let (actor, actions) = (Some(Actor::System), vec![AuditAction::AssetTrashed]);
    assert_eq!(
        found(AuditFilter {
            actor,
            actions,
            ..all()
        })
        .await,
        [0]
    );
    let every = tx.audit().list(&all(), None, 10).await.unwrap().items;
    let since = Some(every[1].at);
    assert!(found(AuditFilter { since, ..all() }).await.contains(&2));
    let until = Some(every[3].at);
    assert_eq!(found(AuditFilter { until, ..all() }).await, [0_u64; 0]);
    let since = Some(Timestamp::from_micros(every[0].at.micros() + 1));
    assert_eq!(found(AuditFilter { since, ..all() }).await, [0_u64; 0]);
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
