//! The decoder with its real child.

use std::io::Cursor;
use std::time::{Duration, Instant};

use bytes::Bytes;
use image::{DynamicImage, ImageFormat, RgbImage};
use stowage_media::{
    DecodeError, Decoder, DecoderOptions, Enforcement, RenderError, RenderSpec, Renderer,
};

fn options() -> DecoderOptions {
    let mut options = DecoderOptions::new(env!("CARGO_BIN_EXE_stowage-media-decode"));
    options.args = Vec::new();
    options
}

fn picture(width: u32, height: u32, format: ImageFormat) -> Bytes {
    let drawn = RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([(x * 7) as u8, (y * 3) as u8, (x ^ y) as u8])
    });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(drawn)
        .write_to(&mut bytes, format)
        .expect("a Vec takes everything");
    Bytes::from(bytes.into_inner())
}

fn jpeg() -> Bytes {
    picture(600, 401, ImageFormat::Jpeg)
}

#[tokio::test]
async fn the_child_renders_what_the_renderer_does() {
    let mut decoder = Decoder::new(options());
    let spec = RenderSpec::default();
    for format in [
        ImageFormat::Jpeg,
        ImageFormat::Png,
        ImageFormat::WebP,
        ImageFormat::Tiff,
        ImageFormat::Gif,
        ImageFormat::Bmp,
    ] {
        let bytes = picture(600, 401, format);
        let expected = Renderer::new().render(&bytes, &spec).unwrap();
        let found = decoder.render("one", bytes, &spec).await.unwrap();
        assert_eq!(found, expected, "{format:?}");
    }
    assert_eq!(decoder.children_started(), 1);
}

#[tokio::test]
async fn the_child_reports_how_it_is_locked_in() {
    let mut decoder = Decoder::new(options());
    let report = decoder.probe().await.unwrap();
    let names: Vec<&str> = report.measures.keys().map(String::as_str).collect();
    assert_eq!(names, ["landlock", "limits", "seccomp"]);
    assert_eq!(report.measures["limits"], Enforcement::Enforced);
    assert_eq!(report.is_complete(), report.missing().is_empty());
    println!("missing on this kernel: {:?}", report.missing());
    decoder
        .render("one", jpeg(), &RenderSpec::default())
        .await
        .unwrap();
    assert_eq!(decoder.children_started(), 1, "the probed child is used");
}

#[tokio::test]
async fn the_kernel_agrees_that_the_child_is_locked_in() {
    let mut decoder = Decoder::new(options());
    let report = decoder.probe().await.unwrap();
    let id = decoder.child_id().unwrap();
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line[name.len()..].trim().to_owned()
    };
    if report.measures["seccomp"] == Enforcement::Enforced {
        assert_eq!(line("Seccomp:"), "2");
    }
    assert_eq!(line("NoNewPrivs:"), "1");
    let environment = std::fs::read(format!("/proc/{id}/environ")).unwrap();
    assert!(environment.is_empty());
    let limits = std::fs::read_to_string(format!("/proc/{id}/limits")).unwrap();
    let limit = |name: &str| limits.lines().find(|line| line.starts_with(name)).unwrap();
    assert!(limit("Max address space").contains("1073741824"));
    let files: Vec<&str> = limit("Max open files").split_whitespace().skip(3).collect();
    assert_eq!(files[..2], ["3", "3"]);
}

#[tokio::test]
async fn processor_time_is_granted_job_by_job() {
    let mut decoder = Decoder::new(options());
    decoder.probe().await.unwrap();
    let id = decoder.child_id().unwrap();
    let limit = || {
        let limits = std::fs::read_to_string(format!("/proc/{id}/limits")).unwrap();
        let line = limits
            .lines()
            .find(|line| line.starts_with("Max cpu time"))
            .unwrap();
        let numbers = line.split_whitespace().filter_map(|word| word.parse().ok());
        numbers.collect::<Vec<u64>>()
    };
    assert_eq!(limit(), [20, 2020]);
    decoder
        .render("one", jpeg(), &RenderSpec::default())
        .await
        .unwrap();
    // A second of rounding, and what the first picture took.
    assert_eq!(limit(), [21, 2020]);
}

#[tokio::test]
async fn a_child_serves_its_number_and_no_more() {
    let mut decoder = Decoder::new(DecoderOptions {
        recycle_after: 3,
        ..options()
    });
    let mut ids = Vec::new();
    for _ in 0..7 {
        decoder
            .render("one", jpeg(), &RenderSpec::default())
            .await
            .unwrap();
        ids.push(decoder.child_id());
    }
    assert_eq!(decoder.children_started(), 3);
    assert_eq!(ids[0], ids[1]);
    assert_eq!(ids[2], None);
    assert_ne!(ids[1], ids[3]);
}

