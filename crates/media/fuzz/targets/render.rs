//! Renditions of anything, in this process, where a sanitizer sees every step.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stowage_media::{RenderSpec, Renderer, Size};

fuzz_target!(|bytes: &[u8]| {
    let spec = RenderSpec {
        sizes: vec![Size::new("preview", 100, 80), Size::new("thumbnail", 32, 80)],
        // Small enough to try many: limits have tests of their own.
        max_pixels_jpeg: 4 << 20,
        max_decoded_bytes: 16 << 20,
        ..RenderSpec::default()
    };
    let _ = Renderer::new().render(bytes, &spec);
});
