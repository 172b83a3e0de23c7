"""Reads a share with examples/read_shared.py, and prints what it sees: one line of JSON for each picture.

    python3 read_pictures.py EXAMPLES NAME COUNT [memoryview] [hold]
"""
import base64
import json
import os
import sys
import time

examples, name, count, *words = sys.argv[1:]
if "memoryview" in words:
    sys.modules["numpy"] = None  # as if it were not installed
sys.path.insert(0, examples)
import read_shared  # noqa: E402


def say(line):
    """print() loses the rest of a long line when the process is stopped while its reader is slow."""
    rest = memoryview(f"{line}\n".encode())
    while rest:
        rest = rest[os.write(1, rest):]


seen = 0
for picture in read_shared.pictures(name):
    if "hold" in words:
        before = picture.is_whole()
        if not before:  # a busy machine gave this process no time since it was the newest
            continue
        deadline = time.monotonic() + 30
        while picture.is_whole() and time.monotonic() < deadline:
            time.sleep(0.01)
        say(json.dumps({"before": before, "after": picture.is_whole()}))
        break
    copy = bytes(picture.data)
    if not picture.is_whole():
        continue
    seen += 1
    say(json.dumps({
        "number": picture.number, "timestamp": picture.timestamp, "discontinuity": picture.discontinuity,
        "width": picture.share.width, "height": picture.share.height, "format": picture.share.format,
        "kind": type(picture.data).__name__, "late": time.monotonic_ns() // 1000 - picture.written,
        "data": base64.b64encode(copy).decode(),
    }))
    if seen >= int(count):
        break
say("end")
