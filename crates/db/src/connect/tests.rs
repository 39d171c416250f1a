use stowage_domain::SystemClock;

use super::*;

async fn sqlite(folder: &tempfile::TempDir) -> Database {
    let config = DatabaseConfig {
        url: format!("sqlite://{}", folder.path().join("catalog.db").display()).into(),
        ..DatabaseConfig::default()
    };
    let database = Database::connect(&config, Arc::new(SystemClock)).await;
    database.expect("a new file can be opened")
}

async fn write(tx: &Tx, text: &str) -> Result<u64, DbError> {
    tx.execute("insert into note (text) values ($1)", [text.into()])
        .await
}

/// What others see of it: everything that was committed.
async fn notes(database: &Database) -> Vec<String> {
    let tx = database.read(Scope::System).await.unwrap();
    let rows = tx.rows("select text from note", []).await.unwrap();
    rows.iter()
        .map(|row| row.try_get("", "text").unwrap())
        .collect()
}

#[tokio::test]
async fn what_is_committed_after_the_disk_was_full_lasts() {
    let folder = tempfile::tempdir().unwrap();
    let database = sqlite(&folder).await;
    let tx = database.begin(Scope::System).await.unwrap();
    tx.execute("create table note (text text)", [])
        .await
        .unwrap();
    tx.commit().await.unwrap();

    let tx = database.begin(Scope::System).await.unwrap();
    // As much as there is already, and no more.
    tx.rows("pragma max_page_count = 1", []).await.unwrap();
    let full = write(&tx, &"x".repeat(100_000)).await.unwrap_err();
    assert!(format!("{full:?}").contains("full"), "{full:?}");
    drop(tx);
    let tx = database.begin(Scope::System).await.unwrap();
    tx.rows("pragma max_page_count = 100000", []).await.unwrap();
    write(&tx, "given up").await.unwrap();
    drop(tx);
    let tx = database.begin(Scope::System).await.unwrap();
    write(&tx, "kept").await.unwrap();
    tx.commit().await.unwrap();

    assert_eq!(notes(&database).await, ["kept"]);
    database.close().await;
    assert_eq!(notes(&sqlite(&folder).await).await, ["kept"]);
}
