# SPDX-License-Identifier: MIT
"""What TensorBoard itself reads from a run's event files, as one line of JSON: tensorboard_events.py TB_FOLDER

Every record of every file is read by TensorBoard's record reader, which checks both checksums of each; then the folder
is loaded as TensorBoard's pages load it, restarts included.
"""
import glob
import json
import os
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.tensorflow_stub.errors import OutOfRangeError
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import PyRecordReader_New
from tensorboard.util.tensor_util import make_ndarray


def records(path):
    """Records of a file; a wrong checksum raises DataLossError, bytes beyond the last whole record are told."""
    reader = PyRecordReader_New(path)
    count, size = 0, 0
    while True:
        try:
            reader.GetNext()
        except OutOfRangeError:
            break
        event = Event.FromString(reader.record())
        if not event.wall_time > 0:
            raise ValueError(f"{path}: record {count} has no time")
        count, size = count + 1, size + len(reader.record()) + 16
    return {"records": count, "left_over": os.path.getsize(path) - size}


def number(value):
    value = float(value)
    return value if value == value and abs(value) != float("inf") else str(value)


def main():
    folder = sys.argv[1]
    files = {os.path.basename(path): records(path) for path in sorted(glob.glob(os.path.join(folder, "events.*")))}
    everything = {"scalars": 0, "histograms": 0, "tensors": 0, "images": 0, "audio": 0, "compressedHistograms": 0}
    loaded = EventAccumulator(folder, size_guidance=everything)
    loaded.Reload()
    tags = loaded.Tags()
    answer = {"files": files, "scalars": {}, "histograms": {}, "texts": {}}
    for tag in tags["scalars"]:
        answer["scalars"][tag] = [[event.step, number(event.value)] for event in loaded.Scalars(tag)]
    for tag in tags["tensors"]:
        plugin = loaded.SummaryMetadata(tag).plugin_data.plugin_name
        for event in loaded.Tensors(tag):
            value = make_ndarray(event.tensor_proto)
            if plugin == "scalars":
                answer["scalars"].setdefault(tag, []).append([event.step, number(value)])
            elif plugin == "histograms":
                # Rows of left edge, right edge, count.
                answer["histograms"].setdefault(tag, []).append([event.step, value.tolist()])
            elif plugin == "text":
                answer["texts"].setdefault(tag, []).append([event.step, value.reshape(-1)[0].decode()])
    for tag in tags["histograms"]:
        for event in loaded.Histograms(tag):
            histogram = event.histogram_value
            rows = [[limit - 1, limit, count] for limit, count in zip(histogram.bucket_limit, histogram.bucket)]
            answer["histograms"].setdefault(tag, []).append([event.step, rows])
    print(json.dumps(answer))


main()
