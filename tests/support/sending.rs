//! Sending files by tus, as patiently as clients do.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;

use crate::{Library, eventually};

/// How long a file may take, whatever happens meanwhile.
const LONG: Duration = Duration::from_mins(3);

impl Library {
    /// Sends a file that lay at `path` below what somebody dropped, and goes on where it was after
    /// whatever goes wrong. Returns the upload's id once all of it is acknowledged.
    pub async fn send(&self, path: &str, bytes: &[u8]) -> String {
        let address = eventually("an upload begins", LONG, async || {
            self.begin(path, bytes.len()).await
        })
        .await;
        eventually("an upload is complete", LONG, async || {
            self.go_on(&address, bytes).await
        })
        .await;
        let (_, id) = address.rsplit_once('/').expect("an address has parts");
        id.to_owned()
    }

    /// Sends a file by a plain form, as curl does. Returns the upload's id.
    pub async fn send_form(&self, name: &str, bytes: &[u8]) -> String {
        const BOUNDARY: &str = "----------------d74496d66958873e";
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; \
             filename=\"{name}\"\r\nContent-Type: image/jpeg\r\n\r\n"
        );
        let end = format!("\r\n--{BOUNDARY}--\r\n");
        let body = [head.as_bytes(), bytes, end.as_bytes()].concat();
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let url = format!("{}/workspaces/{}/uploads/files", self.api, self.workspace);
        let request = self.http.post(url).header("X-Stowage", "1");
        let request = request.header("Content-Type", kind).body(body);
        let sent = answer(request).await.unwrap_or_else(|why| panic!("{why}"));
        let upload: Value = sent.json().await.expect("an upload is told");
        upload["id"].as_str().expect("it has an id").to_owned()
    }

    /// Announces a file, and returns where it goes on.
    async fn begin(&self, path: &str, size: usize) -> Result<String, String> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let said = format!(
            "filename {},relativePath {}",
            STANDARD.encode(name),
            STANDARD.encode(path)
        );
        let url = format!("{}/workspaces/{}/uploads", self.api, self.workspace);
        let request = self
            .tus(Method::POST, &url)
            .header("Upload-Length", size)
            .header("Upload-Metadata", said);
        let location = header(&answer(request).await?, "location")?;
        let base = self.api.trim_end_matches("/api/v1");
        Ok(format!("{base}{location}"))
    }

    /// Sends what is missing, in one request; fails unless all of it is there then.
    async fn go_on(&self, address: &str, bytes: &[u8]) -> Result<(), String> {
        let asked = answer(self.tus(Method::HEAD, address)).await?;
        let offset: usize = header(&asked, "upload-offset")?
            .parse()
            .map_err(|error| format!("{error}"))?;
        if offset == bytes.len() {
            return Ok(());
        }
        let request = self
            .tus(Method::PATCH, address)
            .header("Upload-Offset", offset)
            .header("Content-Type", "application/offset+octet-stream")
            .body(bytes[offset..].to_vec());
        answer(request).await.map(drop)
    }

    fn tus(&self, method: Method, url: &str) -> RequestBuilder {
        self.http
            .request(method, url)
            .header("X-Stowage", "1")
            .header("Tus-Resumable", "1.0.0")
    }
}

async fn answer(request: RequestBuilder) -> Result<Response, String> {
    let answer = request.send().await.map_err(|error| error.to_string())?;
    if answer.status().is_success() {
        return Ok(answer);
    }
    let status = answer.status();
    let text = answer.text().await.unwrap_or_default();
    Err(format!("{status}: {text}"))
}

fn header(answer: &Response, name: &str) -> Result<String, String> {
    let value = answer.headers().get(name);
    let value = value.and_then(|value| value.to_str().ok());
    value
        .map(str::to_owned)
        .ok_or_else(|| format!("no header {name}"))
}
