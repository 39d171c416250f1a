"""Renders one file with libvips, each size from the one before, and prints what it cost.

    python peer_pyvips.py <file> <times> [<folder>]
"""

import json
import sys
import time

import pyvips

file, times = sys.argv[1], int(sys.argv[2])
folder = sys.argv[3] if len(sys.argv) > 3 else None
SIZES = [(2560, 85), (1280, 80), (320, 80)]

pyvips.cache_set_max(0)


def encode(image, quality):
    return image.jpegsave_buffer(Q=quality, keep="none", optimize_coding=False, subsample_mode="on")


def render():
    outputs = []
    with open(file, "rb") as original:
        data = original.read()
    size, quality = SIZES[0]
    # Without a profile there is nothing to convert, and asking for it would cost much.
    header = pyvips.Image.new_from_buffer(data, "")
    profile = {"output_profile": "srgb"} if header.get_typeof("icc-profile-data") else {}
    image = pyvips.Image.thumbnail_buffer(
        data, size, height=size, size="down", **profile
    ).copy_memory()
    outputs.append(encode(image, quality))
    for size, quality in SIZES[1:]:
        image = image.thumbnail_image(size, height=size, size="down").copy_memory()
        outputs.append(encode(image, quality))
    return outputs


started = time.process_time()
for _ in range(times):
    outputs = render()
cpu_ms = (time.process_time() - started) / times * 1e3
if folder:
    for (size, _), data in zip(SIZES, outputs):
        with open(f"{folder}/{size}.jpg", "wb") as output:
            output.write(data)
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM:"))
version = ".".join(str(pyvips.version(part)) for part in range(3))
print(json.dumps({"cpu_ms": cpu_ms, "peak_mib": peak, "version": version}))
