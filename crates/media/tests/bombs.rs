//! Files that are small and promise to be huge, given to the real child: each ends in words or with
//! the child, within its limits, and the next picture renders.

use std::io::{self, Cursor, Read};

use bytes::Bytes;
use flate2::{Compression, write::ZlibEncoder};
use image::{DynamicImage, ImageFormat, RgbImage};
use stowage_media::{DecodeError, Decoder, DecoderOptions, RenderSpec};

/// Bytes that a child may have had in memory at once: less than its address space.
const MEMORY: u64 = 768 << 20;

fn options() -> DecoderOptions {
    let mut options = DecoderOptions::new(env!("CARGO_BIN_EXE_stowage-media-decode"));
    options.args = Vec::new();
    options
}

fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let drawn = RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([(x * 7) as u8, (y * 3) as u8, (x ^ y) as u8])
    });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(drawn)
        .write_to(&mut bytes, format)
        .expect("a Vec takes everything");
    bytes.into_inner()
}

fn zeros_compressed(bytes: u64) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    io::copy(&mut io::repeat(0).take(bytes), &mut encoder).expect("a Vec takes everything");
    encoder.finish().expect("a Vec takes everything")
}

fn png_chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut chunk = u32::try_from(data.len())
        .expect("chunks are small")
        .to_be_bytes()
        .to_vec();
    chunk.extend(kind);
    chunk.extend(data);
    let mut sum = flate2::Crc::new();
    sum.update(&chunk[4..]);
    chunk.extend(sum.sum().to_be_bytes());
    chunk
}

