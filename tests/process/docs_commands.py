#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every command of README.md and docs/ works as it stands there.

    docs_commands.py SOURCE_DIR BUILD_DIR [WORDS...]      WORDS: only commands that hold them all

Each `switchyard ...` line is parsed by the program, and run where the fixtures (a small trained run, pictures with
captions, an index) can stand for its placeholders; what takes minutes, needs a GPU or somebody's data is in NOT_RUN with
the reason, and still has to parse. ctest lines must find tests, scripts must be there and be valid. A command of a kind
that this file does not know fails, so that none is passed over.
"""
import glob
import os
import re
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zlib

PROGRAMS = ("switchyard", "switchyard-workbench", "switchyard-worker")

# Commands that are parsed, not run: pattern, reason.
NOT_RUN = [
    (r"^switchyard train .*configs/(demo|vqa|flickr8k|glue|text|base|large)\.yaml", "trains for minutes or needs a data set"),
    (r"^switchyard train .*configs/smoke\.yaml", "half a minute each; main_job_test trains it"),
    (r"^switchyard train .*--ranks 2", "process_reference_test trains it"),
    (r"^switchyard eval .*--task (sst2|retrieval --data train)", "needs a model of that task or that data set"),
    (r"^switchyard ask .*(--task rte|dev\.tsv)", "needs a model of that task; eval_ask_test has one"),
    (r"^switchyard ckpt import FOLDER", "needs a downloaded model; process_hub_test makes them"),
    (r"^switchyard compare .*--twins", "fifteen trainings; process_compare_test does it"),
    (r"^(build/bin/)?switchyard bench ", "minutes of measurement, on a quiet machine"),
    (r"^switchyard runs (pause|resume|stop|checkpoint) ", "needs a live run; process_control_test has one"),
    (r"^switchyard queue (move|remove|start) ", "needs a waiting run; process_queue_test has one"),
    (r"^switchyard data tokenizer-check ", "needs a reference; text_tokenizer_peers_test makes them"),
    (r"^switchyard plan .*flickr8k", "needs the data set"),
    (r"^switchyard runs (delete|restore) ", "takes the fixture away; launch_queue_test and ui tests do it"),
    (r"^switchyard runs metrics .*memory/peak_bytes|perf/start_s", "a tag of longer runs"),
    (r"^switchyard serve ", "answers until it is ended; process_serve_test asks it"),
    (r"^switchyard train .*(--on |--resume)", "needs an engine or a pruned model; process_slurm_test, process_ssh_test, prune_command_test"),
    (r"^switchyard (profiles (show|check)|runs follow) ", "needs a profile; launch_profiles_test, process_slurm_test"),
    (r"^switchyard ckpt prune .*SST-2", "needs a model of that task; prune_command_test has one"),
    (r"^switchyard simulate .*--routing", "needs the data set and a run of it; process_simulate_test has one"),
    (r"^switchyard doctor --profile", "minutes of measurement; process_simulate_test does it"),
    (r"^switchyard queue run ", "goes on until it is ended; process_queue_test does it"),
]

# Commands of other programs, and why they only have to be as they are.
OTHERS = [
    (r"^torchrun .* switchyard-worker ", "process_launchers_test starts ranks so"),
    (r"^mpirun .* switchyard-worker ", "process_launchers_test starts ranks so"),
    (r"^srun .* switchyard-worker ", "process_slurm_test starts ranks so"),
    (r"^(torchrun( --no-python)?|mpirun|srun)$", "named in prose"),
]

failures, counts = [], {}


def fail(where, command, why):
    failures.append(f"{where}: {command}\n    {why}")


def count(kind):
    counts[kind] = counts.get(kind, 0) + 1


def code_of(path):
    """(line, text) of fenced blocks, indented blocks and inline code."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    fenced, prose = False, []
    shell = True
    for number, line in enumerate(lines, 1):
        fence = re.match(r"\s*```(\w*)", line)
        if fence:
            fenced = not fenced
            shell = fence.group(1) in ("", "sh", "bash", "console", "shell")
            prose.append("")
        elif fenced:
            prose.append("")
            if shell:
                yield number, line, False
        elif re.match(r" {4,}\S", line) and (number < 2 or not lines[number - 2].strip() or re.match(r" {4,}", lines[number - 2])):
            prose.append("")
            yield number, line, False
        else:
            prose.append(line)
    text = "\n".join(prose)
    for match in re.finditer(r"(?<!`)`([^`]+)`(?!`)", text):
        yield text.count("\n", 0, match.start()) + 1, " ".join(match.group(1).split()), True


