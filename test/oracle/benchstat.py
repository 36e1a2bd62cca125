"""Writes test/fixtures/benchstat.json: what Go's benchstat says of samples, for the test of unpaired cells.

    go install golang.org/x/perf/cmd/benchstat@latest     # v0.0.0-20260908
    PATH=$PATH:$(go env GOPATH)/bin python test/oracle/benchstat.py
"""

import json
import random
import re
import subprocess
import tempfile
from pathlib import Path

random.seed(8)


def drawn(n, centre, digits):
    return [round(random.gauss(centre, 1), digits) for _ in range(n)]


def benchstat(sides):
    """Its p, in its own three digits: Mann-Whitney, exact for samples as small as these."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, values in sides.items():
            path = Path(folder, name)
            path.write_text("".join(f"BenchmarkCell 1 {value} nats\n" for value in values))
            paths.append(str(path))
        done = subprocess.run(["benchstat", *paths], capture_output=True, text=True, check=True)
    return re.search(r"p=([\d.]+)", done.stdout).group(1)


# Many digits: no ties. One digit: ties between the sides and within them, which leave the distribution of U symmetric
# only where both sides have as many values; elsewhere benchstat doubles the tail of the smaller U, which is not the
# smaller tail.
cases = [(4, 4, 4), (5, 5, 4), (6, 4, 4), (7, 7, 4), (8, 8, 4), (10, 10, 4), (12, 9, 4), (8, 8, 1), (6, 6, 1), (10, 10, 1)]
samples = []
for first, second, digits in cases:
    for shift in (0, 1, 2):
        sides = {"a": drawn(first, 10, digits), "b": drawn(second, 10 + shift, digits)}
        samples.append({**sides, "p": benchstat(sides)})

Path("test/fixtures/benchstat.json").write_text(json.dumps(samples) + "\n")