#[tokio::test]
async fn another_workspace_gets_another_child() {
    let mut decoder = Decoder::new(options());
    for (workspace, children) in [("one", 1), ("one", 1), ("two", 2), ("two", 2), ("one", 3)] {
        decoder
            .render(workspace, jpeg(), &RenderSpec::default())
            .await
            .unwrap();
        assert_eq!(decoder.children_started(), children);
    }
}

#[tokio::test]
async fn an_error_costs_the_child_and_nothing_else() {
    let mut decoder = Decoder::new(options());
    let spec = RenderSpec::default();
    let error = decoder
        .render("one", Bytes::from_static(b"nothing"), &spec)
        .await
        .unwrap_err();
    assert!(matches!(
        error,
        DecodeError::Render(RenderError::Unsupported { .. })
    ));
    assert!(!error.is_temporary());
    assert_eq!(decoder.child_id(), None);
    decoder.render("one", jpeg(), &spec).await.unwrap();
    assert_eq!(decoder.children_started(), 2);
}

#[tokio::test]
async fn a_killed_child_is_a_crash_and_the_next_picture_renders() {
    let mut decoder = Decoder::new(options());
    decoder.probe().await.unwrap();
    let id = i32::try_from(decoder.child_id().unwrap()).unwrap();
    let pid = rustix::process::Pid::from_raw(id).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    let error = decoder
        .render("one", jpeg(), &RenderSpec::default())
        .await
        .unwrap_err();
    assert!(matches!(error, DecodeError::Crashed { .. }), "{error:?}");
    decoder
        .render("one", jpeg(), &RenderSpec::default())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_picture_that_takes_too_long_is_given_up() {
    let mut decoder = Decoder::new(DecoderOptions {
        wall_limit: Duration::from_millis(1),
        ..options()
    });
    let large = picture(4000, 3000, ImageFormat::Bmp);
    let started = Instant::now();
    let error = decoder
        .render("one", large, &RenderSpec::default())
        .await
        .unwrap_err();
    assert!(matches!(error, DecodeError::TimedOut), "{error:?}");
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(decoder.child_id(), None);
}

#[tokio::test]
async fn a_picture_that_needs_more_memory_than_there_is_ends_in_words() {
    let mut decoder = Decoder::new(DecoderOptions {
        address_space: 96 << 20,
        ..options()
    });
    let large = picture(5000, 4000, ImageFormat::Png);
    let error = decoder
        .render("one", large, &RenderSpec::default())
        .await
        .unwrap_err();
    assert!(matches!(error, DecodeError::OutOfMemory), "{error:?}");
    decoder
        .render("one", jpeg(), &RenderSpec::default())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_file_larger_than_the_memory_is_refused_before_it_is_read() {
    let mut decoder = Decoder::new(DecoderOptions {
        address_space: 96 << 20,
        ..options()
    });
    let large = Bytes::from(vec![0xff; 128 << 20]);
    let error = decoder
        .render("one", large, &RenderSpec::default())
        .await
        .unwrap_err();
    assert!(
        matches!(error, DecodeError::Render(RenderError::TooLarge { .. })),
        "{error:?}"
    );
}

#[tokio::test]
async fn dropping_a_render_in_the_middle_kills_the_child() {
    let mut decoder = Decoder::new(options());
    decoder.probe().await.unwrap();
    let id = decoder.child_id().unwrap();
    let large = picture(4000, 3000, ImageFormat::Bmp);
    let spec = RenderSpec::default();
    let given_up = tokio::time::timeout(
        Duration::from_millis(5),
        decoder.render("one", large, &spec),
    )
    .await;
    assert!(given_up.is_err());
    let deadline = Instant::now() + Duration::from_secs(5);
    while is_running(id) {
        assert!(Instant::now() < deadline, "the child lives on");
        tokio::task::yield_now().await;
    }
    decoder.render("one", jpeg(), &spec).await.unwrap();
}

/// Whether the process is there and not merely waiting to be collected.
fn is_running(id: u32) -> bool {
    let Ok(status) = std::fs::read_to_string(format!("/proc/{id}/stat")) else {
        return false;
    };
    let state = status
        .rsplit(')')
        .next()
        .unwrap_or("")
        .trim_start()
        .chars()
        .next();
    !matches!(state, None | Some('Z' | 'X'))
}

#[tokio::test]
async fn a_program_that_is_no_decoder_is_noticed() {
    let mut decoder = Decoder::new(DecoderOptions::new("/bin/true"));
    let error = decoder
        .render("one", jpeg(), &RenderSpec::default())
        .await
        .unwrap_err();
    assert!(matches!(error, DecodeError::Spawn(_)), "{error:?}");
    assert!(error.is_temporary());
    let mut decoder = Decoder::new(DecoderOptions::new("/nowhere/at/all"));
    let error = decoder
        .render("one", jpeg(), &RenderSpec::default())
        .await
        .unwrap_err();
    assert!(matches!(error, DecodeError::Spawn(_)), "{error:?}");
}
