//! Photographs that are drawn on the spot, so that no test needs anybody's.

use std::{
    fs::{self, File},
    io::Cursor,
    path::Path,
    time::{Duration, SystemTime},
};

use image::{DynamicImage, ExtendedColorType, ImageEncoder, RgbImage, codecs::jpeg::JpegEncoder};

mod exif;

/// One picture to draw. Two with the same number are the same file.
#[derive(Debug, Clone)]
pub struct Picture {
    pub number: u32,
    pub width: u32,
    pub height: u32,
    /// As cameras write it: `2024:05:17 10:30:00`.
    pub taken: Option<String>,
    pub camera: Option<&'static str>,
}

impl Picture {
    /// A small one of its own, taken in one of the months of 2023 and 2024.
    pub fn numbered(number: u32) -> Self {
        let (year, month, day) = (2023 + number / 12 % 2, number % 12 + 1, number % 28 + 1);
        let (hour, minute) = (number % 24, number / 24 % 60);
        Self {
            number,
            width: 96,
            height: 64,
            taken: Some(format!(
                "{year}:{month:02}:{day:02} {hour:02}:{minute:02}:00"
            )),
            camera: Some(if number.is_multiple_of(2) {
                "Walden 1"
            } else {
                "Walden 2"
            }),
        }
    }

    pub fn sized(mut self, width: u32, height: u32) -> Self {
        (self.width, self.height) = (width, height);
        self
    }

    fn draw(&self) -> RgbImage {
        // A gradient whose colours come from the number, with a few hard edges in it.
        let seed = self.number.wrapping_mul(0x9e37_79b1);
        let [red, green, blue, edge] = seed.to_le_bytes();
        RgbImage::from_fn(self.width, self.height, |x, y| {
            let across = (x * 255 / self.width.max(1)) as u8;
            let down = (y * 255 / self.height.max(1)) as u8;
            let is_edge = (x + u32::from(edge)) / 16 % 2 == (y / 16) % 2;
            let lift = if is_edge { 40 } else { 0 };
            image::Rgb([
                red.wrapping_add(across).saturating_add(lift),
                green.wrapping_add(down),
                blue.saturating_add(lift),
            ])
        })
    }

    /// Returns a JPEG with its EXIF.
    pub fn jpeg(&self) -> Vec<u8> {
        let pixels = self.draw();
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, 80)
            .write_image(&pixels, self.width, self.height, ExtendedColorType::Rgb8)
            .expect("pixels can be written");
        exif::insert(&bytes, self)
    }

    pub fn png(&self) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::ImageRgb8(self.draw())
            .write_to(&mut bytes, image::ImageFormat::Png)
            .expect("pixels can be written");
        bytes.into_inner()
    }
}

/// What should become of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    Ready,
    Failed,
    Unsupported,
}

impl Fate {
    /// The word of the REST interface.
    pub const fn status(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Unsupported => "unsupported",
        }
    }
}

/// A file of an album: its path below the root, its bytes, and what should become of it.
#[derive(Debug, Clone)]
pub struct AlbumFile {
    pub path: String,
    pub bytes: Vec<u8>,
    pub fate: Fate,
}

fn file(path: impl Into<String>, bytes: Vec<u8>, fate: Fate) -> AlbumFile {
    AlbumFile {
        path: path.into(),
        bytes,
        fate,
    }
}

/// Draws `count` pictures in folders.
pub fn plain(count: u32) -> Vec<AlbumFile> {
    plain_from(0, count)
}

/// Draws `count` pictures in folders, from number `first` on.
pub fn plain_from(first: u32, count: u32) -> Vec<AlbumFile> {
    (first..first + count)
        .map(|number| {
            let picture = Picture::numbered(number);
            let folder = [
                "2023/Spring",
                "2023/Summer in Rome",
                "2024",
                "2024/At home/Garden",
            ][number as usize % 4];
            file(
                format!("{folder}/IMG_{number:05}.jpg"),
                picture.jpeg(),
                Fate::Ready,
            )
        })
        .collect()
}

/// Names that have broken other programs and that a folder and a bucket can both hold.
pub const HOSTILE_NAMES: [&str; 22] = [
    "with space.jpg",
    " leading space.jpg",
    "trailing space.jpg ",
    "percent%20%46.jpg",
    "plus+and&ampersand.jpg",
    "question?mark#hash.jpg",
    "quote\"and'apostrophe.jpg",
    "semi;colon,comma.jpg",
    "$HOME `ls` $(id).jpg",
    "-rf.jpg",
    "--help.jpg",
    "back\\slash.jpg",
    "star*bracket[1]{2}.jpg",
    "<script>alert(1)</script>.jpg",
    "'; drop table asset; --.jpg",
    "Z before a in bytes.jpg",
    "a.b/after a-dot-b.jpg",
    "a.b.jpg",
    "caf\u{e9} composed.jpg",
    "cafe\u{301} decomposed.jpg",
    "\u{1f4f7} \u{5199}\u{771f} \u{641}\u{64a}\u{644}\u{645}.jpg",
    "no extension",
];

/// Draws pictures under names that are hard to carry.
pub fn hostile() -> Vec<AlbumFile> {
    let names = HOSTILE_NAMES.iter().enumerate();
    names
        .map(|(number, name)| {
            let picture = Picture::numbered(10_000 + number as u32);
            file(format!("odd names/{name}"), picture.jpeg(), Fate::Ready)
        })
        .collect()
}

/// Files that are no pictures, or no longer.
pub fn broken() -> Vec<AlbumFile> {
    let picture = Picture::numbered(20_000).sized(320, 240);
    let jpeg = picture.jpeg();
    // The signature of a PNG, then nonsense where its header should be.
    let mut nonsense = picture.png();
    for byte in nonsense.iter_mut().skip(8).take(40) {
        *byte = 0xa5;
    }
    vec![
        file("broken/header only.jpg", jpeg[..24].to_vec(), Fate::Failed),
        file("broken/nonsense inside.png", nonsense, Fate::Failed),
        file("broken/empty.jpg", Vec::new(), Fate::Failed),
        file(
            "documents/notes.txt",
            b"Not a picture at all.\n".to_vec(),
            Fate::Unsupported,
        ),
        file(
            "documents/archive.zip",
            b"PK\x03\x04and so on".to_vec(),
            Fate::Unsupported,
        ),
    ]
}

/// Draws an album with a bit of everything: plain pictures, hard names, another format, broken and
/// unsupported files.
pub fn mixed() -> Vec<AlbumFile> {
    let mut files = plain(12);
    files.push(file(
        "2024/drawing.png",
        Picture::numbered(500).png(),
        Fate::Ready,
    ));
    let large = Picture::numbered(501).sized(2_800, 2_000);
    files.push(file("2024/large.jpg", large.jpeg(), Fate::Ready));
    files.extend(hostile());
    files.extend(broken());
    files
}

/// Writes a file as if it had been there for long: nobody waits for it to settle.
pub fn write_old(path: &Path, bytes: &[u8]) {
    write_aged(path, bytes, Duration::from_hours(30 * 24));
}

/// Writes a file that was last changed `age` ago.
pub fn write_aged(path: &Path, bytes: &[u8], age: Duration) {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .unwrap_or_else(|error| panic!("no folder {}: {error}", folder.display()));
    }
    let write = || {
        fs::write(path, bytes)?;
        File::options()
            .write(true)
            .open(path)?
            .set_modified(SystemTime::now() - age)
    };
    write().unwrap_or_else(|error| panic!("could not write {}: {error}", path.display()));
}
