//! Copies that nobody wants: written to the main storage with other bytes than were sent, and cleared
//! away a day later.

use serde_json::Value;
use stowage_failpoints::Failpoint;
use stowage_tests::{FtpFault, eventually};

use crate::{
    household::{FTP, People},
    verdict::QUIET,
};

/// Where a copy that nobody wants is cleared away.
const CLEARING: [Failpoint; 3] = [
    Failpoint::LeftoverNoted,
    Failpoint::LeftoverDeleted,
    Failpoint::LeftoverForgotten,
];

/// Returns whether a process only comes by a failpoint when there is something left to clear away.
pub(crate) fn is_about_leftovers(point: Failpoint) -> bool {
    CLEARING.contains(&point)
}

impl People {
    /// Has a file arrive garbled in the main storage, so that its copy is left and another is made;
    /// then a day passes for what was left.
    pub(crate) async fn leave_a_copy(&mut self) {
        let homes = self.homes.clone();
        let proxy = homes[FTP].place.ftp_proxy();
        proxy.inject(FtpFault::Garbled);
        self.send().await;
        let library = &self.library;
        eventually("a copy is not what was sent", QUIET, async || {
            let listed = library.try_get("/transfers?troubled=true").await?;
            let items = listed["items"].as_array().cloned().unwrap_or_default();
            let is_different = |row: &Value| row["trouble"] == "different";
            items
                .iter()
                .any(is_different)
                .then_some(())
                .ok_or_else(|| listed.to_string())
        })
        .await;
        proxy.heal();
        eventually("a name is left", QUIET, async || {
            let left = "update remote_object set first_seen_at = first_seen_at - 172800000000 \
                        where role = 'own' and revision <> '' and not exists (select 1 \
                        from transfer t where t.target_object_id = remote_object.id) returning path";
            let rows = self.library.rows().try_texts(left).await;
            let rows = rows.map_err(|error| error.to_string())?;
            (!rows.is_empty()).then_some(()).ok_or("none".to_owned())
        })
        .await;
    }
}
