"""Reads the pictures that another process gives with capture.share('camera'), where they are: nothing is copied.

    python3 read_shared.py camera       the newest picture again and again: its number, size, time and mean value
"""
import fcntl
import mmap
import struct
import sys
import time

try:
    import numpy
except ImportError:
    numpy = None  # pictures are memoryviews then

HEADER = struct.Struct("<8sIIQIIQQII8sIIIIIIQ3II3QI")
SLOT = struct.Struct("<QQqqqqI")
LOCK = struct.Struct("hhqqi4x")
REPLACED, ENDED = 1, 2


class Share:
    def __init__(self, name):  # FileNotFoundError: nobody shares pictures by this name
        self.file = open(f"/dev/shm/rxgst-{name}", "rb")
        self.memory = mmap.mmap(self.file.fileno(), 0, prot=mmap.PROT_READ)
        magic, version, _, _, _, self.slots, self.slot_bytes, self.slots_at, self.pixels_at, *rest = self.header()
        if magic != b"RXGSTSHM" or version != 1:
            raise ValueError(f"rxgst-{name} is no share of version 1")
        _, form, self.width, self.height, _, _, _, _, self.bytes, *_ = rest
        self.format = form.rstrip(b"\0").decode()

    def header(self):
        return HEADER.unpack_from(self.memory)

    def is_dead(self):  # killed: nobody has the lock that its process holds as long as it lives
        asked = LOCK.pack(fcntl.F_RDLCK, 0, 0, 0, 0)
        return LOCK.unpack(fcntl.fcntl(self.file, fcntl.F_OFD_GETLK, asked))[0] == fcntl.F_UNLCK


class Picture:
    def __init__(self, share, number):
        self.share, self.at = share, share.slots_at + number % share.slots * share.slot_bytes
        # Times in µs: of the capture, and of CLOCK_MONOTONIC
        self.lock, self.number, self.timestamp, self.duration, self.arrival, self.written, self.discontinuity = (
            SLOT.unpack_from(share.memory, self.at))
        begin = self.at + share.pixels_at
        self.data = memoryview(share.memory)[begin:begin + share.bytes]
        if numpy:
            shape = {"RGB": (-1, share.width, 3), "RGBA": (-1, share.width, 4), "I420": (-1,), "GRAY8": (-1, share.width)}
            self.data = numpy.frombuffer(self.data, numpy.uint8).reshape(shape[share.format.replace("BGR", "RGB")])

    def is_whole(self):  # to be asked when the work on it is done: a newer picture may have come in its place
        return self.lock % 2 == 0 and SLOT.unpack_from(self.share.memory, self.at)[0] == self.lock


def pictures(name):
    """Each time the newest picture; the end comes with the end of the share, or of its process."""
    share, seen, since = Share(name), 0, time.monotonic()
    while True:
        _, _, state, newest, *_ = share.header()
        if newest > seen:
            seen, since = newest, time.monotonic()
            yield Picture(share, newest)
        elif state == REPLACED:  # by pictures of another size
            share = Share(name)
        elif state == ENDED or (time.monotonic() - since > 1 and share.is_dead()):
            return
        else:
            time.sleep(0.001)


if __name__ == "__main__":
    for one in pictures(sys.argv[1]):
        mean = float(one.data.mean() if numpy else sum(one.data[::997]) / len(one.data[::997]))
        if one.is_whole():
            print(one.number, f"{one.share.width}x{one.share.height}", one.timestamp, round(mean, 1), flush=True)