/// A PNG of so many black pixels of so many bits; of those far beyond any limit, only some are there.
fn png(side: u32, bits: u8, colour: u8, extra: &[Vec<u8>]) -> Vec<u8> {
    let channels = if colour == 6 { 4 } else { 1 };
    let row = u64::from(side) * u64::from(bits) * channels / 8 + 1;
    let mut header = side.to_be_bytes().to_vec();
    header.extend(side.to_be_bytes());
    header.extend([bits, colour, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    file.extend(png_chunk(*b"IHDR", &header));
    for chunk in extra {
        file.extend(chunk);
    }
    let pixels = (row * u64::from(side)).min(1 << 27);
    file.extend(png_chunk(*b"IDAT", &zeros_compressed(pixels)));
    file.extend(png_chunk(*b"IEND", &[]));
    file
}

/// A profile that unpacks to a quarter of a gigabyte.
fn png_with_a_huge_profile() -> Vec<u8> {
    let mut profile = b"profile\0\0".to_vec();
    profile.extend(zeros_compressed(1 << 28));
    png(64, 8, 0, &[png_chunk(*b"iCCP", &profile)])
}

/// Writes another size into the first frame header.
fn jpeg(side: u16) -> Vec<u8> {
    let mut file = encoded(64, 64, ImageFormat::Jpeg);
    let frame = file
        .windows(2)
        .position(|pair| pair == [0xff, 0xc0])
        .expect("a frame begins somewhere");
    file[frame + 5..frame + 7].copy_from_slice(&side.to_be_bytes());
    file[frame + 7..frame + 9].copy_from_slice(&side.to_be_bytes());
    file
}

/// A progressive JPEG whose scans go over all coefficients a thousand times.
fn jpeg_of_many_scans() -> Vec<u8> {
    let mut file = b"\xff\xd8".to_vec();
    let segment = |kind: u8, data: &[u8]| {
        let length = u16::try_from(data.len() + 2).expect("segments are short");
        [&[0xff, kind], &length.to_be_bytes()[..], data].concat()
    };
    file.extend(segment(0xdb, &[&[0][..], &[1; 64]].concat()));
    // 4,000 × 4,000 grey pixels.
    file.extend(segment(0xc2, &[8, 0x0f, 0xa0, 0x0f, 0xa0, 1, 1, 0x11, 0]));
    // One code: end of a band, for as long as can be said.
    file.extend(segment(0xc4, &[&[0x10, 1][..], &[0; 15], &[0xe0]].concat()));
    file.extend(segment(0xc4, &[&[0, 1][..], &[0; 15], &[0]].concat()));
    file.extend(segment(0xda, &[1, 1, 0, 0, 0, 0]));
    file.extend([0; 32]);
    for _ in 0..1000 {
        file.extend(segment(0xda, &[1, 1, 0, 1, 63, 0]));
        file.extend([0; 8]);
    }
    file.extend(b"\xff\xd9");
    file
}

fn gif(side: u16) -> Vec<u8> {
    let mut file = encoded(64, 64, ImageFormat::Gif);
    for at in [6, 8] {
        file[at..at + 2].copy_from_slice(&side.to_le_bytes());
    }
    let frame = file
        .windows(5)
        .position(|at| at == [0x2c, 0, 0, 0, 0])
        .expect("a frame begins somewhere");
    for at in [frame + 5, frame + 7] {
        file[at..at + 2].copy_from_slice(&side.to_le_bytes());
    }
    file
}

/// A frame that is written again and again.
fn gif_of_many_frames() -> Vec<u8> {
    let one = encoded(1000, 1000, ImageFormat::Gif);
    let start = one
        .windows(5)
        .position(|at| at == [0x2c, 0, 0, 0, 0])
        .expect("a frame begins somewhere");
    let (head, rest) = one.split_at(start);
    let (frame, trailer) = rest.split_at(rest.len() - 1);
    let mut file = head.to_vec();
    while file.len() < 32 << 20 {
        file.extend(frame);
    }
    file.extend(trailer);
    file
}

fn bmp(side: i32) -> Vec<u8> {
    let mut file = encoded(64, 64, ImageFormat::Bmp);
    file[18..22].copy_from_slice(&side.to_le_bytes());
    file[22..26].copy_from_slice(&side.to_le_bytes());
    file
}

/// Lossless WebP says its size in 14 bits each: 16,383 both.
fn webp() -> Vec<u8> {
    let mut file = encoded(64, 64, ImageFormat::WebP);
    let start = file
        .windows(4)
        .position(|at| at == b"VP8L")
        .expect("it is lossless");
    let size = &mut file[start + 9..start + 13];
    let rest = u32::from_le_bytes(size.try_into().expect("four bytes")) & 0xf000_0000;
    size.copy_from_slice(&(rest | 0x0fff_bffe).to_le_bytes());
    file
}

/// A TIFF of one strip, little-endian; tags must be in order.
fn tiff(width: u32, height: u32, compression: u32, strip: &[u8], claimed: u32) -> Vec<u8> {
    let tags: [(u16, u32); 9] = [
        (256, width),
        (257, height),
        (258, 8),
        (259, compression),
        (262, 1),
        (273, 8),
        (277, 1),
        (278, height),
        (279, claimed),
    ];
    let directory = u32::try_from(8 + strip.len()).expect("strips are small");
    let mut file = b"II*\0".to_vec();
    file.extend(directory.to_le_bytes());
    file.extend(strip);
    file.extend(9u16.to_le_bytes());
    for (tag, value) in tags {
        file.extend(tag.to_le_bytes());
        file.extend(4u16.to_le_bytes());
        file.extend(1u32.to_le_bytes());
        file.extend(value.to_le_bytes());
    }
    file.extend(0u32.to_le_bytes());
    file
}

/// A directory whose next one is itself.
fn tiff_in_circles() -> Vec<u8> {
    let mut file = tiff(64, 64, 1, &[0; 64 * 64], 64 * 64);
    let next = file.len() - 4;
    let start = file[4..8].to_vec();
    file[next..].copy_from_slice(&start);
    file
}

fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    let zeros = zeros_compressed(1 << 27);
    let length = u32::try_from(zeros.len()).expect("zeros are small when packed");
    vec![
        ("png of 2^62 pixels", png(0x7fff_ffff, 8, 0, &[])),
        (
            "png of 400 megapixels, one bit each",
            png(20_000, 1, 0, &[]),
        ),
        ("png of 64 bits a pixel", png(11_000, 16, 6, &[])),
        ("png with a huge profile", png_with_a_huge_profile()),
        ("jpeg of 65500²", jpeg(65_500)),
        ("jpeg of many scans", jpeg_of_many_scans()),
        ("gif of 65535²", gif(u16::MAX)),
        ("gif of many frames", gif_of_many_frames()),
        ("bmp of 2^62 pixels", bmp(i32::MAX)),
        ("bmp of 30000²", bmp(30_000)),
        ("webp of 16383²", webp()),
        (
            "tiff of 2^62 pixels",
            tiff(i32::MAX as u32, i32::MAX as u32, 1, &[0; 64], 64),
        ),
        (
            "tiff of 537 megapixels, deflated",
            tiff(23_170, 23_170, 8, &zeros, length),
        ),
        (
            "tiff that claims a strip of 4 GiB",
            tiff(64, 64, 1, &[0; 64], u32::MAX),
        ),
        ("tiff in circles", tiff_in_circles()),
    ]
}

#[tokio::test]
async fn no_bomb_takes_more_than_it_may_and_the_next_picture_renders() {
    let good = Bytes::from(encoded(300, 200, ImageFormat::Jpeg));
    let spec = RenderSpec::default();
    let mut decoder = Decoder::new(options());
    let mut worst = 0;
    for (name, bomb) in bombs() {
        let size = bomb.len();
        decoder.probe().await.expect("a child starts");
        let watch = Peak::of(decoder.child_id().expect("the child is there"));
        let outcome = decoder.render("one", Bytes::from(bomb), &spec).await;
        let peak = watch.end();
        worst = worst.max(peak);
        let said = match &outcome {
            Ok(rendered) => format!("rendered as {} × {}", rendered.width, rendered.height),
            Err(error) => error.to_string(),
        };
        println!("{name}: {size} bytes, peak {} MiB: {said}", peak >> 20);
        assert!(peak < MEMORY, "{name} took {peak} bytes");
        let is_ours = matches!(
            &outcome,
            Err(DecodeError::Spawn(_) | DecodeError::Protocol { .. } | DecodeError::Crashed { .. })
        );
        assert!(!is_ours, "{name}: {said}");
        let rendered = decoder.render("one", good.clone(), &spec).await;
        rendered.unwrap_or_else(|error| panic!("after {name}: {error}"));
    }
    println!("the child had {} MiB at most", worst >> 20);
}

/// Looks at how much memory a process has had, until it is told to stop.
struct Peak {
    stop: std::sync::mpsc::Sender<()>,
    looking: std::thread::JoinHandle<u64>,
}

impl Peak {
    fn of(id: u32) -> Self {
        let (stop, stopped) = std::sync::mpsc::channel();
        let looking = std::thread::spawn(move || {
            let mut peak = 0;
            let pause = std::time::Duration::from_millis(2);
            while stopped.recv_timeout(pause) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                peak = peak.max(high_water(id).unwrap_or(0));
            }
            peak
        });
        Self { stop, looking }
    }

    fn end(self) -> u64 {
        drop(self.stop);
        self.looking.join().expect("looking does not fail")
    }
}

/// Returns the kernel's own high-water mark, in bytes; none once the process is gone.
fn high_water(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes << 10)
}
