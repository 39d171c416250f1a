//! Somebody with a browser, or a program: calls, and the check of every answer.

use std::sync::OnceLock;

use reqwest::{Client, Method, RequestBuilder, Response, header};
use serde_json::{Value, json};
use stowage_gateway::Route;

pub(crate) const PASSWORD: &str = "correct horse battery";

/// Somebody who may be signed in.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) http: Client,
    pub(crate) url: String,
    pub(crate) cookie: Option<String>,
    /// An API key, where a program acts for them.
    pub(crate) key: Option<String>,
    pub(crate) workspace: String,
}

/// An answer that has been read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: header::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {:?}", String::from_utf8_lossy(&self.body)))
    }

    /// Returns the body of an answer that has to have this status.
    #[track_caller]
    pub(crate) fn with(self, status: u16) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status, status, "{text}");
        if self.body.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }

    /// Returns the last word of the problem's type.
    pub(crate) fn problem(&self) -> String {
        let kind = self.json()["type"].as_str().unwrap_or_default().to_owned();
        kind.rsplit(':').next().unwrap_or_default().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap_or_default())
    }
}

impl Person {
    pub(crate) fn nobody(url: &str) -> Self {
        let http = Client::builder()
            .no_proxy()
            .build()
            .expect("a plain client can be made");
        Self {
            http,
            url: url.to_owned(),
            cookie: None,
            key: None,
            workspace: String::new(),
        }
    }

    pub(crate) fn with_session(mut self, token: &str, workspace: &str) -> Self {
        self.cookie = Some(format!("stowage_session={token}"));
        workspace.clone_into(&mut self.workspace);
        self
    }

    pub(crate) async fn set_up(mut self, token: &str) -> Self {
        let answer = self
            .call(Method::POST, "/api/v1/setup", Some(setup_body(token)))
            .await;
        self.cookie = cookie_of(&answer);
        let me = answer.with(201);
        let id = me["workspaces"][0]["id"].as_str();
        id.expect("a workspace was made")
            .clone_into(&mut self.workspace);
        self
    }

    /// Returns the whole path of something in the own workspace.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/api/v1/workspaces/{}{rest}", self.workspace)
    }

    pub(crate) async fn get(&self, rest: &str) -> Answer {
        self.call(Method::GET, &self.path(rest), None).await
    }

    pub(crate) async fn post(&self, rest: &str, body: Value) -> Answer {
        self.call(Method::POST, &self.path(rest), Some(body)).await
    }

    pub(crate) async fn patch(&self, rest: &str, body: Value) -> Answer {
        self.call(Method::PATCH, &self.path(rest), Some(body)).await
    }

    pub(crate) async fn delete(&self, rest: &str) -> Answer {
        self.call(Method::DELETE, &self.path(rest), None).await
    }

    /// Calls like the web UI, and checks the answer against the description.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let headers = [("x-stowage", "1")];
        let body = body.map(|body| body.to_string());
        self.send(method, path, &headers, body).await
    }

    /// Calls with exactly these headers.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Answer {
        let response = self.open(method.clone(), path, headers, body).await;
        Self::read(&method, path, response).await
    }

    /// Calls with exactly these headers and bytes that are no JSON.
    pub(crate) async fn send_bytes(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let request = self.request(method.clone(), path, headers).body(body);
        let response = request.send().await.expect("the gateway answers");
        Self::read(&method, path, response).await
    }

    async fn read(method: &Method, path: &str, response: Response) -> Answer {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.expect("a body follows").to_vec();
        let answer = Answer {
            status,
            headers,
            body,
        };
        check(method, path, &answer);
        answer
    }

    /// Begins a call, whose body may never end.
    pub(crate) async fn open(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Response {
        let mut request = self.request(method, path, headers);
        if let Some(body) = body {
            request = request
                .header(header::CONTENT_TYPE, "application/json")
                .body(body);
        }
        request.send().await.expect("the gateway answers")
    }

    fn request(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> RequestBuilder {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        request
    }
}

pub(crate) fn setup_body(token: &str) -> Value {
    json!({
        "token": token,
        "email": "owner@example.org",
        "name": "Ada",
        "password": PASSWORD,
        "workspace_name": "Home",
    })
}

/// Returns the session's cookie as a browser sends it back.
pub(crate) fn cookie_of(answer: &Answer) -> Option<String> {
    let set = answer.headers.get(header::SET_COOKIE)?.to_str().ok()?;
    set.split(';').next().map(str::to_owned)
}

pub(crate) fn routes() -> &'static [Route] {
    static ROUTES: OnceLock<Vec<Route>> = OnceLock::new();
    ROUTES.get_or_init(stowage_gateway::routes)
}

/// Returns the route that a path belongs to: the one with the most words of its own.
pub(crate) fn route_of(method: &str, path: &str) -> Option<&'static Route> {
    let path = path.split('?').next().unwrap_or_default();
    let given: Vec<&str> = path.split('/').collect();
    let fits = |route: &&Route| {
        let parts: Vec<&str> = route.path.split('/').collect();
        let same = |(part, given): (&&str, &&str)| part.starts_with('{') || part == given;
        parts.len() == given.len() && parts.iter().zip(&given).all(same)
    };
    let of = |method: &str| {
        let fitting = routes()
            .iter()
            .filter(|route| route.method == method)
            .filter(fits);
        fitting.min_by_key(|route| route.path.matches('{').count())
    };
    // Most of what can be got can be asked about.
    of(method).or_else(|| (method == "HEAD").then(|| of("GET")).flatten())
}

/// Holds an answer against the description.
fn check(method: &Method, path: &str, answer: &Answer) {
    let (status, whole) = (answer.status, String::from_utf8_lossy(&answer.body));
    let what = format!("{method} {path} answered {status}: {whole}");
    let is_problem = status >= 400 && path.starts_with("/api");
    if is_problem && method != Method::HEAD {
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{what}"
        );
        assert_eq!(answer.json()["status"], status, "{what}");
    }
    let Some(route) = route_of(method.as_str(), path) else {
        return;
    };
    let Some(types) = route.answers.get(&status) else {
        panic!("not described: {what}")
    };
    if is_problem && method != Method::HEAD {
        let kind = answer.json()["type"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(types.contains(&kind), "not described: {what}");
    }
}
