//! Files put together here, and real photographs when their collection is beside the project.

mod fixtures;
mod photographs;

use std::io::Cursor;

use super::{Metadata, orientation_of_tiff, read};
use crate::sniff::sniff;

use fixtures::*;

fn read_bytes(bytes: &[u8], name: &str) -> Metadata {
    read(&mut Cursor::new(bytes), &sniff(bytes, name))
}

#[test]
fn a_jpeg_tells_what_its_exif_says() {
    let metadata = read_bytes(&jpeg(&[(0xe1, exif_segment(&camera_block()))]), "a.jpg");
    assert_eq!(metadata.warnings, Vec::<String>::new());
    assert_eq!(metadata.camera_make.as_deref(), Some("Maker"));
    assert_eq!(metadata.camera_model.as_deref(), Some("Größe 7"));
    assert_eq!(metadata.orientation, 6);
    assert_eq!(metadata.exposure_time.as_deref(), Some("1/250"));
    assert_eq!(metadata.f_number, Some(2.8));
    assert_eq!(metadata.iso, Some(400));
    let taken = metadata.taken_at_local.unwrap();
    assert_eq!(taken.to_string(), "2024-05-01 12:30:59");
    assert_eq!(metadata.utc_offset_minutes, Some(120));
    let gps = metadata.gps.unwrap();
    assert!((gps.latitude + 33.5).abs() < 1e-9 && (gps.longitude - 151.25).abs() < 1e-9);
    assert_eq!(gps.altitude, Some(-12.0));
    assert_eq!((metadata.width, metadata.height), (Some(7), Some(5)));
    assert_eq!(metadata.origins["camera_make"], "exif");
    let names: Vec<&str> = metadata
        .fields
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    assert!(
        names.contains(&"FNumber") && !names.contains(&"MakerNote"),
        "{names:?}"
    );
}

#[test]
fn xmp_and_iptc_have_the_words_and_exif_the_numbers() {
    let xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF \
        xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description \
        xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:exif='http://ns.adobe.com/exif/1.0/' \
        exif:FNumber='8/1'><dc:title>From XMP</dc:title></rdf:Description></rdf:RDF></x:xmpmeta>";
    let segments = [
        (0xe1, exif_segment(&camera_block())),
        (0xe1, xmp.to_vec()),
        (
            0xed,
            photoshop_segment(&[(5, b"From IPTC"), (25, b"sea"), (101, b"Japan")]),
        ),
    ];
    let metadata = read_bytes(&jpeg(&segments), "a.jpg");
    assert_eq!(metadata.title.as_deref(), Some("From XMP"));
    assert_eq!(metadata.country.as_deref(), Some("Japan"));
    assert_eq!(metadata.keywords, ["sea"]);
    assert_eq!(metadata.f_number, Some(2.8));
    assert_eq!(metadata.origins["title"], "xmp");
    assert_eq!(metadata.origins["country"], "iptc");
}

#[test]
fn the_same_block_is_found_in_png_webp_and_tiff() {
    let block = camera_block();
    for (name, bytes) in [
        ("a.png", png(&block)),
        ("a.webp", webp(&block)),
        ("a.tif", block),
    ] {
        let metadata = read_bytes(&bytes, name);
        assert_eq!(metadata.camera_make.as_deref(), Some("Maker"), "{name}");
        assert_eq!(metadata.iso, Some(400), "{name}");
        assert!(metadata.gps.is_some(), "{name}");
    }
}

#[test]
fn a_png_tells_its_texts() {
    let metadata = read_bytes(&png(&camera_block()), "a.png");
    assert_eq!(metadata.title.as_deref(), Some("Café"));
    assert_eq!(metadata.origins["title"], "png");
    assert!(metadata.is_animated);
}

#[test]
fn what_cannot_be_true_is_dropped_with_a_warning() {
    let mut block = Block::new();
    block.text(0x0132, "0000:00:00 00:00:00");
    block.exif_text(0x9003, "1799:01:01 00:00:00");
    block.gps_place((0, 'N'), (0, 'E'));
    let metadata = read_bytes(&jpeg(&[(0xe1, exif_segment(&block.build()))]), "a.jpg");
    assert_eq!((metadata.taken_at_local, metadata.gps), (None, None));
    assert_eq!(metadata.warnings.len(), 3, "{:?}", metadata.warnings);
}

#[test]
fn a_clock_that_was_never_set_is_not_worth_a_warning() {
    let mut block = Block::new();
    block.text(0x0132, "    :  :     :  :  ");
    let metadata = read_bytes(&jpeg(&[(0xe1, exif_segment(&block.build()))]), "a.jpg");
    assert_eq!(metadata.warnings, Vec::<String>::new());
}

