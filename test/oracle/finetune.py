"""Fine-tunes a checkpoint with transformers as a sweep's `finetune` does, to compare scores and times with growbench's.

    python test/oracle/finetune.py sst2 CHECKPOINT DATA --batch 32 --rate 1e-4 --epochs 1 --length 64 --seeds 0 1 2

DATA is the folder that a sweep names as data.glue (for sst2 and cola) or data.squad. Needs torch, transformers and
scikit-learn. Prints one JSON object a seed. `seconds` are those of the training steps alone, as in growbench's records;
`processor` is the processor time that they took.

The protocol is that of BERT's released code: AdamW with decay 0.01 on kernels and tables, epsilon 1e-6, gradients
clipped to a norm of 1, linear warm-up over 10 % of the steps and linear decay to 0, whole batches only, sequences padded
to one length. What growbench draws otherwise (order, dropout, the new head) is drawn by torch here.
"""

import argparse
import collections
import json
import pathlib
import re
import string
import time

import torch
from sklearn.metrics import matthews_corrcoef
from transformers import (
    AutoModelForQuestionAnswering, AutoModelForSequenceClassification, AutoTokenizer, get_linear_schedule_with_warmup,
)

LONGEST_QUESTION, LONGEST_ANSWER = 64, 30


def read_tsv(path, text, label, header):
    lines = path.read_text().split("\n")[1 if header else 0 :]
    rows = [line.split("\t") for line in lines if line != ""]
    return [row[text] for row in rows], torch.tensor([int(row[label]) for row in rows])


class Sentences:
    """Sentences of GLUE with a label each."""

    def __init__(self, tokenizer, folder, length, **columns):
        self.splits = {}
        for split in ("train", "dev"):
            texts, labels = read_tsv(folder / f"{split}.tsv", **columns)
            fed = tokenizer(texts, truncation=True, max_length=length, padding="max_length", return_tensors="pt")
            self.splits[split] = {**fed, "labels": labels}

    def model(self, checkpoint):
        return AutoModelForSequenceClassification.from_pretrained(checkpoint, num_labels=2)

    def predictions(self, outputs):
        return torch.cat([output.logits for output in outputs]).argmax(-1)


class Sst2(Sentences):
    def __init__(self, tokenizer, data, length):
        super().__init__(tokenizer, data / "SST-2", length, text=0, label=1, header=True)

    def score(self, outputs):
        labels = self.splits["dev"]["labels"]
        return {"accuracy": (self.predictions(outputs) == labels).float().mean().item()}


class Cola(Sentences):
    def __init__(self, tokenizer, data, length):
        super().__init__(tokenizer, data / "CoLA", length, text=3, label=1, header=False)

    def score(self, outputs):
        return {"matthews": matthews_corrcoef(self.splits["dev"]["labels"], self.predictions(outputs))}


