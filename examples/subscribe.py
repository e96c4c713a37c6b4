"""Loads every export that completes, in Python: a member of a consumer group, with redis-py and nothing else.

    pip install redis
    python examples/subscribe.py redis://127.0.0.1:6379 loader-1

Above each call is what it sends to Redis (`# >`), for those who speak to Redis in another language; ENTRY stands for the id of
an entry. The tests of this repository send these lines over a socket.
"""

import json
import sys

import redis

STREAM = "{bulkwatch}:events"
GROUP = "example-python"


def handle(event):
    """Deals with an event. It may come twice, with the same id."""
    if event["type"] != "bulkwatch.export.completed":
        return
    manifest = event["data"].get("manifest")  # else it is at event["dataref"], below the URL of the api
    files = len(manifest["output"]) if manifest else event["dataref"]
    print(event["subject"], files, flush=True)


def deal_with(client, entries):
    for entry_id, fields in entries:
        if fields:  # none: it was trimmed meanwhile
            handle(json.loads(fields["event"]))
        # Only now: whoever is killed before is given it again.
        # > XACK {bulkwatch}:events example-python ENTRY
        client.xack(STREAM, GROUP, entry_id)


def main(url, member):
    client = redis.Redis.from_url(url, decode_responses=True)
    try:
        # The group begins with all that is kept.
        # > XGROUP CREATE {bulkwatch}:events example-python 0 MKSTREAM
        client.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    except redis.ResponseError as error:
        if not str(error).startswith("BUSYGROUP"):
            raise

    # What this member was given before it was killed comes first.
    # > XREADGROUP GROUP example-python loader-1 COUNT 100 STREAMS {bulkwatch}:events 0
    for _, entries in client.xreadgroup(GROUP, member, {STREAM: "0"}, count=100):
        deal_with(client, entries)

    while True:
        # Then what others have left for a minute, as they are dead.
        # > XAUTOCLAIM {bulkwatch}:events example-python loader-1 60000 0-0 COUNT 10
        _, left, *_ = client.xautoclaim(STREAM, GROUP, member, 60_000, "0-0", count=10)
        deal_with(client, left)

        # Then what is new; Redis waits for it.
        # > XREADGROUP GROUP example-python loader-1 COUNT 10 BLOCK 5000 STREAMS {bulkwatch}:events >
        for _, entries in client.xreadgroup(GROUP, member, {STREAM: ">"}, count=10, block=5_000):
            deal_with(client, entries)


if __name__ == "__main__":
    main(*sys.argv[1:3])