#[test]
fn an_offset_outside_the_file_costs_one_tag() {
    let mut block = camera_block();
    // The second entry of the first directory is the model, kept elsewhere.
    block[8 + 2 + 12 + 8..][..4].copy_from_slice(&[0xff, 0xff, 0xff, 0x7f]);
    let metadata = read_bytes(&jpeg(&[(0xe1, exif_segment(&block))]), "a.jpg");
    assert_eq!(metadata.camera_model, None);
    assert_eq!(metadata.camera_make.as_deref(), Some("Maker"));
    assert_eq!(metadata.iso, Some(400));
    assert_eq!(metadata.warnings.len(), 1);
}

#[test]
fn orientation_is_read_alone_for_rendering() {
    assert_eq!(orientation_of_tiff(&camera_block()), Some(6));
    assert_eq!(orientation_of_tiff(b"II*\0\xff\xff\xff\xff"), None);
    assert_eq!(orientation_of_tiff(b"nonsense"), None);
}

#[test]
fn damaged_files_warn_and_never_panic() {
    let segments = [
        (0xe1, exif_segment(&camera_block())),
        (0xed, photoshop_segment(&[(5, b"title")])),
    ];
    let block = camera_block();
    let files = [jpeg(&segments), png(&block), webp(&block), block];
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize
    };
    for file in &files {
        for end in 0..file.len() {
            read_bytes(&file[..end], "");
        }
        for _ in 0..3000 {
            let mut damaged = file.clone();
            for _ in 0..3 {
                let at = next() % damaged.len();
                damaged[at] = next() as u8;
            }
            read_bytes(&damaged, "");
        }
    }
}

#[test]
fn a_file_without_metadata_has_none() {
    let metadata = read_bytes(b"just text", "a.txt");
    assert_eq!(metadata, Metadata::default());
}

#[test]
fn an_animated_gif_is_one() {
    let frame = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
    let mut bytes = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff".to_vec();
    bytes.extend_from_slice(frame);
    let still = [bytes.as_slice(), b";"].concat();
    bytes.extend_from_slice(frame);
    bytes.push(b';');
    assert!(!read_bytes(&still, "").is_animated);
    let metadata = read_bytes(&bytes, "");
    assert!(metadata.is_animated);
    assert_eq!((metadata.width, metadata.height), (Some(1), Some(1)));
}

#[test]
fn a_raw_file_by_fujifilm_tells_what_its_jpeg_says() {
    let mut raf = b"FUJIFILMCCD-RAW 0201".to_vec();
    raf.resize(84, 0);
    raf.extend(200_u32.to_be_bytes());
    raf.resize(200, 0);
    raf.extend(jpeg(&[(0xe1, exif_segment(&camera_block()))]));
    let metadata = read_bytes(&raf, "a.raf");
    assert_eq!(metadata.camera_make.as_deref(), Some("Maker"));
    assert_eq!(metadata.orientation, 6);
}

#[test]
fn the_pages_of_a_document_are_counted_without_their_small_copies() {
    let kinds = [0_u32, 1, 2];
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    for (index, kind) in kinds.into_iter().enumerate() {
        let next = if index + 1 < kinds.len() {
            tiff.len() as u32 + 18
        } else {
            0
        };
        tiff.extend([1, 0, 0xfe, 0, 4, 0, 1, 0, 0, 0]);
        tiff.extend(kind.to_le_bytes());
        tiff.extend(next.to_le_bytes());
    }
    assert_eq!(read_bytes(&tiff, "a.tif").page_count, Some(2));
    // A chain that bites its tail.
    let end = tiff.len() - 4;
    tiff[end..].copy_from_slice(&8_u32.to_le_bytes());
    assert_eq!(read_bytes(&tiff, "a.tif").page_count, Some(2));
}

#[test]
fn an_avif_tells_what_its_xmp_says() {
    let packet = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF \
        xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description \
        xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:Rating='4'/></rdf:RDF></x:xmpmeta>";
    for is_inside in [false, true] {
        let metadata = read_bytes(&avif_with_xmp(packet, is_inside), "a.avif");
        assert_eq!(metadata.rating, Some(4), "inside: {is_inside}");
        assert_eq!(metadata.origins["rating"], "xmp");
    }
}

#[test]
fn an_avif_that_ends_early_gives_what_it_has() {
    let whole = avif_with_xmp(b"<x/>", false);
    for length in 0..whole.len() {
        read_bytes(&whole[..length], "a.avif");
    }
}