class Squad:
    """SQuAD 1.1 in windows that begin a third of the length apart; a window without the answer points at [CLS]."""

    def __init__(self, tokenizer, data, length):
        self.splits, self.asked = {}, None
        for split in ("train", "dev"):
            articles = json.loads((data / f"{split}-v1.1.json").read_text())["data"]
            paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
            asked = [(paragraph["context"], qa) for paragraph in paragraphs for qa in paragraph["qas"]]
            windows = [w for index, (context, qa) in enumerate(asked) for w in self.windows(tokenizer, index, context, qa, length)]
            names = ("input_ids", "token_type_ids", "attention_mask", "start_positions", "end_positions")
            self.splits[split] = {name: torch.tensor([window[name] for window in windows]) for name in names}
            if split == "dev":
                self.asked = asked, windows

    def windows(self, tokenizer, index, context, qa, length):
        question = tokenizer(qa["question"], add_special_tokens=False)["input_ids"]
        question = question[: min(LONGEST_QUESTION, length // 3)]
        passage = tokenizer(context, add_special_tokens=False, return_offsets_mapping=True)
        tokens, offsets = passage["input_ids"], passage["offset_mapping"]
        start = qa["answers"][0]["answer_start"]
        end = start + len(qa["answers"][0]["text"])
        first = next(i for i, offset in enumerate(offsets) if offset[1] > start)
        last = max(i for i, offset in enumerate(offsets) if offset[0] < end)
        room = length - 3 - len(question)
        at, count = 2 + len(question), 1 + max(0, -(-(len(tokens) - room) // (length // 3)))
        for begin in range(0, count * (length // 3), length // 3):
            kept = tokens[begin : begin + room]
            ids = [tokenizer.cls_token_id, *question, tokenizer.sep_token_id, *kept, tokenizer.sep_token_id]
            padding = length - len(ids)
            whole = first >= begin and last < begin + len(kept)
            yield {
                "input_ids": ids + [tokenizer.pad_token_id] * padding,
                "token_type_ids": [0] * at + [1] * (len(ids) - at) + [0] * padding,
                "attention_mask": [1] * len(ids) + [0] * padding,
                "start_positions": at + first - begin if whole else 0,
                "end_positions": at + last - begin if whole else 0,
                "example": index, "at": at, "offsets": offsets[begin : begin + room],
            }

    def model(self, checkpoint):
        return AutoModelForQuestionAnswering.from_pretrained(checkpoint)

    def score(self, outputs):
        asked, windows = self.asked
        starts, ends = torch.cat([o.start_logits for o in outputs]), torch.cat([o.end_logits for o in outputs])
        best = {}
        for window, start_scores, end_scores in zip(windows, starts.tolist(), ends.tolist()):
            at, offsets = window["at"], window["offsets"]
            for start in range(len(offsets)):
                for end in range(start, min(len(offsets), start + LONGEST_ANSWER)):
                    score = start_scores[at + start] + end_scores[at + end]
                    if score > best.get(window["example"], (float("-inf"),))[0]:
                        text = asked[window["example"]][0][offsets[start][0] : offsets[end][1]]
                        best[window["example"]] = (score, text)
        pairs = [(best[index][1], [a["text"] for a in qa["answers"]]) for index, (_, qa) in enumerate(asked)]
        mean = lambda metric: sum(max(metric(text, answer) for answer in answers) for text, answers in pairs) / len(pairs)
        return {"f1": mean(token_f1), "exact_match": mean(lambda a, b: float(normalized(a) == normalized(b)))}


def normalized(text):
    text = "".join(character for character in text.lower() if character not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def token_f1(text, answer):
    got, wanted = normalized(text).split(), normalized(answer).split()
    common = sum((collections.Counter(got) & collections.Counter(wanted)).values())
    return 2 * common / (len(got) + len(wanted)) if common else 0.0


def rows_of(columns, rows):
    return {name: values[rows] for name, values in columns.items()}


def optimizer_of(model, rate):
    decays = lambda parameter: parameter.ndim > 1
    groups = [
        {"params": [p for p in model.parameters() if decays(p)], "weight_decay": 0.01},
        {"params": [p for p in model.parameters() if not decays(p)], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=rate, eps=1e-6)


def finetune(task, options, seed):
    torch.manual_seed(seed)
    model = task.model(options.checkpoint).train()
    train = task.splits["train"]
    count = len(train["input_ids"])
    each = count // options.batch
    steps = each * options.epochs
    optimizer = optimizer_of(model, options.rate)
    schedule = get_linear_schedule_with_warmup(optimizer, round(0.1 * steps), steps)
    begin, busy = time.perf_counter(), time.process_time()
    for _ in range(options.epochs):
        for rows in torch.randperm(count)[: each * options.batch].view(each, options.batch):
            model(**rows_of(train, rows)).loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
    seconds, processor = time.perf_counter() - begin, time.process_time() - busy
    model.eval()
    dev = task.splits["dev"]
    with torch.no_grad():
        order = torch.arange(len(dev["input_ids"])).split(options.batch)
        outputs = [model(**rows_of(dev, rows)) for rows in order]
    return {**task.score(outputs), "steps": steps, "seconds": seconds, "processor": processor}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    tasks = {"sst2": Sst2, "cola": Cola, "squad": Squad}
    parser.add_argument("task", choices=tasks)
    parser.add_argument("checkpoint")
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--length", type=int, default=64)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    task = tasks[options.task](AutoTokenizer.from_pretrained(options.checkpoint), options.data, options.length)
    for seed in options.seeds:
        print(json.dumps({"task": options.task, "seed": seed, **finetune(task, options, seed)}), flush=True)


if __name__ == "__main__":
    main()
