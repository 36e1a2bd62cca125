"""Writes test/fixtures/scores.json: what scikit-learn, scipy and transformers' copy of the official SQuAD 2.0 script say
about made-up predictions. `python test/oracle/scores.py` with scikit-learn, scipy and transformers 4 installed
(transformers 5 has no copy of the script any more)."""

import json
import random
import warnings
from pathlib import Path
from types import SimpleNamespace

from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef
from transformers.data.metrics.squad_metrics import get_raw_scores, squad_evaluate

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


def drawn_classes(count, labels):
    return [random.randrange(labels) for _ in range(count)]


def classes():
    """From all right to all wrong, with labels that neither side, one side or both sides name, often only one."""
    count, labels = random.randrange(1, 13), random.choice([1, 2, 2, 2, 3, 4])
    gold = drawn_classes(count, random.randrange(1, labels + 1))
    kept = random.choice([0, 0.3, 0.7, 1])
    other = random.randrange(1, labels + 1)
    predicted = [label if random.random() < kept else random.randrange(other) for label in gold]
    return {
        "gold": gold,
        "predicted": predicted,
        "accuracy": accuracy_score(gold, predicted),
        "f1": f1_score(gold, predicted, labels=[1], average="macro", zero_division=0),
        "macro_f1": f1_score(gold, predicted, average="macro", zero_division=0),
        "matthews": matthews_corrcoef(gold, predicted),
    }


def degenerate_correlation():
    """Few numbers or none that differ, some of which their mean is not equal to in floating point."""
    count = random.randrange(2, 13)
    steps = random.choice([0.1, 1, 1e-9, 1e6 / 3])
    gold = [random.randrange(random.choice([1, 2])) * steps for _ in range(count)]
    predicted = random.choice([gold, [-value for value in gold], [steps] * count, [1 / 3 + value for value in gold]])
    known = {"pearson": pearsonr(gold, predicted)[0], "spearman": spearmanr(gold, predicted)[0]}
    return {"gold": gold, "predicted": predicted, **{name: None if v != v else v for name, v in known.items()}}


MORE_WORDS = WORDS + [",", "'", "--", "(the)", "a-the", "\u00a0", "\u2019s", "I\u0307", "\u00df", "A.", "\U0001f600", "  ", "the"]


def span():
    """One question that the passage answers, as SQuAD 1.1 scores it; some texts are articles or signs alone."""
    size = random.choice([0, 1, 2, 3, 6])
    predicted = " ".join(random.choice(MORE_WORDS) for _ in range(size))
    answers = [" ".join(random.choice(MORE_WORDS) for _ in range(random.randrange(1, 4))) for _ in range(3)]
    if random.random() < 0.3:
        answers[1] = predicted.swapcase() or "the"
    example = SimpleNamespace(qas_id="0", answers=[{"text": text} for text in answers])
    exact, f1 = get_raw_scores([example], {"0": predicted})
    return {"predicted": predicted, "answers": answers, "exact_match": exact["0"], "f1": f1["0"]}


fixture = {
    "matthews": [matthews() for _ in range(400)],
    "correlations": [correlation() for _ in range(400)],
    "squad": [squad() for _ in range(200)],
    "classes": [classes() for _ in range(1000)],
    "degenerate": [degenerate_correlation() for _ in range(600)],
    "spans": [span() for _ in range(1000)],
}
lines = [f'"{name}": [\n' + ",\n".join(json.dumps(case) for case in cases) + "\n]" for name, cases in fixture.items()]
target = Path(__file__).parent.parent / "fixtures" / "scores.json"
target.write_text("{\n" + ",\n".join(lines) + "\n}\n")