def is_command(text):
    words = text.split()
    while words and re.match(r"^[A-Z_]+=\S*$", words[0]):
        words = words[1:]
    if not words:
        return False
    first = os.path.basename(words[0])
    return first in PROGRAMS or first in ("bash", "python3", "ctest", "torchrun", "mpirun", "srun", "cmake", "ninja") \
        or re.match(r"^(docs|installer|tests|resources)/\S+\.(sh|py)$", words[0]) is not None


def commands_of(path):
    held = ""
    for number, text, inline in code_of(path):
        if not inline:
            text = held + text.strip()
            held = ""
            if text.endswith("\\"):
                held = text[:-1]
                continue
        text = re.sub(r"\s+#\s.*$", "", text).strip()
        text = re.sub(r"\s+#$", "", text)
        if is_command(text):
            yield number, text, inline


def png(path, color, side=64):
    rows = b"".join(b"\0" + bytes(color) * side for _ in range(side))
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
                   + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class Stage:
    """Folders of its own, and what commands name in capitals."""

    def __init__(self, source, build):
        self.source, self.build = source, build
        self.home = tempfile.mkdtemp(prefix="switchyard-docs-")
        self.env = dict(os.environ, OMP_WAIT_POLICY="passive", QT_QPA_PLATFORM="offscreen",
                        SWITCHYARD_RESOURCES=os.path.join(source, "resources"))
        for name in ("DATA", "CACHE", "CONFIG", "STATE"):
            self.env[f"XDG_{name}_HOME"] = self.folder(name.lower())
        self.env["XDG_RUNTIME_DIR"] = self.folder("runtime")
        os.chmod(self.env["XDG_RUNTIME_DIR"], 0o700)
        self.work = self.folder("work")
        os.symlink(os.path.join(source, "configs"), os.path.join(self.work, "configs"))
        self.fill()

    def folder(self, name):
        path = os.path.join(self.home, name)
        os.makedirs(path, exist_ok=True)
        return path

    def fill(self):
        pictures = self.folder("work/pictures")
        with open(os.path.join(self.work, "captions.jsonl"), "w", encoding="utf-8") as file:
            for number, (name, color) in enumerate({"red": (214, 40, 40), "green": (44, 160, 60), "blue": (40, 80, 200)}.items()):
                png(os.path.join(pictures, f"{name}.png"), color)
                file.write(f'{{"id": "{number}", "image": "pictures/{name}.png", "text": "a {name} square"}}\n')
        for name in ("train.jsonl", "dev.jsonl"):
            shutil.copy(os.path.join(self.work, "captions.jsonl"), os.path.join(self.work, name))
        for name in ("apple.png", "apple.jpg"):
            png(os.path.join(self.work, name), (214, 40, 40))  # the content tells what it is, not the name
        os.makedirs(os.path.join(self.work, "FOLDER"))
        png(os.path.join(self.work, "FOLDER", "one.png"), (44, 160, 60))
        self.run_dir = os.path.join(self.env["XDG_DATA_HOME"], "switchyard", "runs", "fixture")
        done = self.call(["switchyard", "train", "--config", "configs/smoke.yaml", "--ranks", "1", "--run-dir", self.run_dir,
                          "--set", "run.name=fixture", "--set", "train.steps=12", "--set", "parallel.threads=1",
                          "--set", "probe.every=6", "--set", "checkpoint.every=4"])
        if done.returncode:
            sys.exit("the fixture can not be trained: " + done.stderr)
        self.call(["switchyard", "index", "--checkpoint", self.run_dir, "--data", "captions.jsonl", "--out", "INDEX-made"])

    def names(self, command):
        """The command with fixtures in the place of what it says in capitals."""
        index = "INDEX-made" if "--index" in command else "INDEX-new"
        to = {"RUN": self.run_dir, "RUNS_DIR": os.path.dirname(self.run_dir), "RUNS": os.path.dirname(self.run_dir), "FILE.jsonl": "captions.jsonl",
              "INDEX": index, "FOLDER": "FOLDER", "DIR": "made", "N": "2", "FILE": "configs/smoke.yaml", "NAME": "fixture", "GLUE": "data", "MODEL": "model",
              "DATA": "data", "MINILM": "minilm", "CKPT": self.run_dir, "V": "venv", "TEXT": "text", "GLUE_FOLDER": "data", "R": "0", "S": "2",
              "RUN_A": self.run_dir, "RUN_B": self.run_dir, "MODEL_C": self.run_dir}
        return re.sub(r"(?<![\w.])([A-Z][A-Z_]*(?:\.jsonl)?)(?![\w.])", lambda m: to.get(m.group(1), m.group(1)), command)

    def call(self, words, parse_only=False, timeout=240):
        words = [os.path.join(self.build, "bin", words[0])] + words[1:]
        env = dict(self.env)
        if parse_only:
            env["SWITCHYARD_PARSE_ONLY"] = "1"
        return subprocess.run(words, cwd=self.work, env=env, capture_output=True, text=True, timeout=timeout)

    def close(self):
        shutil.rmtree(self.home, ignore_errors=True)


