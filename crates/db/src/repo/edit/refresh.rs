//! What follows from a file's metadata, its tags and people's edits: order, month, search.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{QueryResult, Value};
use stowage_domain::{AssetId, EditField, Timestamp, overlay, wall_clock, words};
use uuid::Uuid;

use super::{Edits, SHOWN_TAG, value_of};
use crate::{
    DbError,
    repo::column::{places, word},
};

/// Counts up when words are made another way; the next migration run makes them anew.
const WORDS_VERSION: i32 = 1;

/// Assets whose words are made in one transaction, and in one statement.
const BATCH: usize = 200;

/// Words of one asset that are found.
const MOST_WORDS: usize = 1_000;

/// Words in one statement, three values each: SQLite takes at most 32,766.
const WORDS_PER_STATEMENT: usize = 5_000;

/// Texts of the metadata that search looks through, beside the names and the tags.
const SEARCHED: [&str; 8] = [
    "title",
    "description",
    "creator",
    "copyright",
    "lens",
    "city",
    "state",
    "country",
];

/// What an asset is made of, before anything is concluded.
struct Sources {
    id: AssetId,
    workspace: Uuid,
    name: String,
    folder: Option<String>,
    camera: Option<String>,
    metadata: String,
    file_taken_at: Option<i64>,
    file_sort_at: i64,
    search_text: String,
    words_version: i32,
}

/// What counts.
struct Effective {
    taken_at: Option<i64>,
    sort_at: i64,
    search_text: String,
}

type Edited = Vec<(EditField, serde_json::Value)>;

impl Edits<'_> {
    /// Brings everything up to date that depends on files, tags and edits of these assets.
    pub async fn refresh(&self, ids: &[AssetId]) -> Result<(), DbError> {
        for batch in ids.chunks(BATCH) {
            let sources = self.sources(batch).await?;
            let (mut edits, mut tags) = (self.edited(batch).await?, self.shown_tags(batch).await?);
            let mut rewritten = Vec::new();
            for source in &sources {
                let edited = edits.remove(&source.id).unwrap_or_default();
                let tags = tags.remove(&source.id).unwrap_or_default();
                let effective = Effective::of(source, &edited, &tags);
                self.write(source, &effective).await?;
                if effective.search_text != source.search_text
                    || source.words_version != WORDS_VERSION
                {
                    rewritten.push((source, effective.search_text));
                }
            }
            self.write_words(&rewritten).await?;
        }
        Ok(())
    }

    /// Makes the words of assets that have none of this version; returns whether there are more.
    pub(crate) async fn refresh_outdated(&self) -> Result<bool, DbError> {
        let sql = format!("select id from asset where words_version < $1 limit {BATCH}");
        let rows = self.0.rows(&sql, [WORDS_VERSION.into()]).await?;
        let ids = rows.iter().map(|row| row.try_get::<Uuid>("", "id"));
        let ids: Vec<AssetId> = ids
            .map(|id| Ok(id?.into()))
            .collect::<Result<_, DbError>>()?;
        self.refresh(&ids).await?;
        Ok(ids.len() == BATCH)
    }

    /// Makes an asset look like one of a release that knew no words.
    #[doc(hidden)]
    pub async fn forget_words(&self, id: AssetId) -> Result<(), DbError> {
        let sql = "delete from asset_word where asset_id = $1";
        self.0.execute(sql, [id.0.into()]).await?;
        let sql = "update asset set words_version = 0, search_text = '', file_taken_at = null, \
                   file_sort_at = null where id = $1";
        self.0.execute(sql, [id.0.into()]).await?;
        Ok(())
    }

    async fn sources(&self, ids: &[AssetId]) -> Result<Vec<Sources>, DbError> {
        let sql = format!(
            "select id, workspace_id, name, folder, camera, metadata, taken_at, sort_at, \
             file_taken_at, file_sort_at, search_text, words_version from asset where id in ({}) order by id{}",
            places(1, ids.len()),
            self.0.dialect.lock_rows()
        );
        let rows = self.0.rows(&sql, values_of(ids)).await?;
        rows.iter().map(Sources::of).collect()
    }

    async fn edited(&self, ids: &[AssetId]) -> Result<HashMap<AssetId, Edited>, DbError> {
        let sql = format!(
            "select asset_id, field, value from asset_field where asset_id in ({})",
            places(1, ids.len())
        );
        let mut edits: HashMap<AssetId, Edited> = HashMap::new();
        for row in &self.0.rows(&sql, values_of(ids)).await? {
            let value = value_of(&row.try_get::<String>("", "value")?);
            let of = edits.entry(asset_of(row)?).or_default();
            of.push((word(row, "asset_field", "field")?, value));
        }
        Ok(edits)
    }

    async fn shown_tags(&self, ids: &[AssetId]) -> Result<HashMap<AssetId, Vec<String>>, DbError> {
        let sql = format!(
            "select distinct t.asset_id, t.name from asset_tag t where t.asset_id in ({}) \
             and {SHOWN_TAG} order by t.asset_id, t.name",
            places(1, ids.len())
        );
        let mut tags: HashMap<AssetId, Vec<String>> = HashMap::new();
        for row in &self.0.rows(&sql, values_of(ids)).await? {
            let of = tags.entry(asset_of(row)?).or_default();
            of.push(row.try_get("", "name")?);
        }
        Ok(tags)
    }

    async fn write(&self, source: &Sources, effective: &Effective) -> Result<(), DbError> {
        let sql = format!(
            "update asset set taken_at = $2, sort_at = $3, month = $4, search_text = $5, \
             file_taken_at = $6, file_sort_at = $7, words_version = {WORDS_VERSION} where id = $1"
        );
        let values = [
            source.id.0.into(),
            effective.taken_at.into(),
            effective.sort_at.into(),
            Timestamp(effective.sort_at).month().into(),
            effective.search_text.clone().into(),
            source.file_taken_at.into(),
            source.file_sort_at.into(),
        ];
        self.0.execute(&sql, values).await?;
        Ok(())
    }

    async fn write_words(&self, assets: &[(&Sources, String)]) -> Result<(), DbError> {
        if assets.is_empty() {
            return Ok(());
        }
        let ids: Vec<AssetId> = assets.iter().map(|(source, _)| source.id).collect();
        let sql = format!(
            "select asset_id, word from asset_word where asset_id in ({})",
            places(1, ids.len())
        );
        let mut known: HashMap<AssetId, BTreeSet<String>> = HashMap::new();
        for row in &self.0.rows(&sql, values_of(&ids)).await? {
            let of = known.entry(asset_of(row)?).or_default();
            of.insert(row.try_get("", "word")?);
        }
        let mut new: Vec<Value> = Vec::new();
        for (source, text) in assets {
            let all = text.split_whitespace().map(str::to_owned);
            let wanted: BTreeSet<String> = all.take(MOST_WORDS).collect();
            let known = known.remove(&source.id).unwrap_or_default();
            let gone: Vec<&String> = known.difference(&wanted).collect();
            if !gone.is_empty() {
                let sql = format!(
                    "delete from asset_word where asset_id = $1 and word in ({})",
                    places(2, gone.len())
                );
                let mut values: Vec<Value> = vec![source.id.0.into()];
                values.extend(gone.into_iter().map(|word| Value::from(word.clone())));
                self.0.execute(&sql, values).await?;
            }
            for word in wanted.difference(&known) {
                new.extend([
                    source.workspace.into(),
                    word.clone().into(),
                    source.id.0.into(),
                ]);
            }
        }
        for chunk in new.chunks(WORDS_PER_STATEMENT * 3) {
            let rows = (0..chunk.len() / 3).map(|row| format!("({})", places(row * 3 + 1, 3)));
            let sql = format!(
                "insert into asset_word (workspace_id, word, asset_id) values {} \
                 on conflict do nothing",
                rows.collect::<Vec<_>>().join(", ")
            );
            self.0.execute(&sql, chunk.to_vec()).await?;
        }
        Ok(())
    }
}

