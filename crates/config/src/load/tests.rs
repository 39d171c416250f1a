use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use crate as stowage_config;
use crate::{Config as _, ConfigError, Secret, Section, Sources, load, reference};

/// Where it listens.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct DoorConfig {
    /// The address to listen on.
    listen: SocketAddr,
    /// How long to wait.
    #[serde(with = "stowage_config::duration")]
    #[schemars(with = "String")]
    wait: Duration,
    /// How many at once.
    width: u16,
    /// Who may enter.
    key: Secret,
    /// Which names are known.
    names: Vec<String>,
    /// Extra labels.
    labels: BTreeMap<String, String>,
    /// What it is made of.
    material: Material,
}

#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Material {
    Wood,
    Steel { gauge: u8 },
}

impl Default for DoorConfig {
    fn default() -> Self {
        Self {
            listen: ([127, 0, 0, 1], 9090).into(),
            wait: Duration::from_secs(30),
            width: 4,
            key: Secret::default(),
            names: Vec::new(),
            labels: BTreeMap::new(),
            material: Material::Wood,
        }
    }
}

impl Section for DoorConfig {
    const NAME: &'static str = "gateway";

    fn validate(&self) -> Result<(), ConfigError> {
        if self.width == 0 {
            return Err(ConfigError::invalid("gateway.width", "must be at least 1"));
        }
        Ok(())
    }
}

stowage_config::config! {
    struct House {
        gateway: DoorConfig,
    }
}

fn refusal(sources: Sources) -> String {
    load::<House>(&sources)
        .expect_err("the settings should be refused")
        .to_string()
}

#[test]
fn later_layers_win() {
    let sources = Sources::empty()
        .with_embedded("defaults.toml", "[gateway]\nwidth = 5\nwait = '1s'")
        .with_embedded("profile", "[gateway]\nwidth = 6")
        .with_variable("STOWAGE_GATEWAY__WAIT", "2m");

    let house: House = load(&sources).unwrap();

    assert_eq!(house.gateway.width, 6);
    assert_eq!(house.gateway.wait, Duration::from_mins(2));
    assert_eq!(house.gateway.listen.port(), 9090);
}

#[test]
fn variables_are_read_as_the_type_of_their_key() {
    let sources = Sources::empty()
        .with_variable("STOWAGE_GATEWAY__WIDTH", "7")
        .with_variable("STOWAGE_GATEWAY__KEY", "0123")
        .with_variable("STOWAGE_GATEWAY__NAMES", r#"["a", "b"]"#)
        .with_variable("STOWAGE_GATEWAY__MATERIAL__KIND", "steel")
        .with_variable("STOWAGE_GATEWAY__MATERIAL__GAUGE", "3")
        .with_variable("STOWAGE_GATEWAY__LABELS__COLOUR", "12");

    let house: House = load(&sources).unwrap();

    assert_eq!(house.gateway.width, 7);
    assert_eq!(house.gateway.key.expose(), "0123");
    assert_eq!(house.gateway.names, ["a", "b"]);
    assert_eq!(house.gateway.labels["colour"], "12");
    assert!(matches!(
        house.gateway.material,
        Material::Steel { gauge: 3 }
    ));
}

#[test]
fn an_unknown_key_is_named_with_its_layer_and_the_nearest_one() {
    let text = refusal(Sources::empty().with_embedded("profile", "[gateway]\nlisen = ':80'"));

    assert_eq!(
        text,
        "unknown key `gateway.lisen` in the embedded profile; did you mean `gateway.listen`?"
    );
}

#[test]
fn an_unknown_variable_is_named() {
    let text = refusal(Sources::empty().with_variable("STOWAGE_GATEWAY__COLOUR", "red"));

    assert_eq!(
        text,
        "unknown key `gateway.colour` in the environment variable STOWAGE_GATEWAY__COLOUR"
    );
}

#[test]
fn an_unknown_section_is_refused_and_another_services_section_is_passed_over() {
    let other = Sources::empty().with_embedded("file", "[thumbnailer]\nanything = 1");
    let slip = Sources::empty().with_embedded("file", "[gatway]\nwidth = 1");

    assert!(load::<House>(&other).is_ok());
    assert!(refusal(slip).contains("did you mean `gateway`"));
}

#[test]
fn a_bad_value_is_named_with_its_layer() {
    let sources = Sources::empty()
        .with_embedded("defaults.toml", "[gateway]\nwidth = 5")
        .with_variable("STOWAGE_GATEWAY__WIDTH", "wide");

    let text = refusal(sources);

    assert!(
        text.starts_with("bad value for `gateway.width` in the environment variable"),
        "{text}"
    );
}

#[test]
fn a_refused_value_is_named_with_its_layer() {
    let text = refusal(Sources::empty().with_embedded("profile", "[gateway]\nwidth = 0"));

    assert_eq!(
        text,
        "bad value for `gateway.width` in the embedded profile: must be at least 1"
    );
}

#[test]
fn a_variable_without_a_section_is_no_setting() {
    let sources = Sources::empty().with_variable("STOWAGE_REQUIRE_ALL_BACKENDS", "1");

    assert!(load::<House>(&sources).is_ok());
}

#[test]
fn a_secret_is_read_from_its_companion_file() {
    let folder = std::env::temp_dir().join(format!("stowage-config-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("key");
    std::fs::write(&file, "hunter2\n").unwrap();
    let path = file.to_str().unwrap();

    let by_variable: House =
        load(&Sources::empty().with_variable("STOWAGE_GATEWAY__KEY_FILE", path)).unwrap();
    let missing =
        refusal(Sources::empty().with_variable("STOWAGE_GATEWAY__KEY_FILE", "/nowhere/at/all"));

    assert_eq!(by_variable.gateway.key.expose(), "hunter2");
    assert!(missing.contains("`gateway.key`"), "{missing}");
    assert!(missing.contains("/nowhere/at/all"), "{missing}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_secret_and_its_companion_in_one_layer_are_refused() {
    let text =
        refusal(Sources::empty().with_embedded("file", "[gateway]\nkey = 'a'\nkey_file = '/b'"));

    assert!(text.contains("give one of the two"), "{text}");
}

#[test]
fn the_reference_tells_every_key_its_default_and_its_variable() {
    let page = reference::markdown::<House>();

    assert!(page.contains("## `[gateway]`"), "{page}");
    assert!(
        page.contains(
            "| `wait` | string | `\"30s\"` | `STOWAGE_GATEWAY__WAIT` | How long to wait. |"
        ),
        "{page}"
    );
    assert!(page.contains("secret (also `…_file`)"), "{page}");
}

#[test]
fn the_schema_declares_the_companions_of_secrets() {
    let schema = reference::json_schema::<House>();

    let door = &schema["properties"]["gateway"]["properties"];
    assert!(
        door["key"].is_object() && door["key_file"].is_object(),
        "{schema}"
    );
    assert!(House::default().validate().is_ok());
}
