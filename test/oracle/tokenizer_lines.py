"""Writes test/fixtures/tokenizer-lines.json.gz: 10,000 seeded lines of awkward text, and of each a digest of the ids and
offsets that transformers' BertTokenizerFast gives them with the shipped vocabulary, uncased and cased. Offsets are in
UTF-16 code units, as JavaScript counts. `python test/oracle/tokenizer_lines.py` with transformers installed; again after
every change of assets/vocabulary.txt."""

import gzip
import hashlib
import json
import random
import tempfile
from pathlib import Path

from transformers import BertTokenizerFast

ROOT = Path(__file__).parent.parent.parent
draw = random.Random(20)
entries = (ROOT / "assets" / "vocabulary.txt").read_text(encoding="utf-8").split("\n")[:4000]
pieces = [entry.removeprefix("##") for entry in entries[5:]]


def span(first, last):
    return [chr(code) for code in range(first, last + 1)]


def some(characters, least, most):
    return "".join(draw.choices(characters, k=draw.randint(least, most)))


LATIN = span(0xC0, 0x17F) + span(0x1E00, 0x1EFF)
MARKS = span(0x300, 0x345) + ["\u0483", "\u05b0", "\u064b", "\u093c", "\u3099", "\u20dd"]
OTHER = span(0x370, 0x3FF) + span(0x400, 0x52F) + span(0x5D0, 0x5EA) + span(0x620, 0x64A) + span(0x904, 0x939)
CJK = span(0x4E00, 0x4E60) + span(0x3400, 0x3410) + [chr(0x20000), chr(0x2A700), chr(0x2F800), "\uf900", "\u9fff"]
NEAR_CJK = span(0x3040, 0x30FF) + span(0xAC00, 0xAC40) + span(0x1100, 0x1112) + ["\u3007", "\u4dc0", "\ua000"]
EMOJI = ["\U0001f600", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u2764\ufe0f", "\U0001f1eb\U0001f1f7", "\u263a", "1\ufe0f\u20e3"]
CONTROL = span(0, 8) + span(0xE, 0x1F) + span(0x7F, 0x9F) + ["\u00ad", "\u200b", "\u200d", "\u200e", "\u2060", "\ufeff", "\ufffd", "\ue000", "\U000e0041"]
SPACE = [" ", "  ", "\t", "\n", "\r", "\v", "\f", "\u0085", "\u00a0", "\u1680", "\u2003", "\u2028", "\u2029", "\u202f", "\u3000"]
SIGNS = span(0x21, 0x2F) + span(0x3A, 0x40) + span(0x5B, 0x60) + span(0x7B, 0x7E)
PUNCTUATION = span(0xA1, 0xBF) + span(0x2010, 0x2027) + span(0x3001, 0x3011) + span(0x2190, 0x21A0) + ["\u055a", "\u0964", "\uff0c", "\u2e2e"]
CASE = ["\u0130", "I\u0307", "\u0131", "\u1e9e", "\u00df", "\u03a3", "\u03c2", "\ufb01", "\u01c5", "\u2126", "\u212a", "\u00c5"]


def word():
    return some(pieces, 1, 3)


KINDS = [
    (12, word),
    (4, lambda: word().capitalize()),
    (2, lambda: word().upper()),
    (3, lambda: word() + some(LATIN, 1, 2) + word()),
    (3, lambda: word() + some(MARKS, 1, 3) + word()),
    (2, lambda: some(OTHER, 1, 6)),
    (2, lambda: some(CJK, 1, 4)),
    (2, lambda: some(NEAR_CJK, 1, 4)),
    (2, lambda: draw.choice(EMOJI) * draw.randint(1, 2)),
    (2, lambda: word() + some(CONTROL, 1, 2) + word()),
    (2, lambda: draw.choice(CASE) + word() + draw.choice(CASE)),
    (3, lambda: word() + some(SIGNS, 1, 3)),
    (2, lambda: some(PUNCTUATION, 1, 2) + word()),
    (2, lambda: str(draw.randint(0, 10**6)) + draw.choice([".", ",", "%", "\u00b2", "\u00bd", "st"])),
    (1, lambda: some(MARKS + CONTROL + PUNCTUATION + SIGNS + CJK, 1, 5)),
    (0.1, lambda: draw.choice("ab\u00e9e\u4e2d\u0301") * draw.randint(98, 103)),
    (0.02, lambda: some(list("abcdef"), 1000, 3000)),
]
weights, makers = [weight for weight, _ in KINDS], [maker for _, maker in KINDS]


def line():
    parts = []
    for maker in draw.choices(makers, weights, k=draw.randint(0, 5)):
        parts.append(maker())
        parts.append(draw.choices([" ", draw.choice(SPACE), ""], [8, 2, 1])[0])
    return "".join(parts)


def units(text):
    at, starts = 0, []
    for character in text:
        starts.append(at)
        at += 2 if ord(character) > 0xFFFF else 1
    return starts + [at]


def digests(lines, lowercase):
    file = Path(tempfile.mkdtemp()) / "vocab.txt"
    file.write_text("\n".join(entries) + "\n", encoding="utf-8")
    tokenizer = BertTokenizerFast(str(file), do_lower_case=lowercase)
    assert len(tokenizer) == len(entries) and tokenizer.backend_tokenizer.normalizer.lowercase == lowercase
    encoded = tokenizer(lines, add_special_tokens=False, return_offsets_mapping=True)
    for text, ids, offsets in zip(lines, encoded["input_ids"], encoded["offset_mapping"]):
        unit = units(text)
        numbers = [[token, unit[start], unit[end]] for token, (start, end) in zip(ids, offsets)]
        yield hashlib.sha256(json.dumps(numbers, separators=(",", ":")).encode()).hexdigest()[:4]


lines = []
while len(lines) < 10_000:
    made = line()
    # transformers takes a special token in a text for what it spells; growbench reads it as text.
    if not any(entry in made for entry in entries[:5]):
        lines.append(made)
fixture = {"lines": lines, "uncased": "".join(digests(lines, True)), "cased": "".join(digests(lines, False))}
target = ROOT / "test" / "fixtures" / "tokenizer-lines.json.gz"
target.write_bytes(gzip.compress(json.dumps(fixture, ensure_ascii=False).encode(), 9, mtime=0))
