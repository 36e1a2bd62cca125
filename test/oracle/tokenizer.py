"""Writes test/fixtures/tokenizer.json: what BERT's original tokenizer (the pure Python one that transformers keeps)
makes of awkward sentences with the shipped vocabulary. `python test/oracle/tokenizer.py` with transformers installed;
again after every change of assets/vocabulary.txt."""

import json
import tempfile
from pathlib import Path

from transformers.models.bert.tokenization_bert_legacy import BertTokenizerLegacy

ROOT = Path(__file__).parent.parent.parent
SENTENCES = [
    "The quick brown fox jumps over the lazy dog.",
    "Caf\u00e9 na\u00efve \u00c5ngstr\u00f6m Stra\u00dfe",
    "Cafe\u0301 decomposed",
    "\U0001f600 smile \U0001f680rocket",
    "\u4e2d\u6587 and text\u5b57mixed",
    "don't stop-believing (ever)! 3.14% of $5,000",
    "tabs\tand\nlines\r\n  and   spaces",
    "zero\u200bwidth soft\u00adhyphen",
    "no\u00a0break\u3000wide",
    "[SEP] and [MASK] spelled out",
    "\u0130stanbul \u0397\u03c1\u03ac\u03ba\u03bb\u03b5\u03b9\u03c4\u03bf\u03c2",
    "antidisestablishmentarianism",
    "x" * 101,
    "",
]


def tokenizer(size):
    entries = (ROOT / "assets" / "vocabulary.txt").read_text(encoding="utf-8").split("\n")[:size]
    file = Path(tempfile.mkdtemp()) / "vocab.txt"
    file.write_text("\n".join(entries) + "\n", encoding="utf-8")
    # Nothing is kept from being split: growbench reads "[SEP]" in a text as text.
    return BertTokenizerLegacy(str(file), never_split=[])


def ids(own, sentence):
    words = own.basic_tokenizer.tokenize(sentence, never_split=[])
    pieces = [piece for word in words for piece in own.wordpiece_tokenizer.tokenize(word)]
    return [own.vocab[piece] for piece in pieces]


fixture = {
    str(size): [{"text": sentence, "ids": ids(own, sentence)} for sentence in SENTENCES]
    for size in (256, 1000, 4000)
    for own in [tokenizer(size)]
}
target = ROOT / "test" / "fixtures" / "tokenizer.json"
target.write_text(json.dumps(fixture) + "\n")
