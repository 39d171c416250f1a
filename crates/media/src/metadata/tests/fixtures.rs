/// Builds a little-endian TIFF block with the three directories that photographs have.
#[derive(Default)]
pub(super) struct Block {
    first: Vec<(u16, u16, u32, Vec<u8>)>,
    exif: Vec<(u16, u16, u32, Vec<u8>)>,
    gps: Vec<(u16, u16, u32, Vec<u8>)>,
}

type Entry = (u16, u16, u32, Vec<u8>);

fn text(tag: u16, value: &[u8]) -> Entry {
    let mut data = value.to_vec();
    data.push(0);
    (tag, 2, data.len() as u32, data)
}

fn rationals(tag: u16, values: &[(u32, u32)]) -> Entry {
    let data = values
        .iter()
        .flat_map(|(a, b)| [a.to_le_bytes(), b.to_le_bytes()])
        .flatten();
    (tag, 5, values.len() as u32, data.collect())
}

fn short(tag: u16, value: u16) -> Entry {
    (tag, 3, 1, value.to_le_bytes().to_vec())
}

impl Block {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn text(&mut self, tag: u16, value: &str) {
        self.first.push(text(tag, value.as_bytes()));
    }

    pub(super) fn exif_text(&mut self, tag: u16, value: &str) {
        self.exif.push(text(tag, value.as_bytes()));
    }

    pub(super) fn gps_place(&mut self, latitude: (u32, char), longitude: (u32, char)) {
        for (tag, (hundredths, mark)) in [(1, latitude), (3, longitude)] {
            self.gps.push(text(tag, &[mark as u8]));
            self.gps
                .push(rationals(tag + 1, &[(hundredths, 100), (0, 1), (0, 1)]));
        }
    }

    pub(super) fn build(mut self) -> Vec<u8> {
        let mut block = b"II*\0\x08\0\0\0".to_vec();
        let pointers = [(0x8769, self.exif), (0x8825, self.gps)];
        for (tag, entries) in &pointers {
            if !entries.is_empty() {
                self.first.push((*tag, 4, 1, vec![0; 4]));
            }
        }
        write(&self.first, &mut block);
        for (tag, entries) in pointers {
            let Some(index) = self.first.iter().position(|entry| entry.0 == tag) else {
                continue;
            };
            let place = (block.len() as u32).to_le_bytes();
            block[8 + 2 + index * 12 + 8..][..4].copy_from_slice(&place);
            write(&entries, &mut block);
        }
        block
    }
}

fn write(entries: &[Entry], block: &mut Vec<u8>) {
    let mut values_at = block.len() + 2 + entries.len() * 12 + 4;
    let mut values = Vec::new();
    block.extend_from_slice(&(entries.len() as u16).to_le_bytes());
    for (tag, kind, count, data) in entries {
        block.extend_from_slice(&tag.to_le_bytes());
        block.extend_from_slice(&kind.to_le_bytes());
        block.extend_from_slice(&count.to_le_bytes());
        if data.len() <= 4 {
            let mut inline = data.clone();
            inline.resize(4, 0);
            block.extend_from_slice(&inline);
        } else {
            block.extend_from_slice(&(values_at as u32).to_le_bytes());
            values.extend_from_slice(data);
            values_at += data.len();
        }
    }
    block.extend_from_slice(&[0; 4]);
    block.extend_from_slice(&values);
}

/// What a camera in Sydney would write, its model in Latin-1.
pub(super) fn camera_block() -> Vec<u8> {
    let mut block = Block::new();
    block.text(0x010f, "Maker");
    block.first.push(text(0x0110, b"Gr\xf6\xdfe 7"));
    block.first.push(short(0x0112, 6));
    block.exif.push(rationals(0x829a, &[(10, 2500)]));
    block.exif.push(rationals(0x829d, &[(28, 10)]));
    block.exif.push(short(0x8827, 400));
    block.exif_text(0x9003, "2024:05:01 12:30:59");
    block.exif_text(0x9011, "+02:00");
    block.exif.push((0x927c, 7, 12, b"secret notes".to_vec()));
    block.gps_place((3350, 'S'), (15_125, 'E'));
    block.gps.push((5, 1, 1, vec![1]));
    block.gps.push(rationals(6, &[(12, 1)]));
    block.build()
}

pub(super) fn exif_segment(block: &[u8]) -> Vec<u8> {
    [b"Exif\0\0", block].concat()
}

