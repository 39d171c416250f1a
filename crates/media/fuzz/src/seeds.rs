//! Writes one small picture of each format into the folder it is given: where fuzzing begins.

use std::{env, error::Error, fs::File, io::BufWriter, path::PathBuf};

use image::{DynamicImage, ImageFormat, RgbImage};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args_os().nth(1).ok_or("usage: seeds FOLDER")?);
    std::fs::create_dir_all(&folder)?;
    let drawn = RgbImage::from_fn(24, 17, |x, y| image::Rgb([(x * 9) as u8, (y * 13) as u8, 90]));
    let colours = DynamicImage::from(drawn);
    let pictures = [
        ("colour", colours.clone()),
        ("grey", DynamicImage::from(colours.to_luma8())),
        ("deep", DynamicImage::from(colours.to_rgb16())),
        ("see-through", DynamicImage::from(colours.to_rgba8())),
    ];
    for format in [
        ImageFormat::Jpeg,
        ImageFormat::Png,
        ImageFormat::WebP,
        ImageFormat::Gif,
        ImageFormat::Tiff,
        ImageFormat::Bmp,
    ] {
        let extension = format.extensions_str()[0];
        for (name, picture) in &pictures {
            let path = folder.join(format!("{name}.{extension}"));
            // Not every format has every kind of pixel.
            if picture.write_to(&mut BufWriter::new(File::create(&path)?), format).is_err() {
                std::fs::remove_file(path)?;
            }
        }
    }
    Ok(())
}
