#!/usr/bin/env python3
"""Drops one file of many gigabytes in the daemon's folder, ends the daemon with kill -9 on the way, and looks what is left.

usage: Benchmarks/large-drop.py PROGRAM [--gigabytes 5] [--kills 3] [--every 10000]

The file is NDJSON of harmless messages; every so manieth is abusive and has a number of its own. At the end the results must
hold each message once and in order, the casebook each abusive one exactly once, and it must verify. Prints time and the largest
memory.
"""
import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("program")
parser.add_argument("--gigabytes", type=float, default=5)
parser.add_argument("--kills", type=int, default=3)
parser.add_argument("--every", type=int, default=10_000)
parser.add_argument("--between", type=float, default=60, help="seconds from a start to its kill, at most")
arguments = parser.parse_args()

random.seed(1)
base = tempfile.mkdtemp(prefix="weerbaar-large-")
folder = os.path.join(base, "in")
os.mkdir(folder)
casebook = os.path.join(base, "zaken.casebook")
total = abusive = written = 0
with open(os.path.join(base, "groot.ndjson"), "wb") as out:
    while written < arguments.gigabytes * 1e9:
        lines = []
        for _ in range(10_000):
            total += 1
            if total % arguments.every == 0:
                abusive += 1
                text = f"Vuile heks, rot op met je plannen, kutwijf nr {total}"
            else:
                text = f"Bericht {total} over het fietspad: wanneer gaat het open, en wie betaalt dat {total * 7919 % 100003}?"
            lines.append(
                f'{{"id":"{total}","text":"{text}","time":"2026-05-{1 + total % 28:02}T{total % 24:02}:{total % 60:02}:00Z",'
                f'"author":{{"handle":"@a{total % 50021}"}},"recipient":{{"handle":"@raadslid"}},"direction":"incoming",'
                f'"conversation":"c{total % 50021}"}}\n')
        block = "".join(lines).encode()
        written += len(block)
        out.write(block)
os.rename(os.path.join(base, "groot.ndjson"), os.path.join(folder, "groot.ndjson"))
command = [arguments.program, "watch", folder, "--casebook", casebook, "--once", "--settle", "0"]


def peak(process):
    try:
        with open(f"/proc/{process.pid}/status") as status:
            return int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1)) // 1024
    except (OSError, AttributeError):
        return 0


began = time.time()
memory = kills = 0
while True:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.time() + random.uniform(arguments.between / 3, arguments.between) if kills < arguments.kills else None
    while process.poll() is None and (end is None or time.time() < end):
        memory = max(memory, peak(process))
        time.sleep(0.2)
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
        continue
    break
seconds = time.time() - began
faults = []
if process.returncode != 0:
    faults.append(f"the last run ended with {process.returncode}")
results = os.path.join(folder, "done", "groot.ndjson.assessed.ndjson")
found = 0
if os.path.exists(results):
    with open(results, "rb") as lines:
        for line in lines:
            found += 1
            if not line.startswith(b'{"id":"%d",' % found):
                faults.append(f"line {found} of the results is another message")
                break
if found != total:
    faults.append(f"{found} results for {total} messages")
listed = subprocess.run(
    [arguments.program, "casebook", "list", "--casebook", casebook, "--output", "ndjson"], capture_output=True, text=True)
kept = re.findall(r"kutwijf nr (\d+)", "\n".join(line.split('"assessment"')[0] for line in listed.stdout.splitlines()))
wanted = {str(number) for number in range(arguments.every, total + 1, arguments.every)}
if len(kept) != len(set(kept)) or not wanted <= set(kept):
    faults.append(f"the casebook holds {len(kept)} messages, {len(set(kept))} different, of {len(wanted)}")
verified = subprocess.run([arguments.program, "casebook", "verify", "--casebook", casebook], capture_output=True, text=True)
if verified.returncode != 0:
    faults.append("verify: " + verified.stdout.strip())
print(f"{written / 1e6:,.0f} MB, {total:,} messages, {kills} kills, {seconds:.0f} s, at most {memory} MiB resident")
print(f"results {found:,}, in the casebook {len(kept):,} of {len(wanted):,} abusive messages made")
for fault in faults:
    print("FAULT:", fault)
shutil.rmtree(base)
sys.exit(1 if faults else 0)