pub(super) fn photoshop_segment(sets: &[(u8, &[u8])]) -> Vec<u8> {
    let mut records = Vec::new();
    for (number, value) in sets {
        records.extend_from_slice(&[0x1c, 2, *number]);
        records.extend_from_slice(&(value.len() as u16).to_be_bytes());
        records.extend_from_slice(value);
    }
    let mut segment = b"Photoshop 3.0\0".to_vec();
    // A resource before it, with a name and an odd length.
    segment.extend_from_slice(b"8BIM\x03\xed\x03abc\0\0\0\x03xyz\0");
    segment.extend_from_slice(b"8BIM\x04\x04\0\0");
    segment.extend_from_slice(&(records.len() as u32).to_be_bytes());
    segment.extend_from_slice(&records);
    segment
}

/// A JPEG's header of 7 × 5 pixels, without a picture.
pub(super) fn jpeg(segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8];
    let frame = (0xc0, b"\x08\0\x05\0\x07\x01\x01\x11\0".to_vec());
    let scan = (0xda, b"\x01\x01\0\0\x3f\0".to_vec());
    for (marker, payload) in segments.iter().chain([&frame, &scan]) {
        bytes.extend_from_slice(&[0xff, *marker]);
        bytes.extend_from_slice(&(payload.len() as u16 + 2).to_be_bytes());
        bytes.extend_from_slice(payload);
    }
    bytes
}

pub(super) fn png(block: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let chunks: [(&[u8; 4], &[u8]); 6] = [
        (b"IHDR", b"\0\0\0\x07\0\0\0\x05\x08\x02\0\0\0"),
        (b"acTL", b"\0\0\0\x02\0\0\0\0"),
        (b"tEXt", b"Title\0Caf\xe9"),
        (b"eXIf", block),
        (b"IDAT", b"not looked at"),
        (b"IEND", b""),
    ];
    for (kind, data) in chunks {
        bytes.extend_from_slice(&(data.len() as u32).to_be_bytes());
        bytes.extend_from_slice(kind);
        bytes.extend_from_slice(data);
        bytes.extend_from_slice(&[0; 4]);
    }
    bytes
}

pub(super) fn webp(block: &[u8]) -> Vec<u8> {
    let mut chunks = b"VP8X\x0a\0\0\0\x08\0\0\0\x06\0\0\x04\0\0".to_vec();
    chunks.extend_from_slice(b"EXIF");
    chunks.extend_from_slice(&(block.len() as u32).to_le_bytes());
    chunks.extend_from_slice(block);
    if !block.len().is_multiple_of(2) {
        chunks.push(0);
    }
    let mut bytes = b"RIFF".to_vec();
    bytes.extend_from_slice(&(chunks.len() as u32 + 4).to_le_bytes());
    bytes.extend_from_slice(b"WEBP");
    bytes.extend_from_slice(&chunks);
    bytes
}

fn iso_box(kind: [u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u32::try_from(content.len() + 8).unwrap();
    [&length.to_be_bytes()[..], &kind, &content].concat()
}

/// An AVIF file without a picture whose second item is XMP, in two stretches behind the `meta` box
/// or in one inside of it.
pub(super) fn avif_with_xmp(packet: &[u8], is_inside: bool) -> Vec<u8> {
    let start = iso_box(*b"ftyp", &[b"avif\0\0\0\0avifmif1"]);
    let info = |id: u8, kind: &[u8; 4], rest: &[u8]| {
        iso_box(*b"infe", &[&[2, 0, 0, 0, 0, id, 0, 0], kind, b"\0", rest])
    };
    let infos = iso_box(
        *b"iinf",
        &[
            &[0, 0, 0, 0, 0, 2],
            &info(1, b"av01", b""),
            &info(2, b"mime", b"application/rdf+xml\0"),
        ],
    );
    let handler = iso_box(*b"hdlr", &[&[0; 8], b"pict", &[0; 13]]);
    let meta_of = |offset: u32| {
        let half = packet.len() / 2;
        let number = |number: usize| (number as u32).to_be_bytes();
        let extents = if is_inside {
            [&[0, 1][..], &number(0), &number(packet.len())].concat()
        } else {
            let rest = offset as usize + half;
            let (first, second) = (number(half), number(packet.len() - half));
            [
                &[0, 2][..],
                &offset.to_be_bytes(),
                &first,
                &number(rest),
                &second,
            ]
            .concat()
        };
        // Version 1: numbers of four bytes, one item.
        let place = [0, 2, 0, u8::from(is_inside), 0, 0];
        let places = iso_box(*b"iloc", &[&[1, 0, 0, 0, 0x44, 0, 0, 1], &place, &extents]);
        let data = if is_inside { packet } else { &[] };
        let data = iso_box(*b"idat", &[data]);
        iso_box(*b"meta", &[&[0; 4], &handler, &infos, &places, &data])
    };
    let offset = u32::try_from(start.len() + meta_of(0).len() + 8).unwrap();
    let media = if is_inside { &[] } else { packet };
    [start, meta_of(offset), iso_box(*b"mdat", &[media])].concat()
}
