# SPDX-License-Identifier: MIT
"""Pictures of a folder to SIDE x SIDE by Pillow and OpenCV on one core: prints one JSON object.

    python images.py FOLDER [--side 224] [--repeats 5]

By the thread's own processor time, the fastest of the repeats, all bytes in memory: as `switchyard bench data`.
"""
import argparse
import io
import json
import pathlib
import time

import cv2
import numpy
from PIL import Image


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--side", type=int, default=224)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    files = [path.read_bytes() for path in sorted(options.folder.glob("*.jpg"))]
    size = (options.side, options.side)

    def pillow(data, draft):
        picture = Image.open(io.BytesIO(data))
        if draft:
            picture.draft("RGB", size)
        return picture.convert("RGB").resize(size, Image.Resampling.BOX)

    def opencv(data, kind):
        return cv2.resize(cv2.imdecode(numpy.frombuffer(data, numpy.uint8), cv2.IMREAD_COLOR), size, interpolation=kind)

    ways = {
        "Pillow, box": lambda data: pillow(data, False),
        "Pillow, drafted by scaled decoding, box": lambda data: pillow(data, True),
        "OpenCV, area": lambda data: opencv(data, cv2.INTER_AREA),
        "OpenCV, linear (not antialiased)": lambda data: opencv(data, cv2.INTER_LINEAR),
    }
    rows = []
    for name, work in ways.items():
        fastest = float("inf")
        for _ in range(options.repeats):
            begin = time.thread_time()
            for data in files:
                work(data)
            fastest = min(fastest, (time.thread_time() - begin) / len(files))
        rows.append({"name": name, "images_per_s": 1 / fastest, "ms": 1e3 * fastest})
    print(json.dumps({"pictures": len(files), "side": options.side, "rows": rows}))


if __name__ == "__main__":
    main()
