//! The directories of a raw file that is built as a TIFF.

/// Directories looked at, and entries of each, at most.
const MAX_DIRECTORIES: usize = 32;
const MAX_ENTRIES: usize = 1000;

const COMPRESSION: u16 = 0x0103;
const PHOTOMETRIC: u16 = 0x0106;
const STRIP_OFFSETS: u16 = 0x0111;
const STRIP_LENGTHS: u16 = 0x0117;
const SUB_DIRECTORIES: u16 = 0x014a;
const JPEG_OFFSET: u16 = 0x0201;
const JPEG_LENGTH: u16 = 0x0202;
/// Panasonic's, whose count is the length.
const PANASONIC_JPEG: u16 = 0x002e;

/// One colour a pixel, as sensors have it; and the same with the gaps filled.
const SENSOR_PHOTOMETRICS: [u32; 2] = [32_803, 34_892];
const JPEG_COMPRESSIONS: [u32; 2] = [6, 7];

#[derive(Default)]
struct Directory {
    photometric: u32,
    compression: u32,
    jpeg: (Option<u32>, Option<u32>),
    strip: (Option<u32>, Option<u32>),
    panasonic: Option<(u32, u32)>,
}

/// Returns where the directories say that JPEGs are, and how long these are.
pub(super) fn previews(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for directory in directories(bytes) {
        if let (Some(offset), Some(length)) = directory.jpeg {
            found.push((offset as usize, length as usize));
        }
        let is_sensor = SENSOR_PHOTOMETRICS.contains(&directory.photometric);
        let is_jpeg = JPEG_COMPRESSIONS.contains(&directory.compression);
        if let (true, false, (Some(offset), Some(length))) = (is_jpeg, is_sensor, directory.strip) {
            found.push((offset as usize, length as usize));
        }
        found.extend(
            directory
                .panasonic
                .map(|(offset, length)| (offset as usize, length as usize)),
        );
    }
    found
}

pub(super) fn has_sensor_data(bytes: &[u8]) -> bool {
    directories(bytes)
        .iter()
        .any(|directory| SENSOR_PHOTOMETRICS.contains(&directory.photometric))
}

fn directories(bytes: &[u8]) -> Vec<Directory> {
    let Some(tiff) = Tiff::open(bytes) else {
        return Vec::new();
    };
    let mut waiting: Vec<u32> = tiff.long(4).into_iter().collect();
    let mut seen = Vec::new();
    let mut found = Vec::new();
    while let Some(offset) = waiting.pop() {
        if offset == 0 || seen.contains(&offset) || found.len() >= MAX_DIRECTORIES {
            continue;
        }
        seen.push(offset);
        found.extend(tiff.directory(offset as usize, &mut waiting));
    }
    found
}

struct Tiff<'a> {
    bytes: &'a [u8],
    is_little: bool,
}

impl<'a> Tiff<'a> {
    fn open(bytes: &'a [u8]) -> Option<Self> {
        let is_little = bytes.starts_with(b"II");
        (is_little || bytes.starts_with(b"MM")).then_some(Self { bytes, is_little })
    }

    fn short(&self, at: usize) -> Option<u16> {
        let bytes = self.bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.is_little {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    }

    fn long(&self, at: usize) -> Option<u32> {
        let bytes = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if self.is_little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        })
    }

    fn directory(&self, offset: usize, waiting: &mut Vec<u32>) -> Option<Directory> {
        let count = usize::from(self.short(offset)?);
        let mut directory = Directory::default();
        for index in 0..count.min(MAX_ENTRIES) {
            let at = offset + 2 + index * 12;
            if self.entry(at, &mut directory, waiting).is_none() {
                break;
            }
        }
        waiting.extend(self.long(offset + 2 + count * 12));
        Some(directory)
    }

    fn entry(&self, at: usize, directory: &mut Directory, waiting: &mut Vec<u32>) -> Option<()> {
        let tag = self.short(at)?;
        let is_short = self.short(at + 2)? == 3;
        let count = self.long(at + 4)?;
        let field = self.long(at + 8)?;
        let value = if is_short {
            u32::from(self.short(at + 8)?)
        } else {
            field
        };
        let single = (count == 1).then_some(value);
        match tag {
            PHOTOMETRIC => directory.photometric = value,
            COMPRESSION => directory.compression = value,
            JPEG_OFFSET => directory.jpeg.0 = single,
            JPEG_LENGTH => directory.jpeg.1 = single,
            STRIP_OFFSETS => directory.strip.0 = single,
            STRIP_LENGTHS => directory.strip.1 = single,
            PANASONIC_JPEG => directory.panasonic = Some((field, count)),
            SUB_DIRECTORIES if count == 1 => waiting.push(field),
            SUB_DIRECTORIES => {
                let listed = (count as usize).min(MAX_DIRECTORIES);
                let at = |index: usize| (field as usize).checked_add(index * 4);
                waiting.extend((0..listed).map_while(|index| self.long(at(index)?)));
            }
            _ => {}
        }
        Some(())
    }
}
