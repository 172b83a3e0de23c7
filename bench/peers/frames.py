"""PyAV and OpenCV: frames.py pyav|opencv URL FOLDER WANTED, pictures as NumPy arrays in RGB."""
import json
import sys
import time

way, url, folder = sys.argv[1:4]
wanted = {int(n) for n in (sys.argv[4] if len(sys.argv) > 4 else "").split(",") if n}
times = []


def take(picture):
    if len(times) in wanted:
        picture.tofile(f"{folder}/{len(times)}.rgb")
    times.append(time.monotonic() * 1000)


if way == "pyav":
    import av

    container = av.open(url)
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    try:
        for frame in container.decode(stream):
            take(frame.to_ndarray(format="rgb24"))
    except av.error.OSError:
        # How FFmpeg 5 calls the end of an RTMP stream; the decoder still holds some.
        for frame in stream.decode(None):
            take(frame.to_ndarray(format="rgb24"))
else:
    import cv2

    capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG)
    while True:
        there, picture = capture.read()
        if not there:
            break
        # Its own order is BGR; the task is RGB.
        take(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))

print(json.dumps({"times": times}))
