"""A TCP proxy that passes so many bytes a second, with small buffers of its own, as a router has: Node cannot set those.

    python3 narrow_link.py PORT FILE     prints its own port; the rate stands in the file, and may change
"""
import socket
import sys
import threading
import time

BUFFER = 8192
target, file = int(sys.argv[1]), sys.argv[2]
rate = float(open(file).read())


def pump(source, sink, limited):
    due = time.monotonic()
    try:
        while data := source.recv(2048):
            if limited:
                # A link on a busy machine makes good what it could not send: up to 200 ms.
                due = max(due, time.monotonic() - 0.2) + len(data) / rate
                time.sleep(max(0, due - time.monotonic()))
            sink.sendall(data)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(listener):
    while True:
        near, _ = listener.accept()
        far = socket.socket()
        far.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        far.connect(("127.0.0.1", target))
        for end in (near, far):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=pump, args=(near, far, True), daemon=True).start()
        threading.Thread(target=pump, args=(far, near, False), daemon=True).start()


listener = socket.socket()
# Before it listens: what it accepts has it too.
listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
listener.bind(("127.0.0.1", 0))
listener.listen()
print(listener.getsockname()[1], flush=True)
threading.Thread(target=serve, args=(listener,), daemon=True).start()
while True:
    time.sleep(0.02)
    rate = float(open(file).read() or rate)
