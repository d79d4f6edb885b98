// SPDX-License-Identifier: MIT
// Work that needs the model, asked for by the CLI or the window and done by switchyard-worker, so that neither
// of them loads LibTorch.
//
// One request is a JSON object with "op" and its arguments:
//   {"op": "eval",     "checkpoint", "task": "retrieval", "data", "root"?, "limit"?, "batch"?}
//   {"op": "index",    "checkpoint", "data", "root"?, "out", "search": "auto" | "exact" | "graph"}
//       "data": JSON Lines or a folder of pictures. Told progress by "pictures", then "graph"; what a cancelled or killed
//       one did stays, and the next goes on there
//   {"op": "retrieve", "index", "checkpoint"?, "text"? , "image"?, "queries"?: [{"text" | "image", "weight": 1}, ...],
//                      "k": 10, "rerank": false, "captions"?: find captions, not pictures, "fold"?: COSINE}
//       -> {"results": [{"id", "image", "text", "texts"?, "score", "match_score"?, "alike_count"?, "alike"?: [hit]}, ...],
//           "searched", "search_ms", "rerank_ms"?}   score: cosine; match_score: probability; "texts" when a picture has
//           several; search_ms: encoding the query and searching; rerank_ms: the matching head; loading is in neither.
//           Parts of a query are joined by their weights. "fold": pictures at least so alike are one hit with others
//           "alike", 50 of which are told
//   {"op": "why",      "checkpoint", "query": [{"text" | "image", "weight": 1}, ...], "hit": {"text" | "image"}}
//       -> {"score", "query": [part], "hit": part, "why_ms"}: gradient times input of the score. A part is {"tokens",
//           "values"}, or {"patch_grid", "values" by rows, "side", "pixels": as the model saw it, RGB bytes in base64}
//   {"op": "ask",      "checkpoint", "text"?, "pair"?, "image"?, "task"?, "top": 8, "out"?}
//       -> {"kind": "vqa" | "text" | "matching", "answers": [{"task", "classes": [{"class", "probability"}, ...] best first,
//           "of": how many there are} | {"task", "value"}], "match"?: {"probability", "logit", "score"}, "tokens",
//           "text_tokens"?: how many there would be, of a text that was cut, "layers": as in a trace, "ask_ms", ...}
//       What a question, a text (or two) or a picture with a text get for an answer, and where the same pass sent its
//       tokens. Without "task": of every text task that takes so many texts. "out": the trace goes into that file, and
//       "layers" not into the answer. Told progress, and cancelled, by parts.
//   {"op": "trace",    "checkpoint", "text"?, "image"?, "data"?, "root"?, "limit"?, "out"}
//   {"op": "routes",   "checkpoint", "text"?, "pair"?, "image"?, "gate"?: {KEY: VALUE}, "out"?}
//       -> {"layers": [layer], "gate", "seed", "step", "tokens"?, "patch_grid"?, "class_token", "match_logit"?, "score"?,
//           "tasks"?, "routes_ms"}: one sample at once. A layer is an object of core/base/runs/routes_json.h with its
//           "summary". "gate": the model runs under another one (withGate's keys). "out": the logits, with all of a
//           trace, go into that safetensors file and not into the answer; needed beyond two million logits. Told
//           progress, and cancelled, by parts.
//   {"op": "replay",   "run", "step"?, "sample"? | "trace", "sample"? | "routes": an answer of routes, "checkpoint"?,
//                      "layer"?, "gate": {KEY: VALUE, "temperature"?, "bias"?: "trained" | "none" | [number an expert]}}
//       -> {"gate", "trained_gate"?, "layers": [layer without logits, with "summary", "recorded" (the summary before),
//           "changed", "changed_tokens", "changed_drops"]}: recorded logits under another gate. The keys of "gate" stand
//           in for the trained one's: the run's, that of "routes", or that of "checkpoint", of which no weight is read.
//   {"op": "prune",    "checkpoint", "out", "keep" | "fraction", "by": "usage" | "reap" | "merge",
//                      "budget": "layer" | "all", "data", "root"?, "task"?, "limit"?, "eval"?, "dry_run"?}
//       -> {"layers": [{"layer", "experts", "kept", "removed", "scores", "usage": {"text", "image"}, "moved"}],
//           "experts": {"before": [of each layer], "after"},
//           "parameters" and "weights_bytes": {"before", "after"}, "quality": {"task", "data", "before", "after"}, ...}
//       A checkpoint of weights alone, without the experts that `data` needs least; quality on "eval", or `data`.
//       "dry_run": nothing is written, and the quality after is that of the model with these experts masked, the same
//   {"op": "average",  "checkpoints": [FOLDER, ...], "out"}
//   {"op": "export",   "checkpoint", "out", "dtype": "fp32" | "bf16" | "int8" | "stored"}
//   {"op": "export_torchscript" | "export_triton", "checkpoint", "out"}    core/export/torchscript.h
//   {"op": "probe",    "checkpoint"}      parameters, layers, config: what the window shows of a checkpoint
//   {"op": "bench_moe", "tokens", "dim", "precision", "bf16_weights"?, "repeats", "set": {KEY: VALUE}}
//   {"op": "bench_checkpoint", "parameters", "repeats", "dir"}            a worker a rank
//   {"op": "bench_start"}                                                 likewise
//   {"op": "bench_hardware"}                                              one worker, or one a rank; hardware_bench.h
//   {"op": "bench_step", "precision", "repeats", "set": {KEY: VALUE}}     a worker a rank; see core/bench/requests.h
// Results are the objects of the command line's --json.
//
// One-shot:  switchyard-worker --request JSON       lines on the descriptor in SWITCHYARD_ANSWER_FD (stdout when
//            it is not set): {"progress": {"done", "total", "what"}} ..., then {"result": {...}} or {"error": {...}}
// Channel:   switchyard-worker --channel            a request a line on stdin with "id"; answers a line each on
//            stdout: {"id", "progress": {...}} ... then {"id", "result": {...}} or {"id", "error": {...}}.
//            Models and indexes stay loaded between requests. {"id", "cancel": ID} cancels. End of input ends it.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

namespace switchyard::launch {

/// Path of switchyard-worker: SWITCHYARD_WORKER, else beside the running program.
/// Throws: Error(kIo) naming where it was looked for.
std::string workerExecutable();
/// The command line program, which supervisors are; SWITCHYARD_CLI names another. Throws: Error(kIo).
std::string commandLineExecutable();

/// Runs one request in a worker process, or in one a rank, of which rank 0's answer counts. `progress` is called with
/// (done, total, what) as it goes.
/// Throws: the worker's Error (code, message, where, fix kept), Error(kRunFailed) when it died.
nlohmann::json runComputeRequest(
    const nlohmann::json& request,
    const std::function<void(std::int64_t, std::int64_t, const std::string&)>& progress = {}, int ranks = 1);

}  // namespace switchyard::launch
