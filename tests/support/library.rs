//! What a person does: sets the library up, connects a place, scans it, looks at it.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{Place, Rows, Stowage, eventually, stowage::client};

/// How long something may take that only has to be worked off.
const LONG: Duration = Duration::from_mins(2);

/// A workspace, seen by its owner.
#[derive(Debug, Clone)]
pub struct Library {
    pub(crate) http: reqwest::Client,
    pub(crate) api: String,
    pub(crate) workspace: String,
    rows: Rows,
}

impl Library {
    /// Creates the owner with the link that the application printed.
    pub async fn set_up(stowage: &mut Stowage) -> Self {
        let link = stowage.owner_link().await;
        let token = link
            .split_once("token=")
            .map(|(_, token)| token)
            .unwrap_or_default();
        let http = client();
        let api = format!("{}/api/v1", stowage.url());
        let body = json!({
            "token": token,
            "email": "owner@example.org",
            "name": "Owner",
            "password": "correct horse battery",
            "workspace_name": "Tests",
        });
        let mut library = Self {
            http,
            api,
            workspace: String::new(),
            rows: stowage.rows().clone(),
        };
        let me = library
            .ask(Method::POST, "/setup", Some(body))
            .await
            .expect("setting up works");
        library.workspace = text(&me["workspaces"][0]["id"]);
        assert!(!library.workspace.is_empty(), "no workspace in {me}");
        library
    }

    /// Signs in again, where the session ran out.
    pub async fn sign_in(&self) {
        let body = json!({ "email": "owner@example.org", "password": "correct horse battery" });
        self.ask(Method::POST, "/session", Some(body))
            .await
            .expect("signing in works");
    }

