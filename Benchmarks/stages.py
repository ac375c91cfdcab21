#!/usr/bin/env python3
"""Instructions and allocations of each stage of `weerbaar score`, a message. Needs valgrind.

    stages.py PROGRAM [MESSAGES]

Runs the program under callgrind on MESSAGES messages (2,000) and on twice as many, and takes the difference, so that starting
up does not count. The counts hardly depend on what else the machine does; a change of the program shows at once.
"""
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
# Stages, and the functions whose inclusive cost they are; what a stage holds of another is taken off.
STAGES = [
    ("JSON: validate, find the text", ["LineParser.parse("], []),
    ("text: fold, tokenise, disguises", ["TextAnalyzer.analyze(utf8:)"], []),
    ("words: lexicon, memory", ["UnitBuilder.build("], ["UnitBuilder.matchPatterns()"]),
    ("patterns", ["UnitBuilder.matchPatterns()"], []),
    ("features: hashes", ["FeatureExtractor.extract("], []),
    ("weights: look up, sum, pool", ["ScoringWorker.score()"], ["FeatureExtractor.extract("]),
    ("decision", ["DecisionTable.decide("], []),
    ("evidence", ["ScoringWorker.evidence("], []),
    ("output", ["AssessedMessageWriter.append("], []),
]


def demangled(text):
    return subprocess.run(
        ["swift", "demangle", "--simplified"], input=text, capture_output=True, text=True, check=True).stdout


def measure(program, feed):
    """Inclusive instructions by function, the total, and the number of allocations."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "callgrind.out")
        subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", program, "score", "--jobs", "1", feed],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        listing = subprocess.run(
            ["callgrind_annotate", "--inclusive=yes", "--threshold=100", out], capture_output=True, text=True, check=True)
        tree = subprocess.run(
            ["callgrind_annotate", "--tree=caller", "--threshold=100", out], capture_output=True, text=True, check=True)
    costs = {}
    total = 0
    for line in demangled(listing.stdout).splitlines():
        found = re.match(r"\s*([\d,]+) \([^)]*\)\s+(.*)", line)
        if not found:
            continue
        count = int(found[1].replace(",", ""))
        if "PROGRAM TOTALS" in found[2]:
            total = count
            continue
        # "partial apply", "closure" and the like hold the name too, and less of the cost.
        for _, names, less in STAGES:
            for name in names + less:
                if name in found[2] and "closure" not in found[2] and "partial apply" not in found[2]:
                    costs[name] = max(costs.get(name, 0), count)
    allocations = 0
    block = []
    for line in tree.stdout.splitlines():
        if " < " in line:
            block.append(line)
        elif " * " in line:
            if re.search(r":malloc \[", line):
                allocations = sum(int(number.replace(",", "")) for number in re.findall(r"\(([\d,]+)x\)", "\n".join(block)))
            block = []
    return costs, total, allocations


def main():
    program = os.path.abspath(sys.argv[1])
    messages = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    with tempfile.TemporaryDirectory() as folder:
        stripped = os.path.join(folder, "weerbaar")
        # valgrind cannot read all debugging information; names are enough.
        subprocess.run(["strip", "-g", "-o", stripped, program], check=True)
        environment = dict(os.environ)
        environment.setdefault("WEERBAAR_MODEL", os.path.join(ROOT, "models", "weerbaar-nl.model"))
        os.environ.update(environment)
        feed = os.path.join(folder, "feed")
        with open(feed + "2", "w", encoding="utf-8") as out:
            subprocess.run(
                [sys.executable, os.path.join(ROOT, "Benchmarks", "feed.py"), "20260301", str(messages * 2)], stdout=out,
                check=True)
        with open(feed + "2", encoding="utf-8") as lines, open(feed + "1", "w", encoding="utf-8") as out:
            for number, line in enumerate(lines):
                if number < messages:
                    out.write(line)
        first, first_total, first_allocations = measure(stripped, feed + "1")
        second, second_total, second_allocations = measure(stripped, feed + "2")

    def each(name):
        return (second.get(name, 0) - first.get(name, 0)) / messages

    print(f"{'stage':34} {'instructions a message':>22}")
    rest = (second_total - first_total) / messages
    for title, names, less in STAGES:
        cost = sum(map(each, names)) - sum(map(each, less))
        rest -= cost
        print(f"{title:34} {cost:22,.0f}")
    print(f"{'reading, batches, the rest':34} {rest:22,.0f}")
    print(f"{'all':34} {(second_total - first_total) / messages:22,.0f}")
    print(f"{'starting up, once':34} {first_total - (second_total - first_total):22,.0f}")
    print(f"{'allocations a message':34} {(second_allocations - first_allocations) / messages:22.2f}")


main()
