//! The description of the REST interface: OpenAPI 3.1, made of the routes themselves.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use stowage_rpc::PROBLEM_JSON;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        InfoBuilder, OpenApi, RefOr, Response, Schema, SecurityRequirement,
        path::{Operation, PathItem},
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
        server::Server,
        tag::TagBuilder,
    },
};

use crate::problem::{Kind, kinds, responses};

/// Where the REST interface begins.
pub(crate) const BASE: &str = "/api/v1";

/// The ways in: in person, and with an API key in either header.
const SESSION: &str = "session";
const BEARER: &str = "bearer_key";
const KEY: &str = "api_key";
/// The operator's own, which opens nothing else.
const OPERATOR: &str = "operator";

const TAGS: [(&str, &str); 12] = [
    ("setup", "The first start, when there is nobody yet"),
    ("session", "Signing in and out"),
    ("members", "Who belongs to a workspace, and invitations"),
    ("api-keys", "Keys with which programs act for somebody"),
    ("workspaces", "Workspaces and their figures"),
    ("storages", "Customers' storages, their tests and scans"),
    (
        "assets",
        "Photographs and other files, their originals and renditions",
    ),
    ("uploads", "Sending files: tus 1.0, and forms"),
    ("jobs", "Work that was, is or will be done"),
    ("retention", "Rules that put assets in the recycle bin"),
    ("events", "What changes, as it changes"),
    (
        "operator",
        "Whoever runs the installation: plans, and what became of workspaces",
    ),
];

/// What went wrong, for programs (`type`) and people (`title`, `detail`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes stowage_rpc::Problem")]
struct Problem {
    /// Stays the same over versions: `urn:stowage:problem:<slug>`.
    r#type: String,
    title: String,
    status: u16,
    detail: Option<String>,
    /// What is wrong with each field of the request.
    #[schema(required = false)]
    errors: BTreeMap<String, String>,
    /// Names the trace of a failure on our side.
    trace_id: Option<String>,
}

/// A route of the REST interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// In capitals.
    pub method: String,
    /// The whole path, with the names of its parameters in braces.
    pub path: String,
    pub operation_id: String,
    /// Whether anybody may call it, signed in or not.
    pub is_public: bool,
    /// Whether an API key may do it, where its scopes reach.
    pub takes_key: bool,
    /// The statuses it is described to answer, with the types of problems that go with them.
    pub answers: BTreeMap<u16, BTreeSet<String>>,
}

/// Returns the description of the REST interface.
pub fn openapi() -> OpenApi {
    let mut api = crate::routes::all().into_openapi();
    api.info = InfoBuilder::new()
        .title("Stowage")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "The REST interface of Stowage. Requests that change something need the header \
             `X-Stowage: 1`, or an API key. Errors are `application/problem+json`; their `type` stays the same \
             over versions.",
        ))
        .build();
    api.servers = Some(vec![Server::new(BASE)]);
    let ways = [SESSION, BEARER, KEY];
    let ways = ways.map(|way| SecurityRequirement::new::<_, _, String>(way, []));
    api.security = Some(ways.into());
    let tags = TAGS.iter().map(|(name, words)| {
        TagBuilder::new()
            .name(*name)
            .description(Some(*words))
            .build()
    });
    api.tags = Some(tags.collect());

    let components = api.components.get_or_insert_default();
    components
        .schemas
        .insert("Problem".to_owned(), Problem::schema());
    let cookie = ApiKey::Cookie(ApiKeyValue::new(crate::auth::cookie::NAME));
    components.add_security_scheme(SESSION, SecurityScheme::ApiKey(cookie));
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    components.add_security_scheme(BEARER, bearer);
    let operator = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    components.add_security_scheme(OPERATOR, operator);
    let header = ApiKey::Header(ApiKeyValue::new(crate::auth::KEY_HEADER));
    components.add_security_scheme(KEY, SecurityScheme::ApiKey(header));
    for item in api.paths.paths.values_mut() {
        for (method, operation) in operations_mut(item) {
            if !matches!(method, "GET" | "HEAD") {
                add(operation, vec![kinds::FOREIGN_ORIGIN]);
            }
        }
    }
    require_what_is_always_sent(&mut api);
    api
}

/// Lists the routes of the REST interface.
pub fn routes() -> Vec<Route> {
    let mut api = openapi();
    let mut routes = Vec::new();
    for (path, item) in &mut api.paths.paths {
        for (method, operation) in operations_mut(item) {
            routes.push(Route {
                method: method.to_owned(),
                path: format!("{BASE}{path}"),
                operation_id: operation.operation_id.clone().unwrap_or_default(),
                is_public: is_public(operation),
                takes_key: operation.security.is_none(),
                answers: answers(operation),
            });
        }
    }
    routes
}

fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let all = [
        ("GET", &mut item.get),
        ("HEAD", &mut item.head),
        ("POST", &mut item.post),
        ("PUT", &mut item.put),
        ("PATCH", &mut item.patch),
        ("DELETE", &mut item.delete),
    ];
    all.into_iter()
        .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

fn is_public(operation: &Operation) -> bool {
    let ways = operation.security.iter().flatten();
    ways.into_iter()
        .any(|way| *way == SecurityRequirement::default())
}

fn answers(operation: &Operation) -> BTreeMap<u16, BTreeSet<String>> {
    let described = operation.responses.responses.iter();
    described
        .filter_map(|(status, response)| {
            let RefOr::T(response) = response else {
                return None;
            };
            Some((status.parse().ok()?, problem_types(response)))
        })
        .collect()
}

fn problem_types(response: &Response) -> BTreeSet<String> {
    let extensions = response.extensions.as_ref();
    let types = extensions.and_then(|extensions| extensions.get("x-problem-types"));
    let types = types.and_then(Value::as_array).into_iter().flatten();
    types
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect()
}

/// Adds problems to those that an operation lists already.
fn add(operation: &mut Operation, kinds: Vec<Kind>) {
    for (status, added) in responses(kinds) {
        let listed = operation.responses.responses.get_mut(&status);
        let (Some(RefOr::T(listed)), RefOr::T(added)) = (listed, &added) else {
            operation.responses.responses.insert(status, added);
            continue;
        };
        let mut types = problem_types(listed);
        types.extend(problem_types(added));
        listed.description = format!("{}; {}", listed.description, added.description);
        let extensions = listed.extensions.get_or_insert_default();
        extensions.insert("x-problem-types".to_owned(), types.into_iter().collect());
        debug_assert!(listed.content.contains_key(PROBLEM_JSON));
    }
}

/// What we send always has all of its fields, null or not; only what people send may leave some
/// out.
fn require_what_is_always_sent(api: &mut OpenApi) {
    let taken = taken(api);
    let Some(components) = &mut api.components else {
        return;
    };
    for (name, schema) in &mut components.schemas {
        if !taken.contains(name) && name != "Problem" {
            require_all(schema);
        }
    }
}

fn require_all(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(object)) => {
            object.required = object.properties.keys().cloned().collect();
        }
        RefOr::T(Schema::AllOf(all)) => all.items.iter_mut().for_each(require_all),
        _ => {}
    }
}

/// Returns the names of all schemas that requests are made of.
fn taken(api: &OpenApi) -> BTreeSet<String> {
    let document = serde_json::to_value(api).expect("a description is plain data");
    let mut names = BTreeSet::new();
    let mut found = Vec::new();
    for operations in document["paths"]
        .as_object()
        .into_iter()
        .flat_map(|paths| paths.values())
    {
        for operation in operations
            .as_object()
            .into_iter()
            .flat_map(|all| all.values())
        {
            references(&operation["requestBody"], &mut found);
        }
    }
    while let Some(name) = found.pop() {
        if names.insert(name.clone()) {
            references(&document["components"]["schemas"][&name], &mut found);
        }
    }
    names
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            let reference = fields.get("$ref").and_then(Value::as_str);
            found.extend(
                reference
                    .and_then(|path| path.rsplit('/').next())
                    .map(str::to_owned),
            );
            fields.values().for_each(|field| references(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_somewhere() {
        let document = serde_json::to_value(openapi()).unwrap();
        let mut found = Vec::new();
        references(&document, &mut found);
        for name in found {
            assert!(
                !document["components"]["schemas"][&name].is_null(),
                "{name}"
            );
        }
        assert_eq!(document["openapi"], "3.1.0");
    }

    #[test]
    fn every_route_is_named_and_says_how_it_fails() {
        let routes = routes();
        let names: BTreeSet<_> = routes.iter().map(|route| &route.operation_id).collect();
        assert_eq!(names.len(), routes.len(), "names are unique");
        for route in &routes {
            assert!(
                route.answers.contains_key(&500),
                "{} {}",
                route.method,
                route.path
            );
            assert_eq!(
                route.answers.contains_key(&401),
                !route.is_public || route.path.ends_with("/session"),
                "{}",
                route.path
            );
            if route.path.contains('{') {
                assert!(
                    route.answers.contains_key(&404),
                    "{} {}",
                    route.method,
                    route.path
                );
            }
        }
    }

    #[test]
    fn what_is_sent_has_all_fields_and_what_is_taken_may_leave_some_out() {
        let document = serde_json::to_value(openapi()).unwrap();
        let required = |name: &str| {
            let list = document["components"]["schemas"][name]["required"]
                .as_array()
                .cloned();
            list.unwrap_or_default().len()
        };
        assert_eq!(required("Storage"), 25);
        assert_eq!(required("StoragePatch"), 0);
        assert_eq!(required("NewStorage"), 4);
        assert_eq!(required("FsSettings"), 1);
    }
}
