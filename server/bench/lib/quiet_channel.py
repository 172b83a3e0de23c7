#!/usr/bin/python3
"""A channel's process without media: it holds a connection to its target from the moment on that its lease allows it to
connect, and says over it who it is. Python begins sooner than Node.js: five machines share one here.

    quiet_channel.py --max-old-space-size=… ENTRY SOCKET
"""

import json
import os
import select
import socket
import struct
import sys
import time
from urllib.parse import urlsplit

SAMPLE_S = 1.0

listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[-1])
listener.listen(1)
supervisor, _ = listener.accept()
name, config, may_connect, publication = None, None, False, None


def send(header):
    text = json.dumps(header).encode()
    supervisor.sendall(struct.pack('>II', 4 + len(text), len(text)) + text)


def tell():
    at = int(time.time() * 1000)
    phase = 'live' if publication else 'connecting'
    rest = {'reason': None, 'nextRetryAt': None}
    target = {'kind': 'rtmp', 'url': 'rtmp://target/live', 'platform': None, 'phase': phase, 'enabled': True, **rest}
    target |= {'bitrate': 0, 'dropped': 0, 'reconnects': 0, 'queueMs': 0}
    status = {'phase': phase, 'since': at, 'video': None, 'audio': None, **rest}
    status['targets'] = [{'name': one, **target} for one in config['targets']]
    status['inputs'] = [{'name': 'input-1', 'url': 'rtmp://source/live', 'phase': 'live', 'onAir': True, **rest}]
    send({'type': 'status', 'status': status})


def measure():
    values = {'bitrateIn': 2_500_000, 'bitrateOut': 2_500_000, 'dropped': 0}
    send({'type': 'sample', 'sample': {'at': int(time.time() * 1000), 'values': values}})


def publish():
    global publication
    if publication or config is None or not may_connect:
        return
    address = urlsplit(config['targets']['out']['url'])
    publication = socket.create_connection((address.hostname, address.port))
    publication.sendall(f'{name} {os.getpid()} {os.getppid()}\n'.encode())
    tell()


def answer(message):
    global name, config, may_connect
    send({'type': 'done', 'id': message['id'], 'error': None})
    if message['type'] == 'configure':
        name, config = message['name'], message['config']
        may_connect = may_connect or not message.get('leased', False)
        tell()
    elif message['type'] == 'may-connect':
        may_connect = message['forMs'] > 0
    elif message['type'] == 'stop':
        sys.exit(0)
    publish()


send({'type': 'hello', 'pid': os.getpid(), 'version': 'quiet', 'name': None})
received = b''
due = time.monotonic() + SAMPLE_S
while True:
    wait = max(0.0, due - time.monotonic())
    if not select.select([supervisor], [], [], wait)[0]:
        due += SAMPLE_S
        if config is not None:
            measure()
        continue
    piece = supervisor.recv(65536)
    if not piece:
        sys.exit(3)
    received += piece
    while len(received) >= 8:
        whole, header = struct.unpack('>II', received[:8])
        if len(received) < 4 + whole:
            break
        answer(json.loads(received[8 : 8 + header]))
        received = received[4 + whole :]
