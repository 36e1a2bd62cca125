"""Writes test/fixtures/vocabulary.json: what the trainer of the `tokenizers` library learns from State of the Union
addresses (those whose names begin with 194 and 20). `python test/oracle/vocabulary.py` with tokenizers installed.

The library numbers the characters inside of words in the order of a hash table, which differs from run to run, and
breaks ties by number. Given all characters as special tokens it has no choice left."""

import json
import unicodedata
from collections import Counter
from pathlib import Path

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

ROOT = Path(__file__).parent.parent.parent
DATA = ROOT / "node_modules" / "@stdlib" / "datasets-sotu" / "data"
FILES = sorted(path for start in ("194", "20") for path in DATA.glob(f"{start}*.txt"))
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
ASCII = [chr(code) for code in range(33, 127)]
SIZE = 2500


def train(cased):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=not cased, strip_accents=not cased)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    texts = [path.read_text(encoding="utf-8") for path in FILES]
    words = Counter()
    for text in texts:
        normal = tokenizer.normalizer.normalize_str(text)
        words.update(word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(normal))
    ascii = [character for character in ASCII if cased or character == character.lower()]
    plain = sorted(set(ascii) | {character for word in words for character in word})
    inner = {character for word in words for character in word[1:]} | {c for c in ascii if c.isalnum()}
    assert len(plain) < 1000 and all(unicodedata.category(c) != "Cc" for c in plain)
    given = SPECIAL + plain + ["##" + character for character in sorted(inner)]
    trainer = trainers.WordPieceTrainer(
        vocab_size=SIZE, min_frequency=2, special_tokens=given, continuing_subword_prefix="##", show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    ids = tokenizer.get_vocab(with_added_tokens=False)
    return {"words": sum(words.values()), "different": len(words), "entries": sorted(ids, key=ids.get)}


fixture = {"size": SIZE, "cased": train(True), "uncased": train(False)}
(ROOT / "test" / "fixtures" / "vocabulary.json").write_text(json.dumps(fixture) + "\n")
