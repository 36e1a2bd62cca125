"""Writes test/fixtures/corpora: three documents as .parquet files, packed in every way that the format has, with nulls,
and with columns that leave open which is the text; and a .txt.zst. `python test/oracle/corpora.py` with pyarrow and zstd
installed."""

import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet

target = Path(__file__).parent.parent / "fixtures" / "corpora"
target.mkdir(parents=True, exist_ok=True)

TEXTS = ["One. Two\nlines.", None, "Caf\u00e9 three?"]
numbers = pa.array([1, 2, 3], pa.int64())

for packing in ["none", "snappy", "gzip", "zstd", "brotli"]:
    # A nested column before the text: columns are not counted by their place in the schema.
    tags = pa.array([{"words": ["a"]}, None, {"words": []}], pa.struct([("words", pa.list_(pa.string()))]))
    table = pa.table({"tags": tags, "id": numbers, "title": ["x", "y", "z"], "text": TEXTS})
    parquet.write_table(table, target / f"{packing}.parquet", compression=packing, row_group_size=2)

parquet.write_table(pa.table({"id": numbers, "body": TEXTS}), target / "single.parquet")
parquet.write_table(pa.table({"title": ["x"], "body": ["y"]}), target / "two-columns.parquet")
parquet.write_table(pa.table({"id": numbers}), target / "no-column.parquet")

# Two frames, as `cat a.zst b.zst` gives; the second has a window of its own and no size.
LINES = "".join(f"Ship number {number} sails home.\n" for number in range(20000))
first = subprocess.run(["zstd", "-q", "-19"], input=LINES.encode(), capture_output=True, check=True).stdout
second = subprocess.run(["zstd", "-q", "--long=24"], input=b"The end.\n", capture_output=True, check=True).stdout
(target / "ships.txt.zst").write_bytes(first + second)
