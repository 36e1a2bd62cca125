"""Writes test/fixtures/parquet: two sentences of CoLA's shape and a question of SQuAD's, as the Hugging Face hub stores
them. `python test/oracle/parquet.py` with pyarrow installed."""

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
