#!/usr/bin/env python3
"""Memory, start, latency and the second core of `weerbaar score`.

    limits.py PROGRAM [MESSAGES]

Memory: the most that was resident for 1,000 and for MESSAGES (1,000,000) messages. Start: from starting the program to the result
of one message, the median of 21. Latency: from writing a message to reading its result, at 1,000 a second, in one process that
goes on. Two cores: wall time of 200,000 messages with --jobs 1 against --jobs 2, and what the machine itself gives: twice the wall
time of one process with --jobs 1 against two such processes side by side. Meaningful on a quiet machine only.
"""
import os
import subprocess
import sys
import threading
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
PROGRAM = os.path.abspath(sys.argv[1])
COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000


def feed(count=20_000):
    """Messages of the benchmark's feed, as lines."""
    made = subprocess.run(
        [sys.executable, os.path.join(ROOT, "Benchmarks", "feed.py"), "20260301", str(count)], capture_output=True, check=True)
    return made.stdout.splitlines(keepends=True)


def resident(lines, count):
    """Most resident memory in MiB for `count` messages."""
    process = subprocess.Popen(
        [PROGRAM, "score", "--jobs", "2"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    block = b"".join(lines)
    whole, rest = divmod(count, len(lines))
    for _ in range(whole):
        process.stdin.write(block)
    process.stdin.write(b"".join(lines[:rest]))
    process.stdin.flush()
    # The most so far, read while the process still lives, once it has taken all but what stands in the pipe.
    time.sleep(0.5)
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    process.stdin.close()
    process.wait()
    return peak / 1024


def start(lines):
    times = []
    for _ in range(21):
        began = time.perf_counter()
        subprocess.run([PROGRAM, "score"], input=lines[0], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - began)
    return sorted(times)[10] * 1000


def latency(lines, rate=1000, count=10_000):
    process = subprocess.Popen(
        [PROGRAM, "score", "--jobs", "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)
    sent = [0.0] * count
    taken = []

    def read():
        with os.fdopen(os.dup(process.stdout.fileno()), "rb") as results:
            for number in range(count):
                results.readline()
                taken.append(time.perf_counter() - sent[number])

    reader = threading.Thread(target=read)
    reader.start()
    began = time.perf_counter()
    for number in range(count):
        wait = began + number / rate - time.perf_counter()
        if wait > 0:
            time.sleep(wait)
        sent[number] = time.perf_counter()
        process.stdin.write(lines[number % len(lines)])
    process.stdin.close()
    reader.join()
    process.wait()
    taken.sort()
    return taken[len(taken) // 2] * 1000, taken[len(taken) * 99 // 100] * 1000


def wall(path, jobs, processes=1):
    """The least wall time of three runs of so many processes side by side."""
    best = None
    for _ in range(3):
        began = time.perf_counter()
        running = [
            subprocess.Popen(
                [PROGRAM, "score", "--jobs", str(jobs), path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for _ in range(processes)]
        for process in running:
            if process.wait() != 0:
                sys.exit(f"{PROGRAM} ended with {process.returncode}")
        used = time.perf_counter() - began
        best = used if best is None else min(best, used)
    return best


def main():
    os.environ.setdefault("WEERBAAR_MODEL", os.path.join(ROOT, "models", "weerbaar-nl.model"))
    lines = feed()
    results = os.path.join(ROOT, "Benchmarks", "results")
    os.makedirs(results, exist_ok=True)
    path = os.path.join(results, "feed-200000.ndjson")
    if not os.path.exists(path):
        with open(path, "wb") as out:
            out.writelines(feed(200_000))
    print(f"start to first result: {start(lines):.1f} ms")
    print("latency at 1,000 a second: median {:.2f} ms, 99th percentile {:.2f} ms".format(*latency(lines)))
    one = wall(path, 1)
    print(f"two cores: {one / wall(path, 2):.2f} times one; two processes: {2 * one / wall(path, 1, processes=2):.2f} times one")
    print(f"resident memory, 1,000 messages: {resident(lines, 1000):.0f} MiB")
    print(f"resident memory, {COUNT:,} messages: {resident(lines, COUNT):.0f} MiB")


main()
