//! As much of JPEG as tells whether one begins here, and how large it is.

/// Markers looked at before a frame must have come.
const MAX_SEGMENTS: usize = 64;

/// The size in a JPEG's frame header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) width: u32,
    pub(super) height: u32,
}

/// Returns where a JPEG may begin.
pub(super) fn starts(bytes: &[u8]) -> impl Iterator<Item = usize> + '_ {
    bytes
        .windows(4)
        .enumerate()
        .filter(|(_, start)| start[..3] == [0xff, 0xd8, 0xff] && start[3] >= 0xc0)
        .map(|(index, _)| index)
}

/// Reads the frame of a JPEG of eight bits that a common decoder knows. Sensor data is often a
/// lossless JPEG, which is no preview.
pub(super) fn frame(jpeg: &[u8]) -> Option<Frame> {
    if !jpeg.starts_with(&[0xff, 0xd8]) {
        return None;
    }
    let mut at = 2;
    for _ in 0..MAX_SEGMENTS {
        while jpeg.get(at + 1) == Some(&0xff) {
            at += 1;
        }
        if jpeg.get(at) != Some(&0xff) {
            return None;
        }
        let marker = *jpeg.get(at + 1)?;
        let length = usize::from(short(jpeg, at + 2)?);
        if length < 2 {
            return None;
        }
        match marker {
            0xc0..=0xc2 => {
                let is_eight_bits = *jpeg.get(at + 4)? == 8;
                let height = u32::from(short(jpeg, at + 5)?);
                let width = u32::from(short(jpeg, at + 7)?);
                let components = *jpeg.get(at + 9)?;
                let is_picture = is_eight_bits && width > 0 && height > 0;
                let is_shown = is_picture && matches!(components, 1 | 3);
                return is_shown.then_some(Frame { width, height });
            }
            // Tables, comments, applications' data and the restart interval come before it.
            0xc4 | 0xdb | 0xdd | 0xe0..=0xef | 0xfe => at += 2 + length,
            _ => return None,
        }
    }
    None
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    let pair = bytes.get(at..at + 2)?;
    Some(u16::from_be_bytes([pair[0], pair[1]]))
}
