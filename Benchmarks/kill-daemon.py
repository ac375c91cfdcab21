#!/usr/bin/env python3
"""Ends the drop-folder daemon with kill -9 at random moments, and looks whether anything is lost or doubled.

usage: Benchmarks/kill-daemon.py PROGRAM [--kills 200] [--files 50] [--messages 2000] [--seed 1]

Makes files of messages, of which every one is abusive and has a number of its own; starts `watch`, ends it at a random
moment, starts it again, until it was ended often enough; then lets it finish. At the end each message must be in the
casebook exactly once, each file in done with as many results as it has messages, and the casebook must verify.
"""
import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("program")
parser.add_argument("--kills", type=int, default=200)
parser.add_argument("--files", type=int, default=50)
parser.add_argument("--messages", type=int, default=2000)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--longest", type=float, default=1.5, help="the longest time until a kill, in seconds")
arguments = parser.parse_args()

random.seed(arguments.seed)
base = tempfile.mkdtemp(prefix="weerbaar-kill-")
folder = os.path.join(base, "in")
os.mkdir(folder)
casebook = os.path.join(base, "zaken.casebook")
words = ["trut", "heks", "rotwijf", "landverrader", "kutwijf", "hoer", "leugenaar", "rat"]
expected = set()
for number in range(arguments.files):
    with open(os.path.join(folder, f"bestand {number}.ndjson"), "w") as out:
        for line in range(arguments.messages):
            name = f"{number}-{line}"
            expected.add(name)
            second = (number * arguments.messages + line) % 86400
            out.write(json.dumps({
                "id": name, "text": f"Vuile {random.choice(words)}, rot op met je plannen, kutwijf nr {line}",
                "time": f"2026-05-{1 + number % 28:02}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z",
                "author": {"handle": f"@a{line % 400}"}, "direction": "incoming",
                "conversation": f"c{line % 7}"}) + "\n")

command = [arguments.program, "watch", folder, "--casebook", casebook, "--once", "--settle", "0"]
environment = dict(os.environ)


def start():
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)


kills = finished = 0
began = time.time()
while kills < arguments.kills:
    process = start()
    try:
        process.wait(timeout=random.uniform(0, arguments.longest))
        finished += 1
        if process.returncode != 0:
            sys.exit(f"the daemon ended with {process.returncode}: {process.stderr.read()}")
        if finished > 3:
            break
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        kills += 1
    process.stderr.close()
process = start()
_, error = process.communicate()
if process.returncode != 0:
    sys.exit(f"the last run ended with {process.returncode}: {error}")

problems = []
listing = subprocess.run([arguments.program, "casebook", "list", "--casebook", casebook, "--output", "ndjson"],
                         capture_output=True, text=True)
seen = {}
for line in listing.stdout.splitlines():
    name = json.loads(line)["id"]
    seen[name] = seen.get(name, 0) + 1
flagged = set()
for number in range(arguments.files):
    path = os.path.join(folder, "done", f"bestand {number}.ndjson")
    if not os.path.exists(path):
        problems.append(f"{path} is missing")
    try:
        with open(path + ".assessed.ndjson") as results:
            lines = [json.loads(line) for line in results]
    except OSError as failure:
        problems.append(str(failure))
        continue
    names = [line["id"] for line in lines]
    if names != [f"{number}-{line}" for line in range(arguments.messages)]:
        problems.append(f"{path}: {len(names)} results, of which {len(set(names))} different")
    flagged.update(line["id"] for line in lines if line["assessment"]["abusive"])
problems += [f"message {name} is {count} times in the casebook" for name, count in seen.items() if count > 1]
problems += [f"message {name} is missing in the casebook" for name in sorted(flagged - set(seen))[:10]]
problems += [f"message {name} is in the casebook unasked" for name in sorted(set(seen) - flagged)[:10]]
left = [name for place in (folder, folder + "/working", folder + "/quarantine") for name in os.listdir(place)
        if name not in ("done", "working", "quarantine", ".weerbaar")]
problems += [f"left behind: {name}" for name in left]
verify = subprocess.run([arguments.program, "casebook", "verify", "--casebook", casebook], capture_output=True, text=True)
if verify.returncode != 0:
    problems.append(verify.stdout[:2000])
print(f"{kills} kills, {arguments.files} files of {arguments.messages} messages, {len(flagged)} flagged, "
      f"{len(seen)} in the casebook, {time.time() - began:.0f} s")
print(verify.stdout.strip())
if problems:
    print("\n".join(problems[:40]))
    print(f"kept for a look: {base}")
    sys.exit(1)
shutil.rmtree(base)
print("each message exactly once, each file in done")
