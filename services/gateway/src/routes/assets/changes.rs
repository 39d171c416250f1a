//! What people change of assets: the shape that editing one and editing many share.

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use stowage_db::{DbError, Tx};
use stowage_domain::{AssetId, EditField, FieldChange, UserId, tag_name};
use utoipa::ToSchema;

use crate::problem::Fields;

/// Tags that one request may add or remove.
const MOST_TAGS: usize = 50;

/// What to change; what is left out stays. `null` takes a person's value back, so that the file's
/// shows again; an empty text says that there is none, whatever the file says.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AssetChanges {
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 500)]
    title: Option<Value>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 10000)]
    description: Option<Value>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 500)]
    creator: Option<Value>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 500)]
    copyright: Option<Value>,
    /// The clock on the wall where it was taken. The gallery sorts by it.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, examples("2024-05-03T12:00:00"))]
    taken_at: Option<Value>,
    #[serde(deserialize_with = "given_place")]
    #[schema(value_type = Option<NewPlace>)]
    gps: Option<Value>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 500)]
    city: Option<Value>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 500)]
    state: Option<Value>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 500)]
    country: Option<Value>,
    /// -1 (rejected) to 5.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<i32>, minimum = -1, maximum = 5)]
    rating: Option<Value>,
    /// Tags to put on as a person's own; one that was hidden shows again.
    #[schema(max_items = 50)]
    add_tags: Vec<String>,
    /// Tags to take off; one of the file or its folders is hidden and stays so.
    #[schema(max_items = 50)]
    remove_tags: Vec<String>,
}

/// A place on Earth.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPlace {
    /// Degrees north.
    #[schema(minimum = -90, maximum = 90)]
    latitude: f64,
    /// Degrees east.
    #[schema(minimum = -180, maximum = 180)]
    longitude: f64,
    /// Metres above the sea.
    altitude: Option<f64>,
}

/// Changes that were found good.
#[derive(Debug, Default)]
pub(super) struct Checked {
    fields: Vec<FieldChange>,
    add: Vec<String>,
    remove: Vec<String>,
}

impl AssetChanges {
    /// Checks everything, and tells all that is wrong at once; `below` is where the changes lie in
    /// the request.
    pub(super) fn checked(self, below: &str) -> Result<Checked, Fields> {
        let (mut wrong, mut checked) = (Fields::none(), Checked::default());
        for (field, value) in [
            (EditField::Title, self.title),
            (EditField::Description, self.description),
            (EditField::Creator, self.creator),
            (EditField::Copyright, self.copyright),
            (EditField::TakenAt, self.taken_at),
            (EditField::Gps, self.gps),
            (EditField::City, self.city),
            (EditField::State, self.state),
            (EditField::Country, self.country),
            (EditField::Rating, self.rating),
        ] {
            let Some(value) = value else { continue };
            match FieldChange::new(field, Some(value).filter(|value| !value.is_null())) {
                Ok(change) => checked.fields.push(change),
                Err(error) => wrong.add(format!("{below}{field}"), error.to_string()),
            }
        }
        for (name, tags, good) in [
            ("add_tags", self.add_tags, &mut checked.add),
            ("remove_tags", self.remove_tags, &mut checked.remove),
        ] {
            match tags_of(&tags) {
                Ok(tags) => *good = tags,
                Err(error) => wrong.add(format!("{below}{name}"), error),
            }
        }
        if let Some(tag) = checked.add.iter().find(|tag| checked.remove.contains(tag)) {
            let error = format!("{tag:?} is to be added and removed at once");
            wrong.add(format!("{below}remove_tags"), error);
        }
        wrong.check()?;
        Ok(checked)
    }
}

impl Checked {
    /// Applies the changes to those of the assets that there are, and returns these. Of two
    /// requests for one field the later one stays.
    pub(super) async fn apply(
        &self,
        tx: &Tx,
        ids: &[AssetId],
        by: UserId,
    ) -> Result<Vec<AssetId>, DbError> {
        let edits = tx.edits();
        let found = edits.lock(ids).await?;
        for change in &self.fields {
            edits.set(&found, change, by).await?;
        }
        for tag in &self.add {
            edits.add_tag(&found, tag, by).await?;
        }
        for tag in &self.remove {
            edits.remove_tag(&found, tag, by).await?;
        }
        edits.refresh(&found).await?;
        Ok(found)
    }
}

fn tags_of(tags: &[String]) -> Result<Vec<String>, String> {
    if tags.len() > MOST_TAGS {
        return Err(format!("must have at most {MOST_TAGS} tags"));
    }
    let mut good: Vec<String> = Vec::new();
    for tag in tags {
        let name = tag_name(tag).map_err(|error| format!("{tag:?} {error}"))?;
        if !good.contains(&name) {
            good.push(name);
        }
    }
    Ok(good)
}

/// Tells a field that is null from one that was left out.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// As `given`, and a place has the shape of one.
fn given_place<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    let place = Option::<NewPlace>::deserialize(deserializer)?;
    Ok(Some(place.map_or(Value::Null, |place| {
        json!({ "latitude": place.latitude, "longitude": place.longitude,
            "altitude": place.altitude })
    })))
}
