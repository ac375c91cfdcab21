#!/bin/sh
# How fast a study of messages is: made-up messages through `weerbaar research messages`, on one core.
#   Benchmarks/research.sh PROGRAM [MESSAGES]
# Prints messages a second of the pass over the messages and of the whole command, the seconds of everything after the pass
# (the bootstrap of 1,000 draws among them), and the most memory held.
set -eu
program=$1
messages=${2:-10000000}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$program" research generate messages --count "$messages" --persons 500 --roster "$folder/roster.csv" \
  --output "$folder/scored.ndjson"
bytes=$(wc -c < "$folder/scored.ndjson")
echo "messages: $messages, $((bytes / messages)) bytes a line, 500 persons"

python3 - "$program" "$folder" "$messages" <<'EOF'
import os, resource, subprocess, sys, time

program, folder, messages = sys.argv[1], sys.argv[2], int(sys.argv[3])


def run(path, out, draws):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    subprocess.run(
        [program, "research", "messages", path, "--roster", f"{folder}/roster.csv", "--reference", "gender=man",
         "--draws", str(draws), "--out", f"{folder}/{out}"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - start, used, after.ru_maxrss / 1024


wall, used, memory = run(f"{folder}/scored.ndjson", "all", 1000)
print(f"whole command: {wall:.1f} s on the clock, {used:.1f} s of processor time, {memory:.0f} MiB at most")
_, few, _ = run(f"{folder}/scored.ndjson", "few", 100)
print(f"bootstrap: {(used - few) / 9 * 10:.2f} s of processor time for 1,000 draws of every group, month, kind and severity")
head = f"{folder}/head.ndjson"
with open(f"{folder}/scored.ndjson", "rb") as source, open(head, "wb") as target:
    for number, line in enumerate(source):
        if number == messages // 2:
            break
        target.write(line)
_, half, _ = run(head, "half", 1000)
# What both runs do alike (tables, regressions, report) falls out of the difference.
print(f"one pass: {messages / 2 / (used - half):,.0f} messages a second of processor time")
print(f"whole command: {messages / used:,.0f} messages a second of processor time")
EOF
