//! What a route answers instead of its result, said once for the answer and for its description.
//!
//! A route lists its problems with [`route_error!`]; the same list makes the responses of its
//! OpenAPI description. `after` names what fails before the handler runs (sessions, bodies),
//! `from` what the handler passes on with `?`.

use std::{collections::BTreeMap, error::Error as StdError};

use axum::http::StatusCode;
use stowage_db::DbError;
use stowage_rpc::{ErrorCode, PROBLEM_JSON, Problem};
use tracing::error;
use utoipa::openapi::{
    Content, Ref, RefOr, Response, ResponseBuilder, extensions::ExtensionsBuilder,
};

/// One thing that can stand against a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    code: ErrorCode,
    slug: &'static str,
    title: &'static str,
    status: Option<StatusCode>,
}

impl Kind {
    /// A problem with the slug and the title of its code.
    pub(crate) const fn of(code: ErrorCode) -> Self {
        Self {
            code,
            slug: code.as_str(),
            title: code.title(),
            status: None,
        }
    }

    /// A problem that programs can tell apart from others of its code.
    pub(crate) const fn named(code: ErrorCode, slug: &'static str, title: &'static str) -> Self {
        Self {
            code,
            slug,
            title,
            status: None,
        }
    }

    /// Answers with a status that is more exact than the code's own.
    pub(crate) const fn with_status(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }

    pub(crate) fn problem(self) -> Problem {
        let problem = Problem::new(self.code).named(self.slug, self.title);
        match self.status {
            Some(status) => problem.with_status(status),
            None => problem,
        }
    }

    fn status(self) -> StatusCode {
        self.status.unwrap_or_else(|| self.code.http())
    }

    fn urn(self) -> String {
        format!("urn:stowage:problem:{}", self.slug)
    }
}

/// Problems that more than one route has.
pub(crate) mod kinds {
    use super::{ErrorCode, Kind};

    pub(crate) const INVALID: Kind = Kind::of(ErrorCode::Invalid);
    pub(crate) const UNAUTHENTICATED: Kind = Kind::of(ErrorCode::Unauthenticated);
    pub(crate) const FORBIDDEN: Kind = Kind::of(ErrorCode::Forbidden);
    pub(crate) const NOT_FOUND: Kind = Kind::of(ErrorCode::NotFound);
    pub(crate) const UNAVAILABLE: Kind = Kind::of(ErrorCode::Unavailable);
    pub(crate) const TIMEOUT: Kind = Kind::of(ErrorCode::Timeout);
    pub(crate) const INTERNAL: Kind = Kind::of(ErrorCode::Internal);
    pub(crate) const NO_STORAGE: Kind =
        Kind::named(ErrorCode::NotFound, "not-found", "There is no such storage");
    pub(crate) const STORAGE_OFF: Kind = Kind::named(
        ErrorCode::Conflict,
        "storage-off",
        "The storage is off; switch it on first",
    );
    pub(crate) const NO_ASSET: Kind =
        Kind::named(ErrorCode::NotFound, "not-found", "There is no such asset");
    pub(crate) const NO_UPLOAD: Kind =
        Kind::named(ErrorCode::NotFound, "not-found", "There is no such upload");
    pub(crate) const FOREIGN_ORIGIN: Kind = Kind::named(
        ErrorCode::Forbidden,
        "foreign-origin",
        "The request did not come from Stowage's own pages",
    );
}

/// A failure that a route can answer.
pub(crate) trait Answer: Sized {
    /// Lists everything that [`Answer::problem`] can return.
    fn kinds() -> Vec<Kind>;

    fn problem(self) -> Problem;
}

impl Answer for DbError {
    fn kinds() -> Vec<Kind> {
        vec![kinds::UNAVAILABLE, kinds::INTERNAL]
    }

    fn problem(self) -> Problem {
        log(&self, "a database call failed");
        if self.is_temporary() {
            kinds::UNAVAILABLE.problem()
        } else {
            kinds::INTERNAL.problem()
        }
    }
}

/// What is wrong with the fields of a request.
#[derive(Debug, Default)]
pub(crate) struct Fields(BTreeMap<String, String>);

