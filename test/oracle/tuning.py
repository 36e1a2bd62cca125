"""Makes test/fixtures/bert/tuning-*.json: ten steps of fine-tuning with transformers.

    python test/oracle/tuning.py         (needs torch and transformers; writes beside this repository's tests)

The encoder is that of bert.py, post-norm; the heads are transformers' BertForSequenceClassification, for classes and for
a number, and BertForQuestionAnswering. The loss of answers is taken over the passage alone, by hand: transformers has it
run over the question too. Written are the losses, the gradients' norms and what the tuned model says of the last batch.
"""

import torch
from bert import BATCH, CLIP, D, DECAY, N, RATES, STEPS, V, bert_config, draw_weights, encoder_parts, load, pack, plain
from bert import table_of, train, write
from torch import nn
from transformers import BertForQuestionAnswering, BertForSequenceClassification

CLASSES = 3


def draw_head(outputs):
    torch.manual_seed(9)
    drawn = lambda *shape: 0.3 * torch.randn(shape)
    head = {"head/output/kernel": drawn(D, outputs), "head/output/bias": drawn(outputs)}
    return head | {"head/pooler/kernel": drawn(D, D), "head/pooler/bias": drawn(D)}


def draw_texts(number):
    torch.manual_seed(300 + number)
    segments, mask = torch.zeros(BATCH, N, dtype=torch.long), torch.ones(BATCH, N, dtype=torch.long)
    for row, (middle, end) in enumerate([(5, 12), (8, 12), (3, 9)]):
        segments[row, middle:end] = 1
        mask[row, end:] = 0
    return dict(ids=torch.randint(5, V, (BATCH, N)) * mask, segments=segments, mask=mask)


def fed(batch):
    return dict(input_ids=batch["ids"], attention_mask=batch["mask"], token_type_ids=batch["segments"])


class Sequences:
    def __init__(self, w, outputs, **more):
        self.outputs = outputs
        self.model = BertForSequenceClassification(bert_config(num_labels=outputs, classifier_dropout=0.0, **more)).train()
        tables, norms, linears = encoder_parts(self.model.bert)
        linears |= {"head/pooler": self.model.bert.pooler.dense, "head/output": self.model.classifier}
        self.table = table_of(tables, norms, linears)
        load(self.table, w | draw_head(outputs))

    def batch(self, number):
        texts = draw_texts(number)
        target = torch.randint(0, CLASSES, (BATCH,)) if self.outputs > 1 else 3 * torch.rand(BATCH)
        return texts | dict(target=target)

    def answers(self, batch):
        return self.model(**fed(batch)).logits

    def loss(self, batch):
        return self.model(**fed(batch), labels=batch["target"]).loss


class Spans:
    def __init__(self, w):
        self.model = BertForQuestionAnswering(bert_config()).train()
        tables, norms, linears = encoder_parts(self.model.bert)
        self.table = table_of(tables, norms, linears | {"head/output": self.model.qa_outputs})
        load(self.table, w | draw_head(2))

    def batch(self, number):
        texts = draw_texts(number)
        starts = torch.tensor([[6, 9, 4][row] + number % 2 for row in range(BATCH)])
        return texts | dict(passage=texts["segments"], ends=torch.stack([starts, starts + 1], dim=1))

    def answers(self, batch):
        out = self.model(**fed(batch))
        return torch.stack([out.start_logits, out.end_logits], dim=1)

    def loss(self, batch):
        scores = self.answers(batch).masked_fill(batch["passage"].unsqueeze(1) == 0, -1e9)
        return nn.functional.cross_entropy(scores.reshape(2 * BATCH, N), batch["ends"].reshape(-1))


def main():
    w = draw_weights()
    models = {
        "classification": Sequences(w, CLASSES, problem_type="single_label_classification"),
        "regression": Sequences(w, 1, problem_type="regression"),
        "span": Spans(w),
    }
    for name, model in models.items():
        head = draw_head({"classification": CLASSES, "regression": 1, "span": 2}[name])
        batches = [model.batch(step) for step in range(STEPS)]
        losses, norms = train(model.table.items(), lambda step: model.loss(batches[step]))
        write(f"tuning-{name}", {
            "settings": {"decay": DECAY, "clip": CLIP}, "rates": RATES, "losses": losses, "norms": norms,
            "batches": [plain(batch) for batch in batches], "head": pack(head),
            "answers": model.answers(batches[-1]).reshape(-1).tolist(),
        })


if __name__ == "__main__":
    main()
