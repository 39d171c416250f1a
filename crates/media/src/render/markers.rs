//! What the rendering of a JPEG needs from its header segments.

use crate::metadata::orientation_of_tiff;

/// Profiles larger than this are left aside; real ones stay under 2 MiB.
pub(super) const MAX_PROFILE: usize = 4 << 20;

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Markers {
    /// 1 to 8.
    pub(super) orientation: u8,
    pub(super) profile: Option<Vec<u8>>,
    /// Whether anything follows the header of the first scan.
    pub(super) has_scan: bool,
    /// Whether Adobe's segment is there: its CMYK is stored inverted.
    pub(super) is_adobe: bool,
}

/// Walks the segments before the first scan.
pub(super) fn scan(bytes: &[u8]) -> Markers {
    let mut markers = Markers {
        orientation: 1,
        ..Markers::default()
    };
    let mut chunks: Vec<(u8, &[u8])> = Vec::new();
    let mut has_exif = false;
    for Segment {
        marker,
        payload,
        end,
    } in segments(bytes)
    {
        if marker == START_OF_SCAN {
            let rest = &bytes[end..];
            markers.has_scan = !rest.is_empty() && !rest.starts_with(&[0xff, 0xd9]);
        } else if marker == 0xe1 && !has_exif {
            if let Some(block) = payload.strip_prefix(b"Exif\0\0") {
                has_exif = true;
                markers.orientation = orientation_of_tiff(block).unwrap_or(1);
            }
        } else if marker == 0xe2 {
            if let Some([number, _count, data @ ..]) = payload.strip_prefix(b"ICC_PROFILE\0") {
                chunks.push((*number, data));
            }
        } else if marker == 0xee {
            markers.is_adobe |= payload.starts_with(b"Adobe");
        }
    }
    chunks.sort_by_key(|(number, _)| *number);
    let length: usize = chunks.iter().map(|(_, data)| data.len()).sum();
    if length > 0 && length <= MAX_PROFILE {
        markers.profile = Some(chunks.iter().flat_map(|(_, data)| *data).copied().collect());
    }
    markers
}

/// One marker with what belongs to it.
pub(super) struct Segment<'a> {
    pub(super) marker: u8,
    pub(super) payload: &'a [u8],
    /// Where the next one begins.
    end: usize,
}

const START_OF_SCAN: u8 = 0xda;

/// Iterates over the segments with a length, the header of the first scan being the last.
pub(super) fn segments(bytes: &[u8]) -> impl Iterator<Item = Segment<'_>> {
    let mut position = 2;
    let mut is_over = false;
    std::iter::from_fn(move || {
        while !is_over {
            let rest = bytes.get(position..)?;
            let skipped = rest.iter().take_while(|&&byte| byte == 0xff).count();
            let marker = *rest.get(skipped)?;
            // No marker here, or the file ends.
            if skipped == 0 || marker == 0xd9 {
                return None;
            }
            is_over = marker == START_OF_SCAN;
            position += skipped + 1;
            // Markers that stand alone.
            if matches!(marker, 0x01 | 0xd0..=0xd8) {
                continue;
            }
            let [high, low] = *bytes.get(position..position + 2)? else {
                return None;
            };
            let length = usize::from(u16::from_be_bytes([high, low]));
            let payload = bytes.get(position + 2..position + length)?;
            position += length;
            let end = position;
            return Some(Segment {
                marker,
                payload,
                end,
            });
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(marker: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0xff, marker];
        bytes.extend_from_slice(&(payload.len() as u16 + 2).to_be_bytes());
        bytes.extend_from_slice(payload);
        bytes
    }

    #[test]
    fn joins_a_profile_in_the_order_of_its_numbers() {
        let mut bytes = vec![0xff, 0xd8];
        bytes.extend(segment(0xe2, b"ICC_PROFILE\0\x02\x02world"));
        bytes.extend([0xff, 0xff]);
        bytes.extend(segment(0xe2, b"ICC_PROFILE\0\x01\x02hello "));
        bytes.extend(segment(0xee, b"Adobe\0d"));
        let markers = scan(&bytes);
        assert_eq!(markers.profile.as_deref(), Some(b"hello world".as_slice()));
        assert!(markers.is_adobe);
        assert_eq!(markers.orientation, 1);
        assert!(!markers.has_scan);
    }

    #[test]
    fn a_segment_longer_than_the_file_ends_the_walk() {
        assert_eq!(
            segments(&[0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff, 1, 2]).count(),
            0
        );
        assert_eq!(segments(&[0xff, 0xd8, 0xff, 0xe1, 0x00, 0x01]).count(), 0);
        assert_eq!(segments(&[]).count(), 0);
    }
}
