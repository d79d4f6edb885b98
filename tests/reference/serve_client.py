# SPDX-License-Identifier: MIT
"""NVIDIA's tritonclient as a client of `switchyard serve`; prints JSON.

  serve_client.py calls URL PICTURE          every call that the server offers, once or more
  serve_client.py load URL SECONDS CLIENTS   embeddings of texts over CLIENTS connections, one request each at a time
"""
import json
import sys
import time

import numpy as np
import tritonclient.http as http
from tritonclient.utils import InferenceServerException


def texts(values):
    return np.array([[value.encode()] for value in values], dtype=np.object_)


def tensor(name, values, binary=True):
    made = http.InferInput(name, list(values.shape), "BYTES")
    made.set_data_from_numpy(values, binary_data=binary)
    return made


def calls(url, picture_file):
    client = http.InferenceServerClient(url)
    with open(picture_file, "rb") as file:
        picture = np.array([[file.read()]], dtype=np.object_)
    said = {
        "live": client.is_server_live(),
        "ready": client.is_server_ready(),
        "server": client.get_server_metadata(),
        "index": [row["name"] for row in client.get_model_repository_index()],
        "models": {},
    }
    for name in said["index"]:
        said["models"][name] = {
            "ready": client.is_model_ready(name) and client.is_model_ready(name, "1"),
            "metadata": client.get_model_metadata(name),
            "config": client.get_model_config(name, "1"),
        }
    words = ["a red circle", "a blue square", "ein Wort, 日本"]
    one = client.infer("embed_text", [tensor("TEXT", texts(words))], request_id="seven")
    said["id"] = one.get_response()["id"]
    embedding = one.as_numpy("EMBEDDING")
    said["shape"] = list(embedding.shape)
    others = {
        "json_in": client.infer("embed_text", [tensor("TEXT", texts(words), binary=False)]),
        "json_out": client.infer("embed_text", [tensor("TEXT", texts(words))],
                                 outputs=[http.InferRequestedOutput("EMBEDDING", binary_data=False)]),
        "gzip": client.infer("embed_text", [tensor("TEXT", texts(words))], request_compression_algorithm="gzip",
                             response_compression_algorithm="gzip"),
        "deflate": client.infer("embed_text", [tensor("TEXT", texts(words))], request_compression_algorithm="deflate"),
        "version": client.infer("embed_text", [tensor("TEXT", texts(words))], model_version="1"),
        "async": client.async_infer("embed_text", [tensor("TEXT", texts(words))]).get_result(),
    }
    said["difference"] = {name: float(np.abs(other.as_numpy("EMBEDDING") - embedding).max()) for name, other in others.items()}
    seen = client.infer("embed_image", [tensor("IMAGE", picture)]).as_numpy("EMBEDDING")
    matched = client.infer("match", [tensor("TEXT", texts(words[:1])), tensor("IMAGE", picture)])
    said["score_off"] = float(abs((seen[0] * embedding[0]).sum() - matched.as_numpy("SCORE")[0, 0]))
    said["probability_off"] = float(abs(1 / (1 + np.exp(-matched.as_numpy("LOGIT")[0, 0])) - matched.as_numpy("PROBABILITY")[0, 0]))
    found = client.infer("retrieve", [tensor("TEXT", texts(words[:1]))], parameters={"k": 3, "rerank": True})
    said["retrieved"] = [value.decode() for value in found.as_numpy("ID")[0]]
    said["refused"] = {}
    for name, call in {
        "model": lambda: client.infer("nothing", [tensor("TEXT", texts(words))]),
        "picture": lambda: client.infer("embed_image", [tensor("IMAGE", texts(["no picture"]))]),
        "parameter": lambda: client.infer("embed_text", [tensor("TEXT", texts(words))], parameters={"wrong": 1}),
    }.items():
        try:
            call()
        except InferenceServerException as error:
            said["refused"][name] = [error.status(), error.message()]
    said["statistics"] = client.get_inference_statistics("embed_text")["model_stats"][0]
    said["all_statistics"] = len(client.get_inference_statistics()["model_stats"])
    print(json.dumps(said))


def load(url, seconds, clients):
    client = http.InferenceServerClient(url, concurrency=clients, connection_timeout=30, network_timeout=30)
    times, codes = [], {}
    end = time.monotonic() + seconds

    def ask(number):
        while time.monotonic() < end:
            number += clients
            words = " ".join(["a", ["red", "blue", "green"][number % 3], ["circle", "square"][number % 2]] * (1 + number % 5))
            begin = time.monotonic()
            try:
                result = client.infer("embed_text", [tensor("TEXT", texts([words]))])
                norm = float(np.linalg.norm(result.as_numpy("EMBEDDING")))
                code = "200" if abs(norm - 1) < 1e-4 else "wrong"
                times.append(time.monotonic() - begin)
            except InferenceServerException as error:
                code = str(error.status())
            codes[code] = codes.get(code, 0) + 1

    import gevent

    greenlets = [gevent.spawn(ask, number) for number in range(clients)]
    gevent.joinall(greenlets, raise_error=True)
    times.sort()
    at = lambda share: 1000 * times[min(len(times) - 1, int(share * len(times)))] if times else None
    print(json.dumps({"codes": codes, "requests_per_s": len(times) / seconds, "p50_ms": at(0.5), "p99_ms": at(0.99), "most_ms": at(1)}))


if sys.argv[1] == "calls":
    calls(sys.argv[2], sys.argv[3])
else:
    load(sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