impl Sources {
    fn of(row: &QueryResult) -> Result<Self, DbError> {
        let words_version: i32 = row.try_get("", "words_version")?;
        let mut file_taken_at: Option<i64> = row.try_get("", "file_taken_at")?;
        let file_sort_at: Option<i64> = row.try_get("", "file_sort_at")?;
        if words_version == 0 {
            // Nobody could have edited it yet: all that it says is the file's.
            file_taken_at = file_taken_at.or(row.try_get("", "taken_at")?);
        }
        Ok(Self {
            id: row.try_get::<Uuid>("", "id")?.into(),
            workspace: row.try_get("", "workspace_id")?,
            name: row.try_get("", "name")?,
            folder: row.try_get("", "folder")?,
            camera: row.try_get("", "camera")?,
            metadata: row.try_get("", "metadata")?,
            file_taken_at,
            file_sort_at: file_sort_at.map_or_else(|| row.try_get("", "sort_at"), Ok)?,
            search_text: row.try_get("", "search_text")?,
            words_version,
        })
    }
}

impl Effective {
    fn of(source: &Sources, edits: &Edited, tags: &[String]) -> Self {
        let mut metadata = match value_of(&source.metadata) {
            serde_json::Value::Object(fields) => fields,
            _ => serde_json::Map::new(),
        };
        overlay(
            &mut metadata,
            edits.iter().map(|(field, value)| (*field, value)),
        );
        let taken = edits.iter().find(|(field, _)| *field == EditField::TakenAt);
        let taken = taken
            .and_then(|(_, value)| wall_clock(value))
            .map(Timestamp::micros);
        let texts = SEARCHED
            .iter()
            .filter_map(|key| metadata.get(*key)?.as_str());
        let searched = std::iter::once(source.name.as_str())
            .chain(tags.iter().map(String::as_str))
            .chain(source.folder.iter().flat_map(|folder| folder.split('/')))
            .chain(source.camera.as_deref())
            .chain(texts);
        Self {
            taken_at: taken.or(source.file_taken_at),
            sort_at: taken.unwrap_or(source.file_sort_at),
            search_text: words::searchable(searched),
        }
    }
}

fn asset_of(row: &QueryResult) -> Result<AssetId, DbError> {
    Ok(row.try_get::<Uuid>("", "asset_id")?.into())
}

fn values_of(ids: &[AssetId]) -> Vec<Value> {
    ids.iter().map(|id| id.0.into()).collect()
}
