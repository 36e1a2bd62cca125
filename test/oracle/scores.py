"""Writes test/fixtures/scores.json: what scikit-learn, scipy and transformers' copy of the official SQuAD 2.0 script say
about made-up predictions. `python test/oracle/scores.py` with scikit-learn, scipy and transformers installed."""

import json
import random
import warnings
from pathlib import Path
from types import SimpleNamespace

from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import matthews_corrcoef
from transformers.data.metrics.squad_metrics import squad_evaluate

random.seed(29)
warnings.simplefilter("ignore")


def matthews():
    labels = random.choice([2, 2, 3, 5])
    gold = [random.randrange(labels) for _ in range(random.randrange(1, 16))]
    predicted = [label if random.random() < 0.6 else random.randrange(labels) for label in gold]
    return {"gold": gold, "predicted": predicted, "matthews": matthews_corrcoef(gold, predicted)}


def correlation():
    # Few values, so that many are equal.
    count = random.randrange(2, 12)
    gold = [random.randrange(11) / 2 for _ in range(count)]
    predicted = [round(value + random.gauss(0, 2), random.choice([0, 3])) for value in gold]
    known = {"pearson": pearsonr(gold, predicted)[0], "spearman": spearmanr(gold, predicted)[0]}
    return {"gold": gold, "predicted": predicted, **{name: None if v != v else v for name, v in known.items()}}


WORDS = "the a an red fox Fox, dogs' run runs quick-brown U.S. 12 caf\u00e9 \u00c9t\u00e9 \u4e2d".split()


def phrase():
    return " ".join(random.choice(WORDS) for _ in range(random.randrange(1, 4)))


def squad():
    examples, texts, no_answer = [], {}, {}
    for index in range(random.randrange(2, 12)):
        answers = [phrase() for _ in range(random.choice([0, 0, 1, 2, 3]))]
        examples.append(SimpleNamespace(qas_id=str(index), answers=[{"text": text} for text in answers]))
        right = answers and random.random() < 0.5
        texts[str(index)] = random.choice(answers) if right else random.choice([phrase(), phrase(), ""])
        no_answer[str(index)] = round(random.gauss(0, 2), 3)
    answered = {key: "" if no_answer[key] > 0 else text for key, text in texts.items()}
    plain = squad_evaluate(examples, answered)
    best = squad_evaluate(examples, texts, no_answer_probs=no_answer)
    return {
        "answers": [[answer["text"] for answer in example.answers] for example in examples],
        "predictions": [{"text": texts[key], "noAnswer": no_answer[key]} for key in texts],
        "exact_match": plain["exact"] / 100,
        "f1": plain["f1"] / 100,
        "best_exact_match": best["best_exact"] / 100,
        "best_f1": best["best_f1"] / 100,
    }


fixture = {
    "matthews": [matthews() for _ in range(400)],
    "correlations": [correlation() for _ in range(400)],
    "squad": [squad() for _ in range(200)],
}
lines = [f'"{name}": [\n' + ",\n".join(json.dumps(case) for case in cases) + "\n]" for name, cases in fixture.items()]
target = Path(__file__).parent.parent / "fixtures" / "scores.json"
target.write_text("{\n" + ",\n".join(lines) + "\n}\n")
