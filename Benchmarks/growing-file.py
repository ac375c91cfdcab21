#!/usr/bin/env python3
"""Lets a file grow in a drop folder for a minute, and looks whether the daemon takes it once, and whole.

usage: Benchmarks/growing-file.py PROGRAM [--seconds 60] [--settle 2]

Three writers work side by side: one keeps its file open and writes a line every second; one opens its file anew for each
line, with pauses shorter than the time to settle; one writes half a line, waits, and writes the other half. At the end each
file must be in done once, with as many results as it has lines, and no line may have been refused.
"""
import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("program")
parser.add_argument("--seconds", type=float, default=60)
parser.add_argument("--settle", type=float, default=2)
arguments = parser.parse_args()

base = tempfile.mkdtemp(prefix="weerbaar-grow-")
folder = os.path.join(base, "in")
os.mkdir(folder)
done = os.path.join(folder, "done")
end = time.monotonic() + arguments.seconds
counts = {"open.ndjson": 0, "anew.ndjson": 0, "half.ndjson": 0}


def line(name):
    counts[name] += 1
    return json.dumps({"id": f"{name}-{counts[name]}", "text": f"Vraag {counts[name]} over de begroting."}) + "\n"


def keep_open():
    with open(os.path.join(folder, "open.ndjson"), "w") as out:
        while time.monotonic() < end:
            out.write(line("open.ndjson"))
            out.flush()
            time.sleep(1)


def open_anew():
    while time.monotonic() < end:
        with open(os.path.join(folder, "anew.ndjson"), "a") as out:
            out.write(line("anew.ndjson"))
        time.sleep(arguments.settle / 2)


def halves():
    with open(os.path.join(folder, "half.ndjson"), "w") as out:
        while time.monotonic() < end:
            text = line("half.ndjson")
            out.write(text[: len(text) // 2])
            out.flush()
            time.sleep(0.7)
            out.write(text[len(text) // 2 :])
            out.flush()
            time.sleep(0.7)


daemon = subprocess.Popen(
    [arguments.program, "watch", folder, "--casebook", os.path.join(base, "zaken.casebook"), "--settle", str(arguments.settle)],
    stderr=subprocess.DEVNULL)
writers = [threading.Thread(target=work) for work in (keep_open, open_anew, halves)]
for writer in writers:
    writer.start()
early = 0
while any(writer.is_alive() for writer in writers):
    early += len(os.listdir(done)) if os.path.isdir(done) else 0
    time.sleep(0.5)
deadline = time.monotonic() + 30 + 3 * arguments.settle
wanted = set(counts) | {name + ".assessed.ndjson" for name in counts}
while time.monotonic() < deadline and set(os.listdir(done)) != wanted:
    time.sleep(0.5)
daemon.send_signal(signal.SIGTERM)
status = daemon.wait()

faults = []
if early:
    faults.append("a file was taken while it grew")
if status != 0:
    faults.append(f"the daemon ended with {status}")
found = set(os.listdir(done))
if found != wanted:
    faults.append(f"in done: {sorted(found)}")
for name, count in counts.items():
    results = os.path.join(done, name + ".assessed.ndjson")
    rows = [json.loads(text) for text in open(results)] if os.path.exists(results) else []
    if [row["id"] for row in rows] != [f"{name}-{number + 1}" for number in range(count)]:
        faults.append(f"{name}: {len(rows)} results for {count} lines")
    if any("assessment" not in row for row in rows):
        faults.append(f"{name}: a line without an assessment")
shutil.rmtree(base)
print(f"{arguments.seconds:.0f} s, lines: {counts}")
for fault in faults:
    print(fault)
print("each file once, and whole" if not faults else "FAILED")
sys.exit(1 if faults else 0)
