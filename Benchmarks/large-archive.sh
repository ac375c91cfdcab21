#!/usr/bin/env bash
# Reads a generated X archive of many gigabytes and tells the largest memory that the program took.
#
#   Benchmarks/large-archive.sh [GIGABYTES] [read|inbox] [PROGRAM]
#
# The archive is a tar that holds one file of direct messages; it is written to $TMPDIR and removed afterwards.
set -euo pipefail
gigabytes=${1:-5}
command=${2:-read}
program=${3:-.build/release/weerbaar}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/data"
echo 'window.YTD.account.part0 = [{"account":{"username":"raadslid_a","accountId":"1000","accountDisplayName":"Raadslid A"}}]' \
  > "$folder/data/account.js"
awk -v bytes="$((gigabytes * 1000000000))" 'BEGIN {
  printf "window.YTD.direct_messages.part0 = ["
  while (written < bytes) {
    line = sprintf("%s{\"dmConversation\":{\"conversationId\":\"1000-%d\",\"messages\":[", conversation ? "," : "", 2000 + conversation)
    conversation++
    for (i = 0; i < 40; i++) {
      number++
      line = line sprintf("%s{\"messageCreate\":{\"recipientId\":\"1000\",\"reactions\":[],\"urls\":[],\"text\":\"Bericht %d over het fietspad, wanneer gaat het open en wie betaalt dat %d?\",\"mediaUrls\":[],\"senderId\":\"%d\",\"id\":\"%d\",\"createdAt\":\"2024-%02d-%02dT%02d:%02d:00.000Z\"}}", i ? "," : "", number, number * 7919 % 100003, 2000 + conversation % 5000, number, 1 + number % 12, 1 + number % 28, number % 24, number % 60)
    }
    line = line "]}}"
    written += length(line)
    print line
  }
  print "]"
}' > "$folder/data/direct-messages.js"
tar -C "$folder" -cf "$folder/archive.tar" data
rm -r "$folder/data"
size=$(stat -c %s "$folder/archive.tar")
began=$(date +%s)
"$program" "$command" "$folder/archive.tar" --quiet > /dev/null &
process=$!
peak=0
while kill -0 "$process" 2> /dev/null; do
  now=$(awk '/VmHWM/ {print $2}' "/proc/$process/status" 2> /dev/null || echo 0)
  if [ "${now:-0}" -gt "$peak" ]; then peak=$now; fi
  sleep 0.5
done
wait "$process"
echo "$command: $((size / 1000000)) MB in $(($(date +%s) - began)) s, at most $((peak / 1024)) MiB resident"
