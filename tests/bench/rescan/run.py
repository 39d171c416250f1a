"""Compares our rescan of unchanged objects with rclone's listing of them: time, memory, calls, writes.

    python3 tests/bench/rescan/run.py [--objects N] [--runs N] [--binary PATH]

Serves folders of small files with `rclone serve s3`, connects each to an all-in-one of its own, and
then scans and lists in turn, so that a slow minute of the machine hits both. Figures are medians.
Ours is target/release/stowage, built when it is missing. See README.md.
"""

import argparse
import contextlib
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import time

import servers

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE.parents[2]
BENCH = PROJECT / "target/bench/rescan"
OURS = PROJECT / "target/release/stowage"
PAGE = 1_000  # keys in an answer of S3

# From the performance targets.
WALL, CPU, MEMORY, MEMORY_MIB = 1.15, 1.0, 0.10, 256


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--objects", type=int, default=100_000, help="and a tenth of it")
    parser.add_argument("--runs", type=int, default=5, help="alternating runs")
    parser.add_argument("--binary", type=pathlib.Path, help="instead of target/release/stowage")
    return parser.parse_args()


def find_rclone():
    """Returns rclone; where no test servers are, goes on inside the tool that installs them."""
    if found := os.environ.get("STOWAGE_TEST_RCLONE"):
        return found
    if "STOWAGE_TEST_RCLONE_S3_URL" in os.environ:
        raise SystemExit("set STOWAGE_TEST_RCLONE, too: the path of rclone")
    services = str(PROJECT / "deploy/dev/services")
    again = [sys.executable, __file__, *sys.argv[1:]]
    os.execv(services, [services, "run", "--only", "rclone-s3", "--", *again])


def find_binary(chosen):
    if chosen is None and not OURS.exists():
        build = ["cargo", "build", "--release", "--workspace", "--bin", "stowage"]
        subprocess.run(build, cwd=PROJECT, check=True)
    return (chosen or OURS).resolve(strict=True)


def version(*command):
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()[0]


def processor():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    found = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()


def bucket_of(count):
    return f"objects-{count}"


def make_bucket(root, count):
    """Makes a bucket of so many files that no picture is made of, unless it is there."""
    folder = root / bucket_of(count)
    folder.mkdir(parents=True, exist_ok=True)
    if len(os.listdir(folder)) != count:
        for number in range(count):
            (folder / f"{number:08}.dat").write_bytes(b"stowage bench object %08d\n" % number)


class Rclone:
    """rclone as a client of the server."""

    def __init__(self, program, s3):
        self.program, self.s3 = program, s3
        self.environment = servers.clean_environment(
            RCLONE_CONFIG_BENCH_TYPE="s3",
            RCLONE_CONFIG_BENCH_PROVIDER="Rclone",
            RCLONE_CONFIG_BENCH_ENDPOINT=s3.endpoint,
            RCLONE_CONFIG_BENCH_ACCESS_KEY_ID=servers.ACCESS_KEY,
            RCLONE_CONFIG_BENCH_SECRET_ACCESS_KEY=servers.SECRET_KEY,
        )

    def list(self, bucket, count):
        argv = [self.program, "--config", "", "lsf", "-R", "--fast-list", f"BENCH:{bucket}"]
        mark = self.s3.mark()
        output = BENCH / "listing.txt"
        with open(output, "wb") as sink:
            began = time.monotonic()
            child = subprocess.Popen(argv, env=self.environment, stdout=sink)
            _, status, usage = os.wait4(child.pid, 0)
            wall = time.monotonic() - began
            child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            raise SystemExit(f"rclone lsf ended with {child.returncode}")
        lines = output.read_bytes().count(b"\n")
        if lines != count:
            raise SystemExit(f"rclone listed {lines} objects of {count}")
        lists, others, served = self.s3.since(mark)
        return {
            "wall": wall,
            "cpu": usage.ru_utime + usage.ru_stime,
            "peak": usage.ru_maxrss / 1024,
            "lists": lists,
            "others": others,
            "served": served,
        }


def rescan(stowage, s3, count):
    before, written = stowage.scans(), stowage.written()
    stowage.forget_peak()
    resting = stowage.status("VmRSS")
    mark, cpu, disk = s3.mark(), stowage.cpu(), stowage.bytes_written()
    stowage.request_scan()
    run = stowage.wait_for_scan(before)
    cpu, disk = stowage.cpu() - cpu, stowage.bytes_written() - disk
    peak = stowage.status("VmHWM")
    if (run["listed"], run["unchanged"]) != (count, count):
        raise SystemExit(f"{run['listed']} listed, {run['unchanged']} unchanged of {count}")
    lists, others, served = s3.since(mark)
    now = stowage.written()
    return {
        "wall": run["seconds"],
        "cpu": cpu,
        "peak": peak,
        "resting": resting,
        "lists": lists,
        "others": others,
        "served": served,
        "rows": now["rows"] - written["rows"],
        "jobs": now["jobs"] - written["jobs"],
        "disk": disk / 1024,
    }


def idle_cpu(stowage, seconds=5):
    """Returns the share of a processor that it uses with nothing to do."""
    before = stowage.cpu()
    time.sleep(seconds)
    return (stowage.cpu() - before) / seconds


