"""Makes the pictures of the benchmark: photographs where there are some, else a drawn scene."""

import io
import pathlib

import numpy as np
from PIL import Image, ImageCms

SIZES = {"12mp": (4000, 3000), "24mp": (6000, 4000), "48mp": (8000, 6000)}


def make(folder, photographs):
    """Writes the inputs that are missing and returns their paths by name."""
    folder.mkdir(parents=True, exist_ok=True)
    tiles = load(photographs)
    paths = {}
    for name, (width, height) in SIZES.items():
        paths[name] = folder / f"{name}.jpg"
        if not paths[name].exists():
            assemble(tiles, width, height).save(paths[name], quality=92, subsampling="4:2:0")
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profiles = {"12mp-srgb": srgb, "12mp-wide": wide_profile()}
    for name, profile in profiles.items():
        paths[name] = folder / f"{name}.jpg"
        if not paths[name].exists():
            plain = Image.open(paths["12mp"])
            plain.save(paths[name], quality=92, subsampling="4:2:0", icc_profile=profile)
    return paths


def load(photographs):
    """Returns photographs of at least two megapixels, at most a dozen."""
    found = []
    if photographs.is_dir():
        for path in sorted(photographs.rglob("*.[jJ][pP]*[gG]")):
            image = Image.open(path)
            if image.width * image.height < 2_000_000:
                continue
            try:
                found.append(image.convert("RGB"))
            except OSError:
                print(f"left out, it is damaged: {path.name}")
    return found[:12] or [draw(seed) for seed in range(6)]


def assemble(tiles, width, height):
    """Lays pictures side by side at about their own resolution, so that detail stays natural."""
    canvas = Image.new("RGB", (width, height))
    across, down = max(1, width // 2000), max(1, height // 1500)
    cell = (-(-width // across), -(-height // down))
    for index in range(across * down):
        tile = tiles[index % len(tiles)]
        scale = max(cell[0] / tile.width, cell[1] / tile.height)
        size = (-(-int(tile.width * scale) // 1) + 1, -(-int(tile.height * scale) // 1) + 1)
        canvas.paste(
            tile.resize(size, Image.Resampling.LANCZOS).crop((0, 0, *cell)),
            (index % across * cell[0], index // across * cell[1]),
        )
    return canvas


def draw(seed):
    """Draws gradients, edges and noise whose spectrum falls as that of photographs does."""
    random = np.random.default_rng(seed)
    height, width = 2000, 2500
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(width), np.fft.fftfreq(height)))
    frequency[0, 0] = 1
    channels = []
    shared = None
    for strength in (1.0, 0.25, 0.25):
        noise = np.fft.fft2(random.standard_normal((height, width))) / frequency**1.1
        noise = np.real(np.fft.ifft2(noise))
        noise *= strength / noise.std()
        shared = noise if shared is None else shared
        channels.append(noise if strength == 1.0 else shared + noise)
    picture = 128 + 45 * np.stack(channels, axis=-1)
    for _ in range(40):
        left, top = random.integers(0, width), random.integers(0, height)
        w, h = random.integers(40, 500, 2)
        picture[top : top + h, left : left + w] += random.uniform(-60, 60, 3)
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


def wide_profile():
    """Builds a version 2 matrix profile with the primaries of Adobe RGB (1998) and gamma 2.2."""

    def fixed(value):
        return int(round(value * 65536)).to_bytes(4, "big", signed=True)

    def xyz(*values):
        return b"XYZ \0\0\0\0" + b"".join(fixed(value) for value in values)

    gamma = b"curv\0\0\0\0" + (1).to_bytes(4, "big") + (563).to_bytes(2, "big") + b"\0\0"
    name = b"Wide test profile\0"
    description = b"desc\0\0\0\0" + len(name).to_bytes(4, "big") + name + bytes(78)
    description += bytes(-len(description) % 4)
    tags = {
        b"desc": description,
        b"cprt": b"text\0\0\0\0none\0\0\0\0",
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": xyz(0.60974, 0.31111, 0.01947),
        b"gXYZ": xyz(0.20528, 0.62567, 0.06087),
        b"bXYZ": xyz(0.14919, 0.06322, 0.74457),
        b"rTRC": gamma,
        b"gTRC": gamma,
        b"bTRC": gamma,
    }
    table = io.BytesIO()
    body = io.BytesIO()
    start = 128 + 4 + 12 * len(tags)
    table.write(len(tags).to_bytes(4, "big"))
    for tag, data in tags.items():
        table.write(tag + (start + body.tell()).to_bytes(4, "big"))
        table.write(len(data).to_bytes(4, "big"))
        body.write(data)
    size = start + body.tell()
    header = size.to_bytes(4, "big") + bytes(4) + b"\x02\x40\0\0mntrRGB XYZ "
    header += bytes(12) + b"acsp" + bytes(28) + fixed(0.9642) + fixed(1.0) + fixed(0.8249)
    return header.ljust(128, b"\0") + table.getvalue() + body.getvalue()


if __name__ == "__main__":
    here = pathlib.Path(__file__).resolve()
    project = here.parents[3]
    photographs = project.parent / "shared/photos/cameras"
    for name, path in make(project / "target/bench/inputs", photographs).items():
        print(name, path)
