//! EXIF orientation: which sides of the stored picture turn, and turning it.

use crate::turbo::Plane;

/// Whether the stored picture's columns and rows run backwards in the upright one.
pub(super) fn flips(orientation: u8) -> (bool, bool) {
    let columns = matches!(orientation, 2 | 3 | 7 | 8);
    let rows = matches!(orientation, 3 | 4 | 6 | 7);
    (columns, rows)
}

/// Whether width and height change places.
pub(super) fn transposes(orientation: u8) -> bool {
    (5..=8).contains(&orientation)
}

pub(super) fn oriented(width: u32, height: u32, orientation: u8) -> (u32, u32) {
    if transposes(orientation) {
        (height, width)
    } else {
        (width, height)
    }
}

/// Writes the upright plane.
pub(super) fn orient_plane(from: &Plane, orientation: u8, to: &mut Plane) {
    let (width, height) = oriented(from.width, from.height, orientation);
    to.reshape(width, height);
    orient::<1>(
        &from.data,
        from.width,
        from.height,
        orientation,
        &mut to.data,
    );
}

/// Writes the upright pixels of `CHANNELS` bytes each; both slices hold width × height of them.
pub(super) fn orient<const CHANNELS: usize>(
    from: &[u8],
    width: u32,
    height: u32,
    orientation: u8,
    to: &mut [u8],
) {
    let (from_width, from_height) = (width as usize, height as usize);
    let (columns_turn, rows_turn) = flips(orientation);
    let is_transposed = transposes(orientation);
    let (to_width, to_height) = if is_transposed {
        (from_height, from_width)
    } else {
        (from_width, from_height)
    };
    // Blocks of 16 keep both sides of a transposition within the first-level cache.
    const BLOCK: usize = 16;
    for block_y in (0..to_height).step_by(BLOCK) {
        for block_x in (0..to_width).step_by(BLOCK) {
            for y in block_y..(block_y + BLOCK).min(to_height) {
                for x in block_x..(block_x + BLOCK).min(to_width) {
                    let (column, row) = if is_transposed { (y, x) } else { (x, y) };
                    let column = if columns_turn {
                        from_width - 1 - column
                    } else {
                        column
                    };
                    let row = if rows_turn {
                        from_height - 1 - row
                    } else {
                        row
                    };
                    let source = (row * from_width + column) * CHANNELS;
                    let target = (y * to_width + x) * CHANNELS;
                    to[target..target + CHANNELS].copy_from_slice(&from[source..source + CHANNELS]);
                }
            }
        }
    }
}
