use super::*;

fn mime(head: &[u8], name: &str) -> &'static str {
    sniff(head, name).mime
}

#[test]
fn the_content_wins_over_the_name() {
    assert_eq!(mime(b"\xff\xd8\xff\xe0\0\x10JFIF\0", "a.png"), "image/jpeg");
    assert_eq!(mime(b"\x89PNG\r\n\x1a\n\0\0", "a.jpg"), "image/png");
    assert_eq!(mime(b"%PDF-1.7\n", "a.txt"), "application/pdf");
    assert_eq!(mime(b"hello", "a.jpg"), "text/plain");
    assert_eq!(
        mime(&[0, 1, 2, 3, 4, 5], "a.jpg"),
        "application/octet-stream"
    );
    assert_eq!(mime(b"", "a.jpg"), "application/octet-stream");
}

#[test]
fn what_can_be_shown_is_renderable() {
    for head in [
        b"\xff\xd8\xff\xe1".as_slice(),
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"II*\0\x08\0\0\0\0\0",
        b"MM\0*\0\0\0\x08\0\0",
        b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0",
    ] {
        let found = sniff(head, "");
        assert_eq!(found.class, FileClass::Renderable, "{}", found.mime);
        assert_eq!(found.placeholder(), "image");
    }
}

#[test]
fn boxes_are_told_apart_by_brand() {
    let ftyp = |major: &[u8; 4], others: &[u8]| {
        let size = 16 + others.len() as u32;
        [
            &size.to_be_bytes(),
            b"ftyp".as_slice(),
            major,
            &[0; 4],
            others,
        ]
        .concat()
    };
    assert_eq!(mime(&ftyp(b"heic", b"mif1heic"), ""), "image/heic");
    assert_eq!(mime(&ftyp(b"mif1", b"mif1heic"), ""), "image/heic");
    assert_eq!(mime(&ftyp(b"mif1", b"mif1avif"), ""), "image/avif");
    assert_eq!(mime(&ftyp(b"crx ", b"crx isom"), ""), "image/x-canon-cr3");
    assert_eq!(mime(&ftyp(b"qt  ", b""), ""), "video/quicktime");
    assert_eq!(mime(&ftyp(b"isom", b"isomiso2avc1mp41"), ""), "video/mp4");
    assert_eq!(mime(&ftyp(b"M4A ", b"M4A mp42isom"), ""), "audio/mp4");
    assert_eq!(mime(&ftyp(b"3gp5", b"3gp5"), ""), "video/3gpp");
}

#[test]
fn raw_files_are_tiffs_with_a_name_or_a_mark() {
    let tiff = b"II*\0\x08\0\0\0\0\0";
    assert_eq!(mime(tiff, "a.NEF"), "image/x-nikon-nef");
    assert_eq!(mime(tiff, "a.tif"), "image/tiff");
    assert_eq!(
        mime(b"II*\0\x10\0\0\0CR\x02\0", "a.tif"),
        "image/x-canon-cr2"
    );
    let dng = b"II*\0\x08\0\0\0\x01\0\x12\xc6\x01\0\x04\0\0\0\x01\x04\0\0";
    assert_eq!(mime(dng, "a.tif"), "image/x-adobe-dng");
    assert_eq!(sniff(dng, "").placeholder(), "raw");
    assert_eq!(sniff(dng, "").class, FileClass::Renderable);
    assert_eq!(mime(b"FUJIFILMCCD-RAW 0201", ""), "image/x-fuji-raf");
}

#[test]
fn text_is_named_by_its_root_or_its_extension() {
    assert_eq!(
        mime(b"<svg xmlns='http://www.w3.org/2000/svg'>", "a.png"),
        "image/svg+xml"
    );
    let svg = b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <html> -->\n<!DOCTYPE svg>\n<svg:svg>";
    assert_eq!(mime(svg, ""), "image/svg+xml");
    assert_eq!(mime(b"<!DOCTYPE html><html><svg>", "a.svg"), "text/html");
    assert_eq!(mime(b"<?xml version='1.0'?><note/>", ""), "application/xml");
    assert_eq!(mime(b"a,b\n1,2\n", "a.csv"), "text/csv");
    assert_eq!(mime(b"# Title\n", "README.md"), "text/markdown");
    assert_eq!(mime("Grüße\n".as_bytes(), "a"), "text/plain");
    assert_eq!(mime(b"Gr\xfc\xdfe aus M\xfcnchen\n", "a"), "text/plain");
    assert_eq!(
        mime(b"BMW is a car maker, and this is text about it.", "a"),
        "text/plain"
    );
}

#[test]
fn placeholders_cover_every_kind() {
    let mut matroska = b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska".to_vec();
    matroska.resize(300, 0);
    let cases: [(&[u8], &str, &str); 8] = [
        (b"%PDF-1.4", "", "document"),
        (b"PK\x03\x04\x14\0\0\0", "a.zip", "archive"),
        (b"\x1f\x8b\x08\0\0\0\0\0", "", "archive"),
        (b"ID3\x04\0\0\0\0\0\0", "", "audio"),
        (&matroska, "", "video"),
        (b"plain words", "", "document"),
        (b"\0asm\x01\0\0\0", "", "other"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "", "image"),
    ];
    for (head, name, placeholder) in cases {
        let found = sniff(head, name);
        assert_eq!(found.placeholder(), placeholder, "{}", found.mime);
    }
}

#[test]
fn hostile_names_are_only_names() {
    for name in [
        "",
        ".",
        "..",
        ".jpg",
        "a.",
        "a.j\u{202e}pg",
        "a.\0",
        "a/b.csv\n",
        "ä.ÄÖ",
    ] {
        assert_eq!(mime(b"words", name), "text/plain", "{name:?}");
    }
}
