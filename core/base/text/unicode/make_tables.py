#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes classes.inc, lower.inc and decompositions.inc: what Hugging Face's `tokenizers` knows of every code point.

    python3 core/base/text/unicode/make_tables.py core/base/text/unicode

Its parts were built with different versions of Unicode (categories, normalisation, lower case, regular expressions),
and none of them is that of a Debian library. So each code point is asked of the library itself, by its public
functions only. Differences from the Unicode version of this Python are counted on stderr.
"""
import contextlib
import pathlib
import sys
import unicodedata

import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers

POINTS = [chr(c) for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
BLOCK = 512


def of_words(splitter, inside):
    """Code points c for which the pieces of "ac" are those that `inside` expects."""
    return {ord(c) for c in POINTS if inside(splitter.pre_tokenize_str("a" + c), c)}


def changed(normalizer):
    """{code point: what becomes of it} for those that do not stay as they are."""
    result = {}
    for start in range(0, len(POINTS), BLOCK):
        block = POINTS[start : start + BLOCK]
        # Alone in its line each, with a letter before the line's end that no mark can move across.
        lines = normalizer.normalize_str("".join("x" + c + "x" for c in block))
        if lines == "".join("x" + c + "x" for c in block):
            continue
        for c in block:
            text = normalizer.normalize_str(c)
            if text != c:
                result[ord(c)] = text
    return result


def matched(pattern):
    splitter = pre_tokenizers.Split(Regex(pattern), "removed")
    return {ord(c) for c in POINTS if not splitter.pre_tokenize_str(c)}


def beside_added_token(**options):
    """Asks how an added token is found beside each code point."""
    tokenizer = Tokenizer(models.WordLevel({"?": 0, "X": 1}, unk_token="?"))
    tokenizer.add_tokens([AddedToken("X", normalized=False, **options)])
    return lambda text: tokenizer.encode(text)


def word_characters():
    encode = beside_added_token(single_word=True)
    return {ord(c) for c in POINTS if encode(c + "X").ids == [0]}


def stripped_spaces():
    encode = beside_added_token(lstrip=True)
    return {ord(c) for c in POINTS if encode(c + "X").ids == [1]}


def combining_classes(nfd):
    """From the order in which marks come out: two change places when the first one's class is the higher."""

    def moves(first, second):
        return nfd.normalize_str(first + second) != first + second

    whole = [c for c in POINTS if not 0xAC00 <= ord(c) <= 0xD7A3 and nfd.normalize_str(c) == c]
    marks = [c for c in whole if moves(c, "\u0334") or moves("\u0345", c)]  # of classes 1 and 240
    references = {unicodedata.combining(c): c for c in reversed(marks)}
    classes = {}
    for c in marks:
        equal = [k for k, other in references.items() if not moves(c, other) and not moves(other, c)]
        assert len(equal) == 1, (hex(ord(c)), equal)
        classes[ord(c)] = equal[0]
    return classes


def ranges(points):
    """[(first, last)] of a set."""
    result = []
    for point in sorted(points):
        if result and result[-1][1] == point - 1:
            result[-1][1] = point
        else:
            result.append([point, point])
    return result


def print_table(name, comment, numbers):
    print(f"\n// {comment}")
    print(f"constexpr std::uint32_t k{name}Table[] = {{")
    line = "   "
    for number in numbers:
        text = f" {number},"
        if len(line) + len(text) > 120:
            print(line)
            line = "   "
        line += text
    print(line)
    print("};")


def print_ranges(name, comment, points):
    numbers, at = [], 0
    for first, last in ranges(points):
        numbers += [first - at, last - first]
        at = last
    print_table(name, comment, numbers)


def print_classes(classes):
    numbers, at = [], 0
    runs = []
    for point in sorted(classes):
        if runs and runs[-1][1] == point - 1 and runs[-1][2] == classes[point]:
            runs[-1][1] = point
        else:
            runs.append([point, point, classes[point]])
    for first, last, value in runs:
        numbers += [first - at, last - first, value]
        at = last
    print_table("CombiningClasses", "Runs: distance from the last one's end, length less one, class.", numbers)


def print_mapping(name, comment, mapping):
    numbers, at = [], 0
    for point in sorted(mapping):
        text = mapping[point]
        numbers += [point - at, len(text), *map(ord, text)]
        at = point
    print_table(name, comment, numbers)


def composites(nfc, decomposed):
    """{code point: (first, second)} of those that NFC puts together, and the rest of `decomposed`."""
    pairs, rest = {}, {}
    for point, text in decomposed.items():
        if 0xAC00 <= point <= 0xD7A3:  # Hangul: by arithmetic
            continue
        first = nfc.normalize_str(text[:-1])
        if nfc.normalize_str(chr(point)) == chr(point) and len(text) > 1:
            assert len(first) == 1 and nfc.normalize_str(first + text[-1]) == chr(point), hex(point)
            pairs[point] = first + text[-1]
        else:
            rest[point] = text
    return pairs, rest