def without_settings(command):
    """(environment of the line, its words)"""
    words = shlex.split(command)
    while words and re.match(r"^[A-Z_]+=", words[0]):
        words = words[1:]
    return words


def check_program(stage, where, command, inline):
    words = without_settings(stage.names(command))
    words[0] = os.path.basename(words[0])
    if ">" in words:
        words = words[:words.index(">")]
    if words[0] != "switchyard":
        count("help")
        done = stage.call([words[0], "--help"])
        if done.returncode:
            return fail(where, command, f"{words[0]} --help ends with {done.returncode}: {done.stderr}")
        for option in (word for word in words[1:] if word.startswith("--")):
            if option not in done.stdout + done.stderr:
                return fail(where, command, f"{words[0]} has no {option}")
        return None
    alternatives = [words]
    for place, word in enumerate(words):  # `ckpt list|inspect`
        if "|" in word:
            alternatives = [words[:place] + [one] + words[place + 1:] for one in word.split("|")]
    for one in alternatives:
        options = [word for word in one[1:] if word.startswith("-")]
        named = inline and (not options or (len(one) <= 4 and "--config" not in one))
        done = stage.call(one, parse_only=True)
        if done.returncode and named:  # in prose: a command's name, or one with a single option
            commands = [word for word in one[1:] if re.match(r"^[a-z][a-z-]*$", word)]
            asked = stage.call(["switchyard"] + commands + ["--help"])
            unknown = [option for option in options if option not in asked.stdout]
            if asked.returncode or unknown:
                return fail(where, command, f"no such command or option: {asked.stderr} {unknown}")
            count("named in prose")
            continue
        if done.returncode:
            return fail(where, command, f"does not parse: {done.stderr.strip()}")
        # What --set and --gate name is a key of the configuration.
        sets = [one[i + 1] for i, word in enumerate(one[:-1]) if word == "--set"]
        config = one[one.index("--config") + 1] if "--config" in one[:-1] else "configs/smoke.yaml"
        if sets and "--ranks" in one[:-1]:
            sets.append("parallel.ranks=" + one[one.index("--ranks") + 1])
        if sets:
            asked = stage.call(["switchyard", "config", "check", config] + [word for text in sets for word in ("--set", text)])
            if asked.returncode:
                return fail(where, command, f"config check: {asked.stderr.strip()}")
        reason = next((why for pattern, why in NOT_RUN if re.search(pattern, command)), None)
        if reason:
            count("parsed only")
            continue
        if named and not options and len(one) < 4 and one[1] not in ("doctor", "config", "runs", "queue", "ckpt"):
            count("named in prose")
            continue
        if "--out" in one[:-1]:  # several documents write to one name
            shutil.rmtree(os.path.join(stage.work, one[one.index("--out") + 1]), ignore_errors=True)
        began = time.monotonic()
        made = stage.call(one)
        count("run")
        print(f"{time.monotonic() - began:6.1f} s  {command}")
        if made.returncode:
            fail(where, command, f"ends with {made.returncode}: {(made.stderr or made.stdout).strip()}")
    return None


