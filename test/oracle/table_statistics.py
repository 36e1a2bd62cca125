"""Writes test/fixtures/statistics.json: what SciPy says of samples, for the statistics of the tables.

    python test/oracle/table_statistics.py     # SciPy 1.17, statsmodels 0.14
"""

import json
import math
import random
from pathlib import Path

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests

random.seed(20)


def flipped(differences):
    result = stats.permutation_test(
        (np.array(differences),), np.mean, permutation_type="samples", n_resamples=np.inf, alternative="two-sided"
    )
    return float(result.pvalue)


def u_of(a, b, axis):
    return stats.mannwhitneyu(a, b, axis=axis, method="asymptotic").statistic


def split(a, b):
    """Exact over all splits, ties included: the U statistic's own distribution."""
    result = stats.permutation_test(
        (np.array(a), np.array(b)), u_of, vectorized=True, permutation_type="independent", n_resamples=np.inf
    )
    return float(result.pvalue)


def drawn(n, centre=0.0, digits=4):
    return [round(random.gauss(centre, 1), digits) for _ in range(n)]


def sign_flip(differences):
    return {"differences": differences, "p": flipped(differences)}


def rank_sum(a, b, p):
    return {"a": a, "b": b, "p": p}


def interval(values):
    low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
    return {"values": values, "mean": float(np.mean(values)), "sd": float(np.std(values, ddof=1)), "low": float(low), "high": float(high)}


def welch(reference, candidate):
    low, high = stats.ttest_ind(candidate, reference, equal_var=False).confidence_interval(0.95)
    return {"reference": reference, "candidate": candidate, "low": float(low), "high": float(high)}


def geometric(reference, candidate):
    ratios = [math.log(b / a) for a, b in zip(reference, candidate)]
    low, high = stats.t.interval(0.95, len(ratios) - 1, np.mean(ratios), stats.sem(ratios))
    return {
        "reference": reference,
        "candidate": candidate,
        "referenceMean": stats.gmean(reference).item(),
        "candidateMean": stats.gmean(candidate).item(),
        "delta": float(math.expm1(np.mean(ratios))),
        "low": math.expm1(low),
        "high": math.expm1(high),
    }


TIED = ([1.0, 2.0, 2.0, 3.0, 5.0], [2.0, 3.0, 3.0, 4.0, 6.0, 6.0])
APART = ([0.1, 0.2, 0.3, 0.4], [1.1, 1.2, 1.3])
SMALL = [(drawn(4), drawn(5, 1)), (drawn(7), drawn(6, 2)), (drawn(3), drawn(9, -1)), (drawn(1), drawn(8))]
LARGE = [(drawn(40), drawn(35, 0.5)), (drawn(50, digits=1), drawn(60, 0.3, digits=1))]


PS = [[0.01, 0.04, 0.03, 0.005, 0.9], [0.02, 0.02, 0.02], [0.6, 0.5], [0.03125]]

fixture = {
    "holm": [{"ps": ps, "adjusted": multipletests(ps, method="holm")[1].tolist()} for ps in PS],
    "signFlip": [
        sign_flip(values)
        for values in (
            drawn(5),
            drawn(8, 0.7),
            drawn(12, 0.5),
            drawn(15, -0.4),
            [0.5, 0.5, 0.5, -0.5, 0.5, 0.5],
            [0.1, 0.2, 0.3, 0.0, 0.0, 0.6],
            [1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
        )
    ],
    "signFlipNormal": [
        {"differences": values, "p": float(2 * stats.norm.sf(abs(sum(values)) / math.sqrt(sum(d * d for d in values))))}
        for values in (drawn(30, 0.3), drawn(200, 0.1))
    ],
    "rankSum": [rank_sum(a, b, float(stats.mannwhitneyu(a, b, method="exact").pvalue)) for a, b in [*SMALL, APART]],
    "rankSumTied": [rank_sum(*TIED, split(*TIED)), rank_sum([1.0] * 4, [1.0] * 3, 1.0)],
    "rankSumNormal": [rank_sum(a, b, float(stats.mannwhitneyu(a, b, method="asymptotic").pvalue)) for a, b in LARGE],
    "intervals": [interval(drawn(n, 3)) for n in (2, 3, 5, 30)],
    "welch": [welch(drawn(5), drawn(7, 1)), welch(drawn(3), drawn(3)), welch(drawn(40), drawn(12, 2))],
    "geometric": [
        geometric([10.0, 12.0, 11.5], [8.0, 8.5, 9.0]),
        geometric([1e18, 2e18, 1.5e18, 3e18], [2e18, 1.9e18, 2.5e18, 3.3e18]),
    ],
}
target = Path(__file__).parent.parent / "fixtures" / "statistics.json"
target.write_text(json.dumps(fixture, indent=1) + "\n")
