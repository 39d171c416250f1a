"""How near renditions are to a float Lanczos reduction of the original, and how large."""

import numpy as np
from PIL import Image

SIZES = [2560, 1280, 320]
Image.MAX_IMAGE_PIXELS = None


class References:
    """The luma of ideal reductions of one picture, by size."""

    def __init__(self, path):
        original = Image.open(path).convert("RGB")
        self.channels = [channel.convert("F") for channel in original.split()]
        self.known = {}

    def of(self, size):
        """Returns the reduction to this width and height: programs round odd sides differently."""
        if size not in self.known:
            resized = [c.resize(size, Image.Resampling.LANCZOS) for c in self.channels]
            rgb = np.stack([np.asarray(channel) for channel in resized], -1)
            self.known[size] = luma(np.clip(rgb, 0, 255))
        return self.known[size]


def luma(rgb):
    return rgb[..., 0] * 0.299 + rgb[..., 1] * 0.587 + rgb[..., 2] * 0.114


def measure(folder, ideal):
    """Returns PSNR of luma in dB and bytes, by size."""
    found = {}
    for size in SIZES:
        path = folder / f"{size}.jpg"
        image = Image.open(path).convert("RGB")
        error = np.mean((luma(np.asarray(image, dtype=np.float64)) - ideal.of(image.size)) ** 2)
        found[size] = (10 * np.log10(255**2 / error), path.stat().st_size)
    return found