def measure(binary, s3, rclone, count, runs):
    """Returns the first scan, the alternating runs, and what the server uses when idle."""
    bucket = bucket_of(count)
    rclone.list(bucket, count)  # The server reads the folder once.
    stowage = servers.Stowage(binary, BENCH / "stowage" / bucket)
    try:
        stowage.start()
        stowage.set_up()
        stowage.hold_imports()
        cpu = stowage.cpu()
        stowage.connect(s3.endpoint, bucket)
        first = stowage.wait_for_scan(0)
        first["cpu"] = stowage.cpu() - cpu
        first["peak"] = stowage.status("VmHWM")
        stowage.stop()
        imports = stowage.drop_imports()
        if (first["new_objects"], imports) != (count, count):
            raise SystemExit(f"{first['new_objects']} new, {imports} to import of {count}")

        stowage.start()
        rescan(stowage, s3, count)  # Warms both up.
        idle = idle_cpu(stowage)
        pairs = [(rescan(stowage, s3, count), rclone.list(bucket, count)) for _ in range(runs)]
    finally:
        stowage.stop()
    return first, pairs, idle


def median(runs, name):
    return statistics.median(run[name] for run in runs)


def words(counts):
    found = {name: number for name, number in sorted(counts.items()) if number > 0}
    return ", ".join(f"{number} × {name.lower()}" for name, number in found.items()) or "none"


class Table:
    def __init__(self):
        self.missed = []
        print("| objects | what | ours | rclone | ratio (lowest–highest) | target |")
        print("|---|---|---|---|---|---|")

    def row(self, count, what, ours, theirs="", ratio="", target="", is_met=True):
        if not is_met:
            self.missed.append(f"{what} at {count:,}")
        mark = "" if is_met else " **missed**"
        cells = [f"{count:,}", what, ours, theirs, ratio, f"{target}{mark}"]
        print(f"| {' | '.join(cell or '–' for cell in cells)} |", flush=True)

    def compared(self, count, what, name, pairs, most=None):
        ours, theirs = zip(*pairs)
        # The clock of processor time ticks a hundred times a second.
        ratios = sorted(max(a[name], 0.005) / b[name] for a, b in pairs)
        ratio = statistics.median(ratios)
        self.row(
            count,
            what,
            f"{median(ours, name):.2f}",
            f"{median(theirs, name):.2f}",
            f"{ratio:.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})",
            f"≤ {most}" if most else "",
            most is None or ratio <= most,
        )

    def add(self, count, pairs):
        ours, theirs = zip(*pairs)
        pages = -(-count // PAGE)
        self.compared(count, "wall time, s", "wall", pairs, WALL)
        self.compared(count, "processor time, s", "cpu", pairs, CPU)
        self.row(
            count,
            "the server's processor time, s",
            f"{median(ours, 'served'):.2f}",
            f"{median(theirs, 'served'):.2f}",
        )
        lists = max(run["lists"] for run in ours)
        self.row(
            count,
            "listing calls",
            f"{lists}",
            f"{median(theirs, 'lists'):.0f}",
            target=f"{pages}",
            is_met=lists == pages,
        )
        others = ours[-1]["others"]
        self.row(
            count,
            "other calls",
            words(others),
            words(theirs[-1]["others"]),
            target="none",
            is_met=not others.total(),
        )
        for what, name in (("rows written", "rows"), ("jobs enqueued", "jobs")):
            most = max(run[name] for run in ours)
            self.row(count, what, f"{most}", target="0", is_met=most == 0)
        self.row(count, "written to disk, KiB", f"{median(ours, 'disk'):.0f}")
        peak = median(ours, "peak")
        self.row(
            count,
            "peak memory, MiB",
            f"{peak:.1f}",
            f"{median(theirs, 'peak'):.1f}",
            target=f"≤ {MEMORY_MIB}",
            is_met=peak <= MEMORY_MIB,
        )
        self.row(count, "memory before, MiB", f"{median(ours, 'resting'):.1f}")


def main():
    chosen = arguments()
    rclone_program = find_rclone()
    binary = find_binary(chosen.binary)
    counts = sorted({max(chosen.objects // 10, 1), chosen.objects})
    shutil.rmtree(BENCH / "stowage", ignore_errors=True)
    for count in (0, *counts):
        make_bucket(BENCH / "s3", count)

    profile = "" if binary == OURS else " (--binary)"
    print(f"{version(binary, '--version')}{profile} and {version(rclone_program, 'version')}")
    print(f"{os.cpu_count()} cores, {processor()}, Linux {platform.release()}")
    print(f"load before: {os.getloadavg()[0]:.1f}; median of {chosen.runs} alternating runs\n")

    s3 = servers.S3(rclone_program, BENCH / "s3", BENCH / "rclone-server.log")
    with contextlib.ExitStack() as stack:
        stack.callback(servers.stop, s3.process)
        rclone = Rclone(rclone_program, s3)
        table, firsts, idles, peaks = Table(), {}, {}, {}
        for count in counts:
            firsts[count], pairs, idles[count] = measure(binary, s3, rclone, count, chosen.runs)
            table.add(count, pairs)
            peaks[count] = median([ours for ours, _ in pairs], "peak")
        starts = [rclone.list(bucket_of(0), 0) for _ in range(3)]

    few, many = counts[0], counts[-1]
    growth = peaks[many] / peaks[few]
    if is_growing := abs(growth - 1) > MEMORY:
        table.missed.append("memory")
    print(
        f"\nmemory at {many:,} ÷ at {few:,} objects: {growth:.2f} "
        f"(target 1 ± {MEMORY}){' **missed**' if is_growing else ''}"
    )
    for count, first in firsts.items():
        print(
            f"first scan of {count:,} objects with their jobs into SQLite, imports held back: "
            f"{first['seconds']:.2f} s, {count / first['seconds']:,.0f} objects/s, "
            f"processor {first['cpu']:.2f} s, peak {first['peak']:.1f} MiB"
        )
    print(
        f"included above: start of rclone {median(starts, 'wall'):.2f} s, "
        f"processor {median(starts, 'cpu'):.2f} s; "
        f"ours when idle {max(idles.values()):.1%} of a core"
    )
    print(f"missed: {', '.join(table.missed)}" if table.missed else "every target is met")


if __name__ == "__main__":
    main()
