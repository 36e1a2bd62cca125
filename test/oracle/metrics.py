"""Writes test/fixtures/metrics.json: what scikit-learn and torchmetrics' SQuAD 1.1 metric say about made-up
predictions. `python test/oracle/metrics.py` with scikit-learn and torchmetrics installed."""

import json
import random
from pathlib import Path

from sklearn.metrics import accuracy_score, f1_score
from torchmetrics.functional.text import squad

random.seed(11)


def classes(count, labels, absent=()):
    gold = [random.randrange(labels) for _ in range(count)]
    gold = [0 if label in absent else label for label in gold]
    predicted = [label if random.random() < 0.6 else random.randrange(labels) for label in gold]
    return {
        "gold": gold,
        "predicted": predicted,
        "accuracy": accuracy_score(gold, predicted),
        "macro_f1": f1_score(gold, predicted, average="macro", zero_division=0),
        "f1": f1_score(gold, predicted, labels=[1], average="macro", zero_division=0),
    }


SPANS = [
    ("the Old Man", ["old man"]),
    ("An  hour, or two!", ["hour or two"]),
    ("a the an", ["the"]),
    ("theatre", ["the atre"]),
    ("U.S.A.", ["usa"]),
    ("don't", ["dont"]),
    ("cat cat dog", ["cat dog dog"]),
    ("\u00e0a b", ["\u00e0 b"]),
    ("na\u00efve caf\u00e9", ["Caf\u00e9"]),
    ("well-known", ["well known"]),
    ("", ["word"]),
    ("word", ["sentence"]),
    ("\u201cquoted\u201d", ["quoted"]),
    ("one\ntwo\tthree", ["one two"]),
    ("the red fox", ["fox", "a red fox", "red"]),
]



def span(predicted, answers):
    prediction = [{"prediction_text": predicted, "id": "0"}]
    target = [{"answers": {"answer_start": [0] * len(answers), "text": answers}, "id": "0"}]
    scores = squad(prediction, target)
    return {
        "predicted": predicted,
        "answers": answers,
        "exact_match": scores["exact_match"].item() / 100,
        "f1": scores["f1"].item() / 100,
    }


fixture = {
    "classification": [classes(200, 2), classes(150, 5), classes(40, 7, absent=(2, 5)), classes(1, 3)],
    "spans": [span(predicted, answers) for predicted, answers in SPANS],
}
target = Path(__file__).parent.parent / "fixtures" / "metrics.json"
target.write_text(json.dumps(fixture, indent=1) + "\n")
