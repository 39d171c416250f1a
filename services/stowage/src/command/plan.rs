//! `stowage plan`: what a workspace may have, asked of and told to a running server at the
//! operator's door.

use std::{net::IpAddr, process::ExitCode, str::FromStr};

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};
use stowage_gateway::GatewayConfig;

use crate::{command::Place, settings::sources};

stowage_config::config! {
    /// What the operator's commands read.
    pub struct OperatorConfig {
        pub gateway: GatewayConfig,
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum PlanCommand {
    /// Show what workspaces may have, and what of it they use
    Show {
        /// Id, short id or name; all workspaces when left out
        workspace: Option<String>,
        #[command(flatten)]
        door: Door,
    },
    /// Change what a workspace may have; what is left out stays
    Set {
        /// Id, short id or name
        workspace: String,
        #[command(flatten)]
        limits: Limits,
        #[command(flatten)]
        door: Door,
    },
}

/// Where the server answers, and how to print what it says.
#[derive(Debug, Args)]
pub(crate) struct Door {
    #[command(flatten)]
    place: Place,
    /// The server's address [default: gateway.listen of the settings]
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// Print JSON, as the API answers it
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Limits {
    /// Bytes in central storage, such as 500GB, 2TiB, or unlimited
    #[arg(long, value_name = "SIZE")]
    central_bytes: Option<Limit<Size>>,
    /// Storages that may be connected, or unlimited
    #[arg(long, value_name = "COUNT")]
    storages: Option<Limit<u32>>,
    /// Whether storages outside may be connected
    #[arg(long, value_name = "yes|no")]
    external_storages: Option<YesNo>,
    /// Photos that one request may bring, or unlimited
    #[arg(long, value_name = "COUNT")]
    photos_per_request: Option<Limit<u32>>,
    /// Whether links may be made that never end
    #[arg(long, value_name = "yes|no")]
    permanent_links: Option<YesNo>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Limit<T> {
    Unlimited,
    At(T),
}

/// A number of bytes: plain, or with a unit of thousands (kB) or of 1024 (KiB).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Size(u64);

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum YesNo {
    Yes,
    No,
}

impl<T: FromStr> FromStr for Limit<T>
where
    T::Err: std::fmt::Display,
{
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case("unlimited") {
            return Ok(Self::Unlimited);
        }
        let limit = text.parse::<T>();
        limit
            .map(Self::At)
            .map_err(|error| format!("{error}; write a number, or unlimited"))
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const UNITS: [(&str, u64); 11] = [
            ("", 1),
            ("b", 1),
            ("kb", 1_000),
            ("mb", 1_000_000),
            ("gb", 1_000_000_000),
            ("tb", 1_000_000_000_000),
            ("pb", 1_000_000_000_000_000),
            ("kib", 1 << 10),
            ("mib", 1 << 20),
            ("gib", 1 << 30),
            ("tib", 1 << 40),
        ];
        let digits = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let unit = unit.trim().to_ascii_lowercase();
        let factor = UNITS.iter().find(|(name, _)| *name == unit);
        let bytes = number
            .parse::<u64>()
            .ok()
            .zip(factor)
            .and_then(|(number, (_, factor))| number.checked_mul(*factor));
        bytes
            .map(Self)
            .ok_or_else(|| format!("{text:?} is no size such as 500GB or 2TiB"))
    }
}

pub(crate) fn run(command: &PlanCommand) -> ExitCode {
    let (PlanCommand::Show { door, .. } | PlanCommand::Set { door, .. }) = command;
    stowage_runtime::work_once(
        "stowage",
        sources(&door.place),
        async |config: OperatorConfig| {
            let server = Server::new(&config.gateway, door.server.as_deref())?;
            match command {
                PlanCommand::Show { workspace, .. } => {
                    let shown = match workspace {
                        Some(name) => vec![server.find(name).await?],
                        None => server.workspaces().await?,
                    };
                    print(&shown, door.json, workspace.is_some())
                }
                PlanCommand::Set {
                    workspace, limits, ..
                } => {
                    let found = server.find(workspace).await?;
                    let changed = server.set(&found, limits).await?;
                    print(&[changed], door.json, true)
                }
            }
        },
    )
}

/// The operator's door of a running server.
struct Server {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Server {
    fn new(config: &GatewayConfig, url: Option<&str>) -> anyhow::Result<Self> {
        let token = config.operator_token.expose().trim();
        if token.is_empty() {
            bail!("there is no operator's token; set gateway.operator_token, for the server too");
        }
        let url = url.map_or_else(|| local(config), |url| url.trim_end_matches('/').to_owned());
        Ok(Self {
            http: reqwest::Client::builder().build()?,
            url: format!("{url}/api/v1/operator"),
            token: token.to_owned(),
        })
    }

    async fn workspaces(&self) -> anyhow::Result<Vec<Value>> {
        let mut all = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/workspaces?limit=500{cursor}");
            let page = self.ask(self.http.get(self.address(&path))).await?;
            all.extend(page["items"].as_array().cloned().unwrap_or_default());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(all),
            }
        }
    }

    /// Returns the one workspace that is meant.
    async fn find(&self, name: &str) -> anyhow::Result<Value> {
        let all = self.workspaces().await?;
        let is_meant = |workspace: &&Value| {
            ["id", "short_id", "name"]
                .iter()
                .any(|key| workspace[key] == name)
        };
        let found: Vec<&Value> = all.iter().filter(is_meant).collect();
        match found.as_slice() {
            [one] => Ok((*one).clone()),
            [] => bail!("there is no workspace {name:?}; `stowage plan show` lists them"),
            _ => bail!("more than one workspace is called {name:?}; name it by its id"),
        }
    }

    async fn set(&self, workspace: &Value, limits: &Limits) -> anyhow::Result<Value> {
        let mut body = workspace["limits"].clone();
        let mut put = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                body[key] = value;
            }
        };
        let yes = |answer: YesNo| Value::Bool(answer == YesNo::Yes);
        put(
            "central_bytes",
            limits
                .central_bytes
                .map(|limit| limit.json(|size| json!(size.0))),
        );
        put(
            "storages",
            limits
                .storages
                .map(|limit| limit.json(|count| json!(count))),
        );
        put("external_storages", limits.external_storages.map(yes));
        put(
            "photos_per_request",
            limits
                .photos_per_request
                .map(|limit| limit.json(|count| json!(count))),
        );
        put("permanent_links", limits.permanent_links.map(yes));
        let id = workspace["id"].as_str().unwrap_or_default();
        let address = self.address(&format!("/workspaces/{id}/plan"));
        self.ask(self.http.put(address).json(&body)).await
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    async fn ask(&self, request: reqwest::RequestBuilder) -> anyhow::Result<Value> {
        let request = request.bearer_auth(&self.token);
        let response = request.send().await.with_context(|| {
            format!(
                "could not reach the server at {}; is it running? (--server URL)",
                self.url
            )
        })?;
        let status = response.status();
        let answer: Value = response
            .json()
            .await
            .context("the server's answer is no JSON")?;
        if !status.is_success() {
            let said = ["detail", "title"]
                .iter()
                .find_map(|key| answer[key].as_str());
            bail!("the server says: {}", said.unwrap_or(status.as_str()));
        }
        Ok(answer)
    }
}

impl<T: Copy> Limit<T> {
    fn json(self, written: impl Fn(T) -> Value) -> Value {
        match self {
            Self::Unlimited => Value::Null,
            Self::At(limit) => written(limit),
        }
    }
}

/// Returns where the server with these settings answers on this machine.
fn local(config: &GatewayConfig) -> String {
    let mut address = config.listen;
    if address.ip().is_unspecified() {
        let here = match address.ip() {
            IpAddr::V4(_) => IpAddr::from([127, 0, 0, 1]),
            IpAddr::V6(_) => IpAddr::V6(std::net::Ipv6Addr::LOCALHOST),
        };
        address.set_ip(here);
    }
    format!("http://{address}")
}

fn print(workspaces: &[Value], as_json: bool, is_one: bool) -> anyhow::Result<()> {
    if as_json {
        let shown = match workspaces {
            [one] if is_one => one.clone(),
            all => json!(all),
        };
        println!("{}", serde_json::to_string_pretty(&shown)?);
        return Ok(());
    }
    for workspace in workspaces {
        println!("{}", text(workspace));
    }
    Ok(())
}

/// Writes a workspace with its plan for a person.
fn text(workspace: &Value) -> String {
    let (limits, used) = (&workspace["limits"], &workspace["used"]);
    let word = |value: &Value| match value {
        Value::Null => "unlimited".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let ending = match workspace["deleting_at"].as_str() {
        Some(since) => format!(", being deleted since {since}"),
        None => String::new(),
    };
    format!(
        "{} ({}){ending}\n  central storage    {} bytes used of {}\n  storages           {} of {}\n  \
         external storages  {}\n  photos per request {}\n  permanent links    {}",
        word(&workspace["name"]),
        word(&workspace["id"]),
        word(&used["central_bytes"]),
        word(&limits["central_bytes"]),
        word(&used["storages"]),
        word(&limits["storages"]),
        word(&limits["external_storages"]),
        word(&limits["photos_per_request"]),
        word(&limits["permanent_links"]),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_written_with_or_without_a_unit() {
        for (text, bytes) in [
            ("0", 0),
            ("1500", 1_500),
            ("500GB", 500_000_000_000),
            ("2 TiB", 2 << 40),
            ("10mb", 10_000_000),
        ] {
            assert_eq!(text.parse(), Ok(Size(bytes)), "{text}");
        }
        for text in ["", "GB", "1.5GB", "-1", "10 bananas", "99999999999PB"] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_limit_can_be_taken_away() {
        assert_eq!("unlimited".parse(), Ok(Limit::<u32>::Unlimited));
        assert_eq!("7".parse(), Ok(Limit::At(7_u32)));
        assert!("many".parse::<Limit<u32>>().is_err());
        assert_eq!(
            Limit::<u32>::Unlimited.json(|count| json!(count)),
            Value::Null
        );
    }
}
