//! Choosing the main storage, and waiting until originals are in it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{Library, Place, eventually};

/// How long a delivery may take on two busy cores.
const DELIVERED: Duration = Duration::from_mins(2);

impl Library {
    /// Connects a place that Stowage may write to. Returns its id.
    pub async fn connect_writable(&self, place: &Place) -> String {
        place.open_for_writing();
        self.import_writable(place, "keep").await
    }

    /// Makes a storage the one that new originals go to; none for central storage.
    pub async fn choose_main(&self, storage: Option<&str>) -> Value {
        let body = json!({ "storage_id": storage });
        self.put("/main-storage", body).await
    }

    /// Waits until so many transfers have come to this state, and returns all of them.
    pub async fn wait_for_transfers(&self, state: &str, count: usize) -> Vec<Value> {
        eventually(
            &format!("{count} transfers are {state}"),
            DELIVERED,
            async || {
                let listed = self.try_get("/transfers?limit=500").await?;
                let all = listed["items"].as_array().cloned().unwrap_or_default();
                let there = all.iter().filter(|row| row["state"] == state).count();
                if there == count {
                    Ok(all)
                } else {
                    let shown: Vec<String> = all
                        .iter()
                        .map(|row| format!("{} {} {}", row["state"], row["trouble"], row["reason"]))
                        .collect();
                    Err(format!("{there}: {shown:?}"))
                }
            },
        )
        .await
    }
}
