#!/usr/bin/env python3
"""Two processes share a feed at a real NATS JetStream server; one is ended with SIGKILL on the way.

usage: Benchmarks/broker-kill.py PROGRAM [--messages 200000] [--server nats-server] [--kill-at 0.4] [--window 120]
                                 [--restart-server]

PROGRAM must be built with the package trait NATS. At the end every message must have at least one result, results of one
message must carry the same message id and results of different messages different ones, the feed must be empty, and the
second process must have ended by itself with exit code 0. Prints what was seen; exit code 1 where something is missing.
"""
import argparse
import collections
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("program")
parser.add_argument("--messages", type=int, default=200_000)
parser.add_argument("--server", default=shutil.which("nats-server") or "/usr/sbin/nats-server")
parser.add_argument("--kill-at", type=float, default=0.4, help="the part of the results at which one process is ended")
parser.add_argument("--window", type=float, default=120, help="seconds in which the broker suppresses duplicates itself")
parser.add_argument("--ack-wait", type=int, default=10)
parser.add_argument("--batch", type=int, default=500, help="messages that a process asks for at once")
parser.add_argument("--restart-server", action="store_true", help="stop the server after that, and start it again")
parser.add_argument("--seed", type=int, default=1)
arguments = parser.parse_args()


class Client:
    """As much of NATS's protocol as is needed here."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.stream = self.socket.makefile("rb")
        self.set_aside = collections.deque()
        self.stream.readline()
        self.send(b'CONNECT {"verbose":false,"headers":true}\r\nSUB _box.* 1\r\nPING\r\n')
        while self.stream.readline() != b"PONG\r\n":
            pass

    def send(self, data):
        self.socket.sendall(data)

    def receive(self):
        """The next message: subject, headers, body."""
        return self.set_aside.popleft() if self.set_aside else self.read()

    def read(self):
        while True:
            line = self.stream.readline()
            if not line:
                sys.exit("the server ended the connection")
            words = line.split()
            if words[0] == b"PING":
                self.send(b"PONG\r\n")
            elif words[0] == b"-ERR":
                sys.exit(line.decode())
            elif words[0] in (b"MSG", b"HMSG"):
                size = int(words[-1])
                head = int(words[-2]) if words[0] == b"HMSG" else 0
                data = self.stream.read(size + 2)[:size]
                return words[1].decode(), data[:head].decode(), data[head:]

    def ask(self, subject, question=None):
        body = json.dumps(question).encode() if question is not None else b""
        self.send(b"PUB %s _box.answer %d\r\n%s\r\n" % (subject.encode(), len(body), body))
        while (found := self.read())[0] != "_box.answer":
            self.set_aside.append(found)
        answer = json.loads(found[2])
        if "error" in answer:
            sys.exit(f"{subject}: {answer['error']}")
        return answer

    def state(self, stream):
        return self.ask(f"$JS.API.STREAM.INFO.{stream}")["state"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    for _ in range(200):
        try:
            return Client(port)
        except OSError:
            time.sleep(0.05)
    sys.exit("the server does not start")


def publish(client, count):
    """Puts the messages in the feed, each confirmed."""
    chosen = random.Random(arguments.seed)
    words = "dank u wel mevrouw de wethouder voor het antwoord trut vuile heks wij weten waar je woont morgen raad".split()
    waiting = 0
    for number in range(count):
        text = " ".join(chosen.choices(words, k=chosen.randrange(3, 12)))
        body = json.dumps({"id": str(number), "text": text}).encode()
        client.send(b"PUB feed _box.ack %d\r\n%s\r\n" % (len(body), body))
        waiting += 1
        while waiting >= 1000 or (number == count - 1 and waiting):
            if b'"error"' in client.receive()[2]:
                sys.exit("the server does not take a message")
            waiting -= 1


def start(port, name):
    errors = open(os.path.join(base, name + ".err"), "w+")
    process = subprocess.Popen(
        [arguments.program, "score", "--jobs", "1", "--drain",
         "--from", f"nats://127.0.0.1:{port}/FEED/feed?durable=office&ack-wait={arguments.ack_wait}&batch={arguments.batch}",
         "--to", f"nats://127.0.0.1:{port}/RESULTS/results"], stderr=errors, stdout=subprocess.DEVNULL)
    return process, errors


base = tempfile.mkdtemp(prefix="weerbaar-broker-")
port = free_port()


def start_server():
    return subprocess.Popen(
        [arguments.server, "-js", "-sd", os.path.join(base, "store"), "-a", "127.0.0.1", "-p", str(port)],
        stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


server = start_server()
workers = []
problems = []
try:
    client = wait_for(port)
    for stream, subject, retention in (("FEED", "feed", "workqueue"), ("RESULTS", "results", "limits")):
        client.ask(f"$JS.API.STREAM.CREATE.{stream}", {
            "name": stream, "subjects": [subject], "retention": retention, "storage": "file",
            "duplicate_window": int(arguments.window * 1e9)})
    began = time.time()
    publish(client, arguments.messages)
    print(f"{arguments.messages} messages in the feed after {time.time() - began:.1f} s")

    began = time.time()
    workers = [start(port, "first"), start(port, "second")]
    wanted = int(arguments.messages * arguments.kill_at)
    while client.state("RESULTS")["messages"] < wanted:
        time.sleep(0.01)
        if any(worker.poll() is not None for worker, _ in workers):
            break
    first, second = workers[0][0], workers[1][0]
    at_kill = client.state("RESULTS")["messages"]
    if first.poll() is not None:
        problems.append("the feed was over before one could be ended; use more messages")
    first.send_signal(signal.SIGKILL)
    first.wait()
    lost = client.ask("$JS.API.CONSUMER.INFO.FEED.office")
    print(f"SIGKILL at {at_kill} results, after {time.time() - began:.1f} s; {lost['num_ack_pending']} messages were with "
          f"the two then")
    if arguments.restart_server:
        server.terminate()
        server.wait()
        time.sleep(2)
        server = start_server()
        client = wait_for(port)
        print(f"the server was away for 2 s; {client.state('RESULTS')['messages']} results after its start")
    status = second.wait(timeout=3600)
    workers[1][1].seek(0)
    error = workers[1][1].read()
    print(f"the second ended with {status} after {time.time() - began:.1f} s\n{error.strip()}")
    if status != 0:
        problems.append(f"the second process ended with {status}")
    # So that it was a shared feed that one of them left.
    published, again = (int(number) for number in re.search(r"published (\d+), of those duplicates (\d+)", error).groups())
    if not 0 < arguments.messages - (published - again) < arguments.messages:
        problems.append("only one of the two had messages; use more of them")
    if client.state("FEED")["messages"]:
        problems.append(f"{client.state('FEED')['messages']} messages are left in the feed")

    results = client.state("RESULTS")["messages"]
    client.ask("$JS.API.CONSUMER.DURABLE.CREATE.RESULTS.check", {"stream_name": "RESULTS", "config": {
        "durable_name": "check", "ack_policy": "explicit", "max_ack_pending": -1, "ack_wait": 3_600_000_000_000}})
    ids = collections.defaultdict(list)
    for number in range(results):
        if number % 1000 == 0:
            question = b'{"batch":1000,"expires":60000000000}'
            client.send(b"PUB $JS.API.CONSUMER.MSG.NEXT.RESULTS.check _box.results %d\r\n%s\r\n" % (len(question), question))
        subject, headers, body = client.receive()
        message = json.loads(body)
        if not set(message["assessment"]) >= {"abusive", "score", "severity", "level"}:
            problems.append(f"{message['id']} has no whole assessment")
        ids[message["id"]].append(next(
            line.split(":", 1)[1].strip() for line in headers.split("\r\n") if line.startswith("Nats-Msg-Id:")))
    missing = [str(number) for number in range(arguments.messages) if str(number) not in ids]
    unequal = [number for number, names in ids.items() if len(set(names)) > 1]
    names = {name for found in ids.values() for name in found}
    print(f"{results} results of {len(ids)} messages, {results - len(ids)} of them stored twice, {len(missing)} missing, "
          f"{len(names)} message ids")
    if missing:
        problems.append(f"{len(missing)} messages have no result, such as {missing[:5]}")
    if unequal:
        problems.append(f"results of one message carry different ids, such as {[ids[number] for number in unequal[:3]]}")
    if len(names) != len(ids):
        problems.append("different messages share a message id")
finally:
    for worker, errors in workers:
        if worker.poll() is None:
            worker.kill()
            worker.wait()
        errors.close()
    server.terminate()
    server.wait()
    shutil.rmtree(base)
for problem in problems:
    print("FAILED:", problem)
print("every message has a result" if not problems else "not as it must be")
sys.exit(1 if problems else 0)
