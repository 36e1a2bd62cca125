"""Writes test/fixtures/parquet: two sentences of CoLA's shape and a question of SQuAD's, as the Hugging Face hub stores
them, and what malformed files are made from. `python test/oracle/parquet.py` with pyarrow installed."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet

target = Path(__file__).parent.parent / "fixtures" / "parquet"

cola = pa.table(
    {
        "sentence": ["It is.", "Is it \u00e9 is."],
        "label": pa.array([1, 0], pa.int64()),
        "idx": pa.array([0, 1], pa.int32()),
    }
)
answers = pa.struct([("text", pa.list_(pa.string())), ("answer_start", pa.list_(pa.int32()))])
squad = pa.table(
    {
        "id": ["q"],
        "title": ["t"],
        "context": ["In 1066 William won."],
        "question": ["Who won?"],
        "answers": pa.array([{"text": ["William"], "answer_start": [8]}], answers),
    }
)
for table, folder in [(cola, "cola"), (squad, "plain_text")]:
    for split in ["train", "validation"]:
        path = target / folder / f"{split}-00000-of-00001.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        parquet.write_table(table, path, compression="snappy")

# Plain, so that a test can find its way in it: every other sentence is missing.
plain = {"sentence": ["It is." if row % 2 else None for row in range(64)], "label": pa.array([1] * 64, pa.int64())}
parquet.write_table(pa.table(plain), target / "plain.parquet", compression="none", use_dictionary=False)
# Columns whose types are changed over.
parquet.write_table(pa.table({"sentence": [1, 0], "label": [True, False]}), target / "types.parquet")