    pub fn workspace(&self) -> &str {
        &self.workspace
    }

    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, String> {
        let url = format!("{}{path}", self.api);
        let mut request = self
            .http
            .request(method.clone(), &url)
            .header("X-Stowage", "1");
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request
            .send()
            .await
            .map_err(|error| format!("{method} {path}: {error:?}"))?;
        let status = answer.status();
        let text = answer
            .text()
            .await
            .map_err(|error| format!("{method} {path}: {error}"))?;
        if !status.is_success() {
            return Err(format!("{method} {path}: {status}: {text}"));
        }
        if status == StatusCode::NO_CONTENT || text.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&text).map_err(|error| format!("{method} {path}: {error}: {text}"))
    }

    /// Asks for something of the workspace.
    pub async fn try_get(&self, path: &str) -> Result<Value, String> {
        let path = format!("/workspaces/{}{path}", self.workspace);
        self.ask(Method::GET, &path, None).await
    }

    pub async fn get(&self, path: &str) -> Value {
        self.try_get(path)
            .await
            .unwrap_or_else(|why| panic!("{why}"))
    }

    pub async fn try_post(&self, path: &str, body: Value) -> Result<Value, String> {
        let path = format!("/workspaces/{}{path}", self.workspace);
        self.ask(Method::POST, &path, Some(body)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        self.try_post(path, body)
            .await
            .unwrap_or_else(|why| panic!("{why}"))
    }

    pub async fn patch(&self, path: &str, body: Value) -> Value {
        let path = format!("/workspaces/{}{path}", self.workspace);
        self.ask(Method::PATCH, &path, Some(body))
            .await
            .unwrap_or_else(|why| panic!("{why}"))
    }

    pub async fn put(&self, path: &str, body: Value) -> Value {
        let path = format!("/workspaces/{}{path}", self.workspace);
        self.ask(Method::PUT, &path, Some(body))
            .await
            .unwrap_or_else(|why| panic!("{why}"))
    }

    pub async fn delete(&self, path: &str) {
        let path = format!("/workspaces/{}{path}", self.workspace);
        self.ask(Method::DELETE, &path, None)
            .await
            .unwrap_or_else(|why| panic!("{why}"));
    }

    /// Downloads something of the workspace: its status and its bytes.
    pub async fn download(&self, path: &str) -> (u16, Vec<u8>) {
        let url = format!("{}/workspaces/{}{path}", self.api, self.workspace);
        self.fetch(&url).await
    }

    /// Downloads a stretch of something of the workspace.
    pub async fn download_part(&self, path: &str, range: &str) -> (u16, Vec<u8>) {
        let url = format!("{}/workspaces/{}{path}", self.api, self.workspace);
        let request = self.http.get(url).header("Range", range);
        let answer = request.send().await.expect("the gateway answers");
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await.expect("a body follows");
        (status, bytes.to_vec())
    }

    /// Downloads an address that the interface gave out.
    pub async fn download_url(&self, url: &str) -> (u16, Vec<u8>) {
        let base = self.api.trim_end_matches("/api/v1");
        self.fetch(&format!("{base}{url}")).await
    }

    async fn fetch(&self, url: &str) -> (u16, Vec<u8>) {
        let answer = self
            .http
            .get(url)
            .send()
            .await
            .unwrap_or_else(|error| panic!("{error:?}"));
        let status = answer.status().as_u16();
        let bytes = answer
            .bytes()
            .await
            .unwrap_or_else(|error| panic!("{url}: {error}"));
        (status, bytes.to_vec())
    }

    /// Connects a place; its first scan begins by itself. Returns its id.
    pub async fn connect(&self, place: &Place) -> String {
        self.connect_as(place.new_storage()).await
    }

    async fn connect_as(&self, new_storage: Value) -> String {
        let storage = self.post("/storages", new_storage).await;
        text(&storage["id"])
    }

    pub async fn storage(&self, id: &str) -> Value {
        self.get(&format!("/storages/{id}")).await
    }

    /// Returns the newest scans of a storage.
    pub async fn scans(&self, id: &str) -> Result<Vec<Value>, String> {
        let answer = self
            .try_get(&format!("/storages/{id}/scans?limit=50"))
            .await?;
        Ok(answer["items"].as_array().cloned().unwrap_or_default())
    }

    /// Scans a storage now, and returns the scan once it ended.
    pub async fn scan(&self, id: &str) -> Value {
        let before = self.scans(id).await.unwrap_or_else(|why| panic!("{why}"));
        self.post(&format!("/storages/{id}/scan"), json!({})).await;
        self.next_scan(id, &before).await
    }

    /// Waits for a scan that is not among `before` to end.
    pub async fn next_scan(&self, id: &str, before: &[Value]) -> Value {
        eventually("a scan ends", LONG, async || {
            let scans = self.scans(id).await?;
            let is_new = |scan: &&Value| {
                before.iter().all(|known| known["id"] != scan["id"]) && scan["state"] != "running"
            };
            // The oldest of the new ones: it began before anything that follows.
            let found = scans.iter().rev().find(is_new).cloned();
            found.ok_or_else(|| format!("{scans:?}"))
        })
        .await
    }

    /// Waits until no job is left that is due or runs.
    pub async fn wait_until_idle(&self) {
        self.wait_until_idle_within(LONG).await;
    }

    pub async fn wait_until_idle_within(&self, within: Duration) {
        eventually("all jobs are done", within, async || {
            let left = self
                .rows
                .try_texts(
                    "select kind, state, cast(count(*) as text), max(error) from job \
                     where state in ('queued', 'running') group by kind, state",
                )
                .await
                .map_err(|error| error.to_string())?;
            if left.is_empty() {
                Ok(())
            } else {
                Err(format!("{left:?}"))
            }
        })
        .await;
    }

    /// Connects a place and waits until everything in it is in the library. Returns its id.
    pub async fn import(&self, place: &Place) -> String {
        self.import_as(place.new_storage()).await
    }

    /// Connects a place that Stowage may delete in, if `on_purge` says so, and imports it.
    pub async fn import_writable(&self, place: &Place, on_purge: &str) -> String {
        let mut new_storage = place.new_storage();
        new_storage["access"] = "read_write".into();
        new_storage["on_purge"] = on_purge.into();
        self.import_as(new_storage).await
    }

    async fn import_as(&self, new_storage: Value) -> String {
        let id = self.connect_as(new_storage).await;
        eventually("the first scan is complete", LONG, async || {
            let scans = self.scans(&id).await?;
            // On a busy machine a lease of seconds may run out under it: then it begins anew.
            let is_complete = scans.iter().any(|scan| scan["state"] == "complete");
            if is_complete {
                Ok(())
            } else {
                Err(format!("{scans:?}"))
            }
        })
        .await;
        self.wait_until_idle().await;
        id
    }

    /// Lists all assets, page by page.
    pub async fn assets(&self) -> Vec<Value> {
        let mut assets = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("/assets?limit=100{cursor}")).await;
            assets.extend(page["items"].as_array().cloned().unwrap_or_default());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return assets,
            }
        }
    }

    pub async fn asset(&self, id: &str) -> Value {
        self.get(&format!("/assets/{id}")).await
    }

    /// Returns the whole asset whose original lies, or lay, at `path`.
    pub async fn asset_at(&self, path: &str) -> Value {
        let id = self.asset_id_at(path).await;
        self.asset(&id).await
    }

    /// Returns the id of the asset whose original lies, or lay, at `path`.
    pub async fn asset_id_at(&self, path: &str) -> String {
        let quoted = path.replace('\'', "''");
        let sql = format!(
            "select {} from remote_object where path = '{quoted}'",
            self.rows.id("asset_id")
        );
        let found = self.rows.texts(&sql).await.concat();
        assert_eq!(found.len(), 1, "objects at {path}: {found:?}");
        let id: uuid::Uuid = found[0]
            .parse()
            .unwrap_or_else(|_| panic!("no asset at {path}"));
        id.to_string()
    }
}

/// Returns a text of an answer; nothing where there is none.
fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
