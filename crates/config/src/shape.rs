//! What settings look like: the JSON schema of a binary's `Config`, asked by key.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value;

/// The schema of a `Config`, with all references replaced by what they mean.
pub(crate) struct Shape(Value);

/// What stands at one key: several schemas where an enum of sections has several shapes.
#[derive(Clone)]
pub(crate) struct Place<'a>(Vec<&'a Value>);

impl Shape {
    pub(crate) fn of<C: JsonSchema>() -> Self {
        let settings = SchemaSettings::draft07().for_deserialize().with(|s| {
            s.inline_subschemas = true;
        });
        Self(
            settings
                .into_generator()
                .into_root_schema_for::<C>()
                .to_value(),
        )
    }

    pub(crate) fn root(&self) -> Place<'_> {
        let mut found = Vec::new();
        collect(&self.0, &mut found);
        Place(found)
    }
}

/// Adds `schema` and every alternative in it.
fn collect<'a>(schema: &'a Value, found: &mut Vec<&'a Value>) {
    found.push(schema);
    for word in ["oneOf", "anyOf", "allOf"] {
        for alternative in schema[word].as_array().into_iter().flatten() {
            collect(alternative, found);
        }
    }
}

impl<'a> Place<'a> {
    /// Returns what stands below `key`, none when nothing may.
    pub(crate) fn below(&self, key: &str) -> Option<Place<'a>> {
        let mut found = Vec::new();
        for &schema in &self.0 {
            if let Some(property) = schema["properties"].get(key) {
                collect(property, &mut found);
            } else if schema["additionalProperties"].is_object() {
                collect(&schema["additionalProperties"], &mut found);
            }
        }
        (!found.is_empty()).then_some(Place(found))
    }

    /// Returns whether keys that nobody declared are refused here.
    pub(crate) fn is_closed(&self) -> bool {
        let is_refusing = |schema: &&Value| schema["additionalProperties"] == Value::Bool(false);
        let takes_any = |schema: &&Value| {
            schema["type"] == "object"
                && schema.get("properties").is_none()
                && !schema["additionalProperties"].is_boolean()
        };
        self.0.iter().any(is_refusing) && !self.0.iter().any(takes_any)
    }

    pub(crate) fn is_secret(&self) -> bool {
        self.0
            .iter()
            .any(|schema| schema["writeOnly"] == Value::Bool(true))
    }

    /// Returns whether a value of this JSON type may stand here.
    pub(crate) fn takes(&self, json_type: &str) -> bool {
        self.0.iter().any(|schema| match &schema["type"] {
            Value::String(one) => one == json_type,
            Value::Array(several) => several.iter().any(|one| one == json_type),
            _ => false,
        })
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter_map(|schema| schema["properties"].as_object())
            .flat_map(|properties| properties.keys().map(String::as_str))
    }
}