def check_ctest(stage, where, command):
    words = without_settings(stage.names(command))
    words = [word for word in words[1:] if word not in ("-V", "--test-dir", "build")]
    listed = subprocess.run(["ctest", "--test-dir", stage.build, "-N"] + words, capture_output=True, text=True)
    found = re.search(r"Total Tests: (\d+)", listed.stdout)
    count("ctest")
    if listed.returncode or not found or found.group(1) == "0":
        fail(where, command, "finds no test")


def check_script(stage, where, command):
    words = without_settings(command)
    if words[:3] == ["python3", "-m", "pip"]:
        return count("of pip")  # downloads 4 GB
    script = words[1] if words[0] in ("bash", "python3") else words[0]
    path = os.path.join(stage.source, script)
    count("script")
    if not os.path.exists(path):
        return fail(where, command, f"{script} is not there")
    # They install, build or measure for minutes: valid, and with the options that they are given.
    if script.endswith(".sh"):
        done = subprocess.run(["bash", "-n", path], capture_output=True, text=True)
        if done.returncode:
            return fail(where, command, done.stderr)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if script.endswith(".py"):
        compile(text, path, "exec")  # its libraries may not be there
    for option in (word for word in words if word.startswith("--")):
        if option not in text:
            return fail(where, command, f"{script} has no {option}")
    return None


def check_reference(stage):
    """docs/reference is what the programs say now, and each example of --help parses."""
    made = os.path.join(stage.home, "reference")
    done = subprocess.run(["bash", os.path.join(stage.source, "docs", "make_reference.sh"), made], capture_output=True,
                          text=True, env=dict(stage.env, SWITCHYARD_BUILD=stage.build))
    if done.returncode:
        return fail("docs/reference", "docs/make_reference.sh", done.stderr)
    for name in ("cli.md", "config.md"):
        with open(os.path.join(made, name), encoding="utf-8") as now, \
                open(os.path.join(stage.source, "docs", "reference", name), encoding="utf-8") as kept:
            text = now.read()
            if text != kept.read():
                fail(f"docs/reference/{name}", "bash docs/make_reference.sh", "brings it up to date; it is not")
        if name == "cli.md":
            for example in re.findall(r"^  (switchyard .*)$", text, re.M):
                example = re.sub(r"\s+(#|>|\|)\s.*$", "", example)
                if "..." in example or "[" in example.split(" --")[0]:
                    continue
                count("example of --help")
                parsed = stage.call(shlex.split(stage.names(example)), parse_only=True)
                if parsed.returncode:
                    fail("--help", example, f"does not parse: {parsed.stderr.strip()}")
    return None


def main():
    source, build, only = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3:]
    stage = Stage(source, build)
    try:
        # The check itself: an unknown option and an unknown command must not pass.
        for wrong in (["switchyard", "train", "--no-such"], ["switchyard", "no-such"]):
            if stage.call(wrong, parse_only=True).returncode == 0:
                fail("self-check", " ".join(wrong), "was taken")
        files = [os.path.join(source, name) for name in ("README.md", "CONTRIBUTING.md") if os.path.exists(os.path.join(source, name))]
        files += sorted(glob.glob(os.path.join(source, "docs", "**", "*.md"), recursive=True))
        if not only:
            check_reference(stage)
        seen = set()
        for path in files:
            for number, command, inline in commands_of(path):
                where = f"{os.path.relpath(path, source)}:{number}"
                if command in seen or not all(word in command for word in only):
                    continue
                seen.add(command)
                words = without_settings(command)
                if any(re.search(pattern, " ".join(words)) for pattern, _ in OTHERS):
                    count("other launchers")
                elif os.path.basename(words[0]) in PROGRAMS:
                    check_program(stage, where, command, inline)
                elif words[0] == "ctest":
                    check_ctest(stage, where, command)
                elif words[0] in ("bash", "python3") or re.search(r"\.(sh|py)$", words[0]):
                    check_script(stage, where, command)
                elif words[0] in ("cmake", "ninja"):
                    count("build")  # what builds this test
                else:
                    fail(where, command, "a kind of command that this test does not know")
        print(", ".join(f"{kind}: {number}" for kind, number in sorted(counts.items())))
        if not only and (counts.get("run", 0) < 15 or len(seen) < 60):
            fail("the test", "", f"found {len(seen)} commands and ran {counts.get('run', 0)}: the extraction is broken")
    finally:
        stage.close()
    for text in failures:
        print(text, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
