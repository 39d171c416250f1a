//! The reference of all settings, generated from the sections themselves.

use std::fmt::Write as _;

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use crate::Config;

/// Returns the JSON schema of a binary's settings, for editors and the chart.
pub fn json_schema<C: Config>() -> Value {
    let mut schema = inlined::<C>();
    schema["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    add_file_companions(&mut schema);
    schema
}

/// Returns the settings as Markdown: one table per section, in the order of the struct.
pub fn markdown<C: Config>() -> String {
    let schema = inlined::<C>();
    let mut page = String::new();
    for (section, shape) in properties(&schema) {
        let _ = writeln!(page, "## `[{section}]`\n");
        if let Some(text) = shape["description"].as_str() {
            let _ = writeln!(page, "{text}\n");
        }
        let alternatives = shape["oneOf"]
            .as_array()
            .or_else(|| shape["anyOf"].as_array());
        match alternatives {
            Some(alternatives) => {
                for alternative in alternatives {
                    if let Some(text) = alternative["description"].as_str() {
                        let _ = writeln!(page, "{text}\n");
                    }
                    table(&mut page, section, alternative);
                }
            }
            None => table(&mut page, section, shape),
        }
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

fn inlined<C: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft07()
        .for_deserialize()
        .with(|s| s.inline_subschemas = true);
    settings
        .into_generator()
        .into_root_schema_for::<C>()
        .to_value()
}

fn properties(schema: &Value) -> impl Iterator<Item = (&str, &Value)> {
    schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(k, v)| (k.as_str(), v))
}

fn table(page: &mut String, section: &str, shape: &Value) {
    page.push_str("| Key | Type | Default | Environment | What it does |\n");
    page.push_str("| --- | --- | --- | --- | --- |\n");
    rows(page, section, "", shape);
    page.push('\n');
}

fn rows(page: &mut String, section: &str, prefix: &str, shape: &Value) {
    for (field, schema) in properties(shape) {
        let key = format!("{prefix}{field}");
        let is_table = schema["properties"].is_object() && schema["writeOnly"] != json!(true);
        if is_table {
            rows(page, section, &format!("{key}."), schema);
            continue;
        }
        let variable = format!("STOWAGE_{}__{}", section, key.replace('.', "__")).to_uppercase();
        let text = schema["description"]
            .as_str()
            .unwrap_or_default()
            .replace('\n', " ");
        let _ = writeln!(
            page,
            "| `{key}` | {} | {} | `{variable}` | {} |",
            type_of(schema),
            default_of(schema),
            text.replace('|', "\\|"),
        );
    }
}

fn type_of(schema: &Value) -> String {
    if schema["writeOnly"] == json!(true) {
        return "secret (also `…_file`)".to_owned();
    }
    if let Some(word) = schema["const"].as_str() {
        return format!("`{word}`");
    }
    if let Some(words) = schema["enum"].as_array() {
        return one_of(words.iter().filter_map(Value::as_str));
    }
    if let Some(words) = schema["oneOf"]
        .as_array()
        .or_else(|| schema["anyOf"].as_array())
    {
        let consts: Vec<&str> = words.iter().filter_map(|w| w["const"].as_str()).collect();
        if consts.len() == words.len() {
            return one_of(consts.into_iter());
        }
        let types: Vec<String> = words
            .iter()
            .filter(|w| w["type"] != "null")
            .map(type_of)
            .collect();
        return types.join(" or ");
    }
    match &schema["type"] {
        Value::String(word) if word == "array" => format!("list of {}", type_of(&schema["items"])),
        Value::String(word) if word == "object" => "table".to_owned(),
        Value::String(word) => word.clone(),
        Value::Array(words) => {
            let words: Vec<&str> = words
                .iter()
                .filter_map(Value::as_str)
                .filter(|w| *w != "null")
                .collect();
            words.join(" or ")
        }
        _ => "any".to_owned(),
    }
}

fn one_of<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(" or ")
}

fn default_of(schema: &Value) -> String {
    match &schema["default"] {
        Value::Null => "–".to_owned(),
        Value::String(text) if text.is_empty() => "empty".to_owned(),
        Value::String(text) => format!("`\"{text}\"`"),
        other => format!("`{other}`"),
    }
}

/// Declares `url_file` beside every secret `url`.
fn add_file_companions(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Object(properties)) = object.get_mut("properties") {
                let companions = companions_of(properties);
                properties.extend(companions);
            }
            object.values_mut().for_each(add_file_companions);
        }
        Value::Array(items) => items.iter_mut().for_each(add_file_companions),
        _ => {}
    }
}

fn companions_of(properties: &Map<String, Value>) -> Map<String, Value> {
    let secrets = properties
        .iter()
        .filter(|(_, schema)| schema["writeOnly"] == json!(true));
    secrets
        .map(|(name, _)| {
            let text = format!("A file that holds `{name}`.");
            (
                format!("{name}_file"),
                json!({ "type": "string", "description": text }),
            )
        })
        .collect()
}
