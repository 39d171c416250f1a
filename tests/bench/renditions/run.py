"""Compares our renditions with sharp's and libvips': processor time, memory, quality, bytes.

    python3 tests/bench/renditions/run.py [--quick] [<input> ...]

Installs the peers into target/bench by name from the registries, makes the inputs, and runs ours
and a peer in turn, so that a slow minute of the machine hits both. Every figure is the median of
the pairs. Build ours first: cargo build --release -p stowage-media
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE.parents[2]
BENCH = PROJECT / "target/bench"
PYTHON = BENCH / "venv/bin/python"
OURS = PROJECT / "target/release/stowage-media-bench"

# Ours ÷ the peer's processor time, at most; from the performance targets.
TARGETS = {
    ("12mp", "sharp three"): 0.45,
    ("12mp-srgb", "sharp three"): 0.28,
    ("24mp", "sharp three"): 0.36,
    ("48mp", "sharp three"): 0.40,
    ("12mp", "sharp cascade"): 0.60,
    ("24mp", "sharp cascade"): 0.55,
    ("48mp", "sharp cascade"): 0.70,
    ("12mp", "libvips cascade"): 0.60,
    ("24mp", "libvips cascade"): 0.60,
    ("48mp", "libvips cascade"): 0.60,
}


def install():
    """Puts the peers into target/bench, once, and goes on with the Python found there."""
    BENCH.mkdir(parents=True, exist_ok=True)
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", BENCH / "venv"], check=True)
        packages = ["pyvips[binary]", "pillow", "numpy"]
        subprocess.run([PYTHON, "-m", "pip", "install", "-q", *packages], check=True)
    if not (BENCH / "node_modules/sharp").exists():
        subprocess.run(["npm", "--silent", "--prefix", BENCH, "install", "sharp"], check=True)
    if pathlib.Path(sys.prefix) != BENCH / "venv":
        os.execv(PYTHON, [PYTHON, __file__, *sys.argv[1:]])


def measured(command, file, times, folder):
    folder.mkdir(parents=True, exist_ok=True)
    environment = dict(os.environ, VIPS_CONCURRENCY="1", BENCH_MODULES=str(BENCH))
    command = [*command, file, str(times), str(folder)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def main():
    install()
    import inputs
    import quality

    is_quick = "--quick" in sys.argv
    pairs, times = (1, 5) if is_quick else (5, 30)
    if not OURS.exists():
        raise SystemExit("build it first: cargo build --release -p stowage-media")
    ours = [OURS]
    sharp = HERE / "peer_sharp.mjs"
    peers = {
        "sharp three": ["node", sharp, "three"],
        "sharp cascade": ["node", sharp, "cascade"],
        "libvips cascade": [PYTHON, HERE / "peer_pyvips.py"],
    }
    photographs = PROJECT.parent / "shared/photos/cameras"
    files = inputs.make(BENCH / "inputs", photographs)
    chosen = [name for name in sys.argv[1:] if name in files] or list(files)
    print(f"median of {pairs} alternating pairs, {times} images a process\n")
    print("| input | peer | ours ms | peer ms | ratio | target | ours MiB | peer MiB |")
    print("|---|---|---|---|---|---|---|---|")
    is_met = True
    for name in chosen:
        file = files[name]
        for peer, command in peers.items():
            left, right = [], []
            for _ in range(pairs):
                left.append(measured(ours, file, times, BENCH / "out" / name / "ours"))
                right.append(measured(command, file, times, BENCH / "out" / name / peer))
            ratio = statistics.median(a["cpu_ms"] / b["cpu_ms"] for a, b in zip(left, right))
            target = TARGETS.get((name, peer))
            is_met &= target is None or ratio <= target
            print(
                f"| {name} | {peer} {right[0]['version']} "
                f"| {statistics.median(run['cpu_ms'] for run in left):.0f} "
                f"| {statistics.median(run['cpu_ms'] for run in right):.0f} "
                f"| {ratio:.2f} | {target or '–'} "
                f"| {max(run['peak_mib'] for run in left)} "
                f"| {max(run['peak_mib'] for run in right)} |",
                flush=True,
            )
    print("\nPSNR of luma in dB against a float Lanczos reference, and bytes\n")
    print("| input | program | 2560 | 1280 | 320 |\n|---|---|---|---|---|")
    for name in [name for name in chosen if name in inputs.SIZES]:
        ideal = quality.References(files[name])
        for program in ["ours", *peers]:
            found = quality.measure(BENCH / "out" / name / program, ideal)
            cells = [f"{found[size][0]:.2f} / {found[size][1]}" for size in quality.SIZES]
            print(f"| {name} | {program} | {' | '.join(cells)} |", flush=True)
    print("\nevery ratio is within its target" if is_met else "\nsome ratios miss their target")


if __name__ == "__main__":
    main()
