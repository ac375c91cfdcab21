#!/usr/bin/env python3
"""Writes a feed of messages, the same for the same seed, out of the texts of corpora/messages.

    feed.py SEED COUNT > feed.ndjson

A message is one to five pieces of corpus texts, about 150 characters in the mean, with the fields that a platform gives.
"""
import glob
import json
import os
import random
import re
import sys


def main() -> None:
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "corpora", "messages")
    pieces = []
    for path in sorted(glob.glob(os.path.join(root, "*.ndjson"))):
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                pieces += [piece for piece in re.split(r"(?<=[.!?])\s+|\n+", json.loads(line)["text"]) if piece]
    chosen = random.Random(seed)
    for number in range(count):
        wanted = min(900, int(chosen.lognormvariate(4.55, 0.75)))
        text = chosen.choice(pieces)
        while len(text) < wanted:
            text += " " + chosen.choice(pieces)
        message = {
            "id": str(1_000_000_000 + number),
            "time": f"2026-03-{1 + number % 28:02}T{number % 24:02}:{number % 60:02}:00+01:00",
            "platform": "x",
            "channel": "reply",
            "author": {"id": str(chosen.randrange(10**9)), "handle": f"@lezer{chosen.randrange(10**6)}"},
            "text": text,
        }
        print(json.dumps(message, ensure_ascii=False, separators=(",", ":")))


main()
