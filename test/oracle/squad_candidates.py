"""Writes test/fixtures/squad-candidates.json: the windows that transformers reads made-up questions in, and what its
copy of run_squad.py makes of made-up logits. `python test/oracle/squad_candidates.py` with transformers 4 installed
(5 has dropped squad_metrics); again after every change of assets/vocabulary.txt."""

import json
import random
import tempfile
from pathlib import Path
from types import SimpleNamespace

from transformers import BertTokenizer
from transformers.data.metrics.squad_metrics import compute_predictions_logits
from transformers.data.processors import squad

random.seed(31)
ROOT = Path(__file__).parent.parent.parent
FOLDER = Path(tempfile.mkdtemp())
VOCAB = 4000
# Logits of what is no passage: growbench's head gives these tokens no chance.
NEVER = -1e9

entries = (ROOT / "assets" / "vocabulary.txt").read_text(encoding="utf-8").split("\n")[:VOCAB]
(FOLDER / "vocab.txt").write_text("\n".join(entries) + "\n", encoding="utf-8")


class Tokenizer(BertTokenizer):
    def convert_tokens_to_string(self, tokens):
        # As run_squad.py has it: a piece that begins a span loses its mark, too.
        return " ".join(tokens).replace(" ##", "").replace("##", "")


tokenizer = Tokenizer(str(FOLDER / "vocab.txt"))
squad.squad_convert_example_to_features_init(tokenizer)
WORDS = "the a of king King's tree, trees running (run) unbelievable 12 U.S. water caf\u00e9 zebra-like it.".split()


def logits(count, order):
    # Multiples of an eighth are exact in single precision, and many are equal.
    drawn = [random.randrange(-40, 40) / 8 for _ in range(count)]
    return sorted(drawn, reverse=order == "falling") if order != "any" else drawn


def case(number):
    length = random.choice([24, 32, 48, 64])
    unanswerable = number % 2 == 0
    # Best starts behind all best ends: then nothing can be answered.
    crossed = number < 4
    words = [random.choice(WORDS) for _ in range(random.randrange(30, 60) if crossed else random.randrange(1, 70))]
    length = 64 if crossed else length
    if number >= 40:
        # A last window that is so much shorter that its length tells in what has most context.
        length, words = 384, []
        while len(tokenizer.tokenize(" ".join(words))) < 384 + 2 * (number - 40):
            words.append(random.choice(WORDS))
    passage = " ".join(words)
    question = " ".join(random.choice(WORDS) for _ in range(random.randrange(1, 4)))
    example = squad.SquadExample("q", question, passage, None, None, "", answers=[], is_impossible=True)
    features = squad.squad_convert_example_to_features(
        example,
        max_seq_length=length,
        doc_stride=length // 3,
        max_query_length=min(64, length // 3),
        padding_strategy="max_length",
        is_training=False,
    )
    windows, results = [], []
    for index, feature in enumerate(features):
        feature.example_index, feature.unique_id = 0, index
        first, kept = min(feature.token_to_orig_map), feature.paragraph_len
        own = {"start": logits(kept, "rising" if crossed else "any"), "end": logits(kept, "falling" if crossed else "any")}
        none = {name: random.randrange(-40, 80) / 8 for name in own}
        whole = {
            name: [none[name]] + [NEVER] * (first - 1) + own[name] + [NEVER] * (length - first - kept) for name in own
        }
        results.append(SimpleNamespace(unique_id=index, start_logits=whole["start"], end_logits=whole["end"]))
        windows.append(
            {
                "first": first,
                "mostContext": "".join("01"[feature.token_is_max_context[first + i]] for i in range(kept)),
                "start": [none["start"], *own["start"]],
                "end": [none["end"], *own["end"]],
            }
        )
    threshold = random.randrange(-80, 80) / 8
    files = {name: str(FOLDER / name) for name in ("predictions", "nbest", "odds")}
    compute_predictions_logits(
        [example], features, results, 20, 30, True, files["predictions"], files["nbest"], files["odds"], False,
        unanswerable, threshold, tokenizer,
    )  # fmt: skip
    read = {name: json.loads(Path(path).read_text())["q"] for name, path in files.items() if unanswerable or name != "odds"}
    return {
        **{"length": length, "question": question, "passage": passage, "unanswerable": unanswerable},
        **{"threshold": threshold, "windows": windows, "prediction": read["predictions"]},
        **{"nullOdds": read.get("odds")},
        "nbest": [{**entry, "probability": float(f"{entry['probability']:.12g}")} for entry in read["nbest"]],
    }


cases = [json.dumps(case(number)) for number in range(43)]
(ROOT / "test" / "fixtures" / "squad-candidates.json").write_text("[\n" + ",\n".join(cases) + "\n]\n")
