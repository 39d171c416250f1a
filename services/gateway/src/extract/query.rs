//! Query strings: names that are known, values that fit, and lists by repetition.

use std::{borrow::Cow, fmt::Display};

use axum::{extract::FromRequestParts, http::request::Parts};
use serde::{
    Deserializer,
    de::{
        DeserializeOwned, Error as _, IntoDeserializer, Visitor, value::Error as ValueError,
        value::MapDeserializer, value::SeqDeserializer,
    },
    forward_to_deserialize_any,
};
use url::form_urlencoded;

use crate::problem::{Fields, route_error};

/// Takes parameters out of the query.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

route_error! {
    /// A query that cannot be taken.
    QueryError, from [Fields] {}
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = QueryError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, QueryError> {
        Ok(Self(parse(parts.uri.query().unwrap_or_default())?))
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Fields> {
    let mut fields: Vec<(Cow<str>, Vec<Cow<str>>)> = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match fields.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => fields.push((name, vec![value])),
        }
    }
    let pairs = fields
        .into_iter()
        .map(|(name, values)| (name.clone(), Values { name, values }));
    let deserializer = MapDeserializer::<_, ValueError>::new(pairs);
    T::deserialize(deserializer).map_err(|error| told(&error.to_string()))
}

/// Words an error; ours say which parameter they are about.
fn told(text: &str) -> Fields {
    if let Some((field, error)) = text.split_once(MARK) {
        return Fields::one(field, error);
    }
    match text
        .strip_prefix("unknown field `")
        .and_then(|rest| rest.split_once('`'))
    {
        Some((field, known)) => Fields::one(field, format!("is not known here{known}")),
        None => Fields::one("", text),
    }
}

/// Stands between the parameter's name and what is wrong with it.
const MARK: char = '\u{1}';

/// Everything that was given for one name.
#[derive(Debug)]
struct Values<'a> {
    name: Cow<'a, str>,
    values: Vec<Cow<'a, str>>,
}

impl Values<'_> {
    fn wrong(&self, what: impl Display) -> ValueError {
        ValueError::custom(format!("{}{MARK}{what}", self.name))
    }

    fn one(&self) -> Result<&str, ValueError> {
        match self.values.as_slice() {
            [value] => Ok(value),
            _ => Err(self.wrong("was given more than once")),
        }
    }
}

impl<'de> IntoDeserializer<'de, ValueError> for Values<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! parsed {
    ($($method:ident => $visit:ident: $kind:ty, $expected:literal;)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
            match self.one()?.parse::<$kind>() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(self.wrong($expected)),
            }
        }
    )+};
}

impl<'de> Deserializer<'de> for Values<'de> {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        let value = self.one()?;
        visitor
            .visit_str(value)
            .map_err(|error: ValueError| self.wrong(error))
    }

    parsed! {
        deserialize_bool => visit_bool: bool, "must be true or false";
        deserialize_u16 => visit_u16: u16, "must be a whole number";
        deserialize_u32 => visit_u32: u32, "must be a whole number";
        deserialize_u64 => visit_u64: u64, "must be a whole number";
        deserialize_i64 => visit_i64: i64, "must be a whole number";
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        // A filter that a form left empty is no filter.
        if self.values.iter().all(|value| value.is_empty()) {
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_seq(SeqDeserializer::new(self.values.into_iter()))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        let value = self.one()?.to_owned();
        let variant: serde::de::value::StringDeserializer<ValueError> = value.into_deserializer();
        visitor
            .visit_enum(variant)
            .map_err(|error| self.wrong(error))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple
        tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use stowage_domain::Access;
    use uuid::Uuid;

    use super::*;
    use crate::problem::Answer;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Filter {
        limit: Option<u32>,
        tag: Vec<String>,
        access: Option<Access>,
        id: Option<Uuid>,
        q: Option<String>,
    }

    fn refused(query: &str) -> std::collections::BTreeMap<String, String> {
        parse::<Filter>(query).unwrap_err().problem().errors
    }

    #[test]
    fn takes_lists_words_and_numbers() {
        let id = Uuid::from_u128(7);
        let filter: Filter = parse(&format!(
            "limit=5&tag=Rome%20%26+sea&tag=b&access=read_only&id={id}&q="
        ))
        .unwrap();
        assert_eq!(
            filter,
            Filter {
                limit: Some(5),
                tag: vec!["Rome & sea".into(), "b".into()],
                access: Some(Access::ReadOnly),
                id: Some(id),
                q: None,
            }
        );
        assert_eq!(parse::<Filter>("").unwrap(), Filter::default());
    }

    #[test]
    fn names_the_parameter_that_is_wrong() {
        assert_eq!(refused("limit=many")["limit"], "must be a whole number");
        assert_eq!(
            refused("limit=1&limit=2")["limit"],
            "was given more than once"
        );
        assert!(refused("access=all")["access"].contains("read_only"));
        assert!(refused("id=7").contains_key("id"));
        assert!(refused("size=7")["size"].starts_with("is not known here"));
    }
}