def compare(name, points, expected):
    difference = points ^ {ord(c) for c in POINTS if expected(c)}
    print(f"{name}: {len(difference)} code points differ from Unicode {unicodedata.unidata_version}", file=sys.stderr)


def main():
    clean = normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    chinese = normalizers.BertNormalizer(clean_text=False, handle_chinese_chars=True, strip_accents=False, lowercase=False)
    nfd, nfc = normalizers.NFD(), normalizers.NFC()
    bert = pre_tokenizers.BertPreTokenizer()

    cleaned = changed(clean)
    assert set(cleaned.values()) <= {"", " "}
    removed = {point for point, text in cleaned.items() if text == ""}
    spaces = {point for point, text in cleaned.items() if text == " "} | {0x20}
    ideographs = set(changed(chinese))
    decomposed = changed(nfd)
    # An accent alone: what is stripped from behind a letter.
    marks = {ord(c) for c in POINTS if normalizers.StripAccents().normalize_str("a" + c) == "a"}
    stripped = normalizers.BertNormalizer(clean_text=False, handle_chinese_chars=False, strip_accents=True, lowercase=False)
    marks_of_bert = {ord(c) for c in POINTS if stripped.normalize_str("a" + c) == "a"}
    lower = changed(normalizers.Lowercase())
    punctuation = of_words(bert, lambda pieces, c: len(pieces) == 2)
    split_spaces = of_words(bert, lambda pieces, c: len(pieces) == 1 and pieces[0][0] == "a")
    letters, numbers, regex_spaces = matched(r"\p{L}"), matched(r"\p{N}"), matched(r"\s")
    words, token_spaces = word_characters(), stripped_spaces()
    classes = combining_classes(nfd)
    pairs, rest = composites(nfc, decomposed)

    assert split_spaces == regex_spaces == token_spaces, "the kinds of white space differ"
    category = unicodedata.category
    compare("removed when cleaned", removed, lambda c: category(c)[0] == "C" and c not in "\t\n\r" or c == "\ufffd")
    compare("marks", marks_of_bert, lambda c: category(c) == "Mn")
    compare("marks of StripAccents", marks, lambda c: category(c)[0] == "M")
    compare("punctuation", punctuation, lambda c: category(c)[0] == "P" or 33 <= ord(c) < 127 and not c.isalnum())
    compare("letters", letters, lambda c: category(c)[0] == "L")
    compare("numbers", numbers, lambda c: category(c)[0] == "N")
    compare("white space", regex_spaces, str.isspace)
    compare("lower case", set(lower), lambda c: c.lower() != c)
    compare("decompositions", set(decomposed), lambda c: unicodedata.normalize("NFD", c) != c)
    compare("combining", set(classes), lambda c: unicodedata.combining(c) != 0)
    print("white space when cleaned:", sorted(map(hex, spaces ^ regex_spaces)), file=sys.stderr)

    folder = pathlib.Path(sys.argv[1])
    note = "Ranges: distance from the last one's end, length less one."
    with table_file(folder / "classes.inc"):
        print_ranges("Letters", "\\p{L} of the regular expressions. " + note, letters)
        print_ranges("Numbers", "\\p{N} of the regular expressions. " + note, numbers)
        print_ranges("Spaces", "White space. " + note, regex_spaces)
        print_ranges("CleanedSpaces", "What BERT's cleaning makes a space. " + note, spaces)
        print_ranges("Removed", "What BERT's cleaning removes. " + note, removed)
        print_ranges("Ideographs", "What BERT sets spaces around. " + note, ideographs)
        print_ranges("Punctuation", "What BERT makes words of their own. " + note, punctuation)
        print_ranges("Marks", "Non-spacing marks. " + note, marks_of_bert)
        print_ranges("Words", "\\w beside added tokens. " + note, words)
        print_classes(classes)
    with table_file(folder / "lower.inc"):
        print_mapping("Lower", "Lower case: distance from the last code point, how many, which.", lower)
    with table_file(folder / "decompositions.inc"):
        print_mapping("Composites", "Pairs that NFC puts together: distance, how many, which.", pairs)
        print_mapping("Decompositions", "Others that NFD takes apart, in full: distance, how many, which.", rest)


@contextlib.contextmanager
def table_file(path):
    """What is printed goes to the file."""
    with open(path, "w", encoding="utf-8") as file, contextlib.redirect_stdout(file):
        print("// SPDX-License-Identifier: MIT")
        print(f"// Written by make_tables.py from PyPI tokenizers {tokenizers.__version__}; not to be edited.")
        print("// Derived from the Unicode Character Database, https://www.unicode.org/license.txt")
        yield


if __name__ == "__main__":
    main()