impl Fields {
    /// Starts with nothing wrong.
    pub(crate) fn none() -> Self {
        Self::default()
    }

    pub(crate) fn one(field: impl Into<String>, error: impl Into<String>) -> Self {
        let mut fields = Self::none();
        fields.add(field, error);
        fields
    }

    pub(crate) fn add(&mut self, field: impl Into<String>, error: impl Into<String>) {
        self.0.insert(field.into(), error.into());
    }

    /// Fails when anything is wrong.
    pub(crate) fn check(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl Answer for Fields {
    fn kinds() -> Vec<Kind> {
        vec![kinds::INVALID]
    }

    fn problem(self) -> Problem {
        let words = self.0.iter().map(|(field, error)| match field.as_str() {
            "" => error.clone(),
            field => format!("{field}: {error}"),
        });
        let detail = words.collect::<Vec<_>>().join("; ");
        let problem = kinds::INVALID.problem().with_detail(detail);
        self.0.into_iter().fold(problem, |problem, (field, error)| {
            problem.with_error(field, error)
        })
    }
}

/// Writes a failure with all its causes to the log, once, where it is handled.
pub(crate) fn log(failure: &(dyn StdError + 'static), what: &str) {
    error!(error = failure, "{what}");
}

/// Describes problems as OpenAPI responses, one a status.
pub(crate) fn responses(kinds: Vec<Kind>) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<u16, Vec<Kind>> = BTreeMap::new();
    for kind in kinds {
        let listed = by_status.entry(kind.status().as_u16()).or_default();
        if !listed.contains(&kind) {
            listed.push(kind);
        }
    }
    let response = |kinds: Vec<Kind>| {
        let mut urns: Vec<String> = kinds.iter().map(|kind| kind.urn()).collect();
        urns.sort();
        urns.dedup();
        let titles: Vec<&str> = kinds.iter().map(|kind| kind.title).collect();
        ResponseBuilder::new()
            .description(titles.join("; "))
            .content(
                PROBLEM_JSON,
                Content::new(Some(Ref::from_schema_name("Problem"))),
            )
            .extensions(Some(
                ExtensionsBuilder::new()
                    .add("x-problem-types", urns)
                    .build(),
            ))
            .build()
    };
    by_status
        .into_iter()
        .map(|(status, kinds)| (status.to_string(), RefOr::T(response(kinds))))
        .collect()
}

/// Declares what a route or an extractor answers when it fails.
macro_rules! route_error {
    (
        $(#[$meta:meta])*
        $name:ident
        $(, after [$($before:ty),+ $(,)?])?
        $(, from [$($source:ident),+ $(,)?])?
        { $($(#[$variant_meta:meta])* $variant:ident = $kind:expr),* $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Debug)]
        pub(crate) enum $name {
            $($(#[$variant_meta])* $variant,)*
            $($($source($source),)+)?
        }

        impl $crate::problem::Answer for $name {
            fn kinds() -> Vec<$crate::problem::Kind> {
                let lists: &[Vec<$crate::problem::Kind>] = &[
                    vec![$($kind),*],
                    $($(<$before as $crate::problem::Answer>::kinds(),)+)?
                    $($(<$source as $crate::problem::Answer>::kinds(),)+)?
                ];
                lists.concat()
            }

            fn problem(self) -> stowage_rpc::Problem {
                match self {
                    $(Self::$variant => $crate::problem::Kind::problem($kind),)*
                    $($(Self::$source(failure) => $crate::problem::Answer::problem(failure),)+)?
                }
            }
        }

        $($(impl From<$source> for $name {
            fn from(failure: $source) -> Self {
                Self::$source(failure)
            }
        })+)?

        impl axum::response::IntoResponse for $name {
            fn into_response(self) -> axum::response::Response {
                $crate::problem::Answer::problem(self).into_response()
            }
        }

        impl utoipa::IntoResponses for $name {
            fn responses() -> std::collections::BTreeMap<
                String,
                utoipa::openapi::RefOr<utoipa::openapi::Response>,
            > {
                $crate::problem::responses(<Self as $crate::problem::Answer>::kinds())
            }
        }
    };
}

pub(crate) use route_error;
