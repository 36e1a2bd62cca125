"""Makes test/fixtures/bert/pairs-*.json: what PyTorch and transformers compute for a BERT with a next-sentence head.

    python test/oracle/pairs.py          (needs torch and transformers; writes beside this repository's tests)

The models are those of bert.py with a pooler and a next-sentence head. Post-norm is transformers' BertForPreTraining,
whose own loss is written; pre-norm and pooling of embeddings are the token by token model with that loss. One of the
pairs is short: it has one masked token less than the others, and its last masked place stands at padding.
"""

import torch
from bert import BATCH, D, N, V, Reduced, Transformers, draw_weights, pack, plain, write
from torch import nn
from transformers import BertForPreTraining

HEAD = {"pooler/kernel": (D, D), "pooler/bias": (D,), "next_sentence/kernel": (D, 2), "next_sentence/bias": (2,)}
IGNORED = -100


def draw_head():
    torch.manual_seed(7)
    return {name: 0.3 * torch.randn(shape) for name, shape in HEAD.items()}


def draw_pairs():
    torch.manual_seed(200)
    ids = torch.randint(5, V, (BATCH, N))
    segments, mask = torch.zeros(BATCH, N, dtype=torch.long), torch.ones(BATCH, N, dtype=torch.long)
    for row, (middle, end) in enumerate([(5, 12), (8, 12), (3, 8)]):
        segments[row, middle:end] = 1
        mask[row, end:] = 0
    masked = torch.tensor([[2, 7, 10], [1, 5, 9], [1, 5, 9]])
    weights = mask.gather(1, masked)
    labels = ids.gather(1, masked) * weights
    return dict(
        ids=ids.scatter(1, masked, 4) * mask, segments=segments, mask=mask, masked=masked, labels=labels, weights=weights,
        continuations=torch.tensor([0, 1, 1]),
    )


class PreTraining(Transformers):
    def __init__(self, w):
        super().__init__(w, kind=BertForPreTraining)
        linears = {"pooler": self.model.bert.pooler.dense, "next_sentence": self.model.cls.seq_relationship}
        for name, layer in linears.items():
            self.table |= {f"{name}/kernel": layer.weight, f"{name}/bias": layer.bias}
            with torch.no_grad():
                layer.weight.copy_(w[f"{name}/kernel"].T)
                layer.bias.copy_(w[f"{name}/bias"])

    def run(self, batch):
        chosen = torch.where(batch["weights"] == 1, batch["labels"], IGNORED)
        labels = torch.full((BATCH, N), IGNORED).scatter(1, batch["masked"], chosen)
        out = self.model(
            input_ids=batch["ids"], attention_mask=batch["mask"], token_type_ids=batch["segments"],
            labels=labels, next_sentence_label=batch["continuations"],
        )
        masked_lm = nn.functional.cross_entropy(out.prediction_logits.reshape(-1, V), labels.reshape(-1))
        return masked_lm, out.seq_relationship_logits, out.loss


class ReducedPreTraining(Reduced):
    def run(self, batch):
        rows, first = [], []
        for b in range(BATCH):
            masked = [n for n, weight in zip(batch["masked"][b].tolist(), batch["weights"][b].tolist()) if weight == 1]
            inputs = [batch[k][b] for k in ("ids", "segments", "mask")]
            first.append(self.stream(*inputs, masked)[0])
            rows.append(self.sequence(*inputs, masked))
        masked_lm = nn.functional.cross_entropy(self.head(torch.cat(rows)), batch["labels"][batch["weights"] == 1])
        logits = self.lin("next_sentence", torch.tanh(self.lin("pooler", torch.stack(first))))
        return masked_lm, logits, masked_lm + nn.functional.cross_entropy(logits, batch["continuations"])


def main():
    head = draw_head()
    w = draw_weights() | head
    batch = draw_pairs()
    write("pairs-weights", pack(head))
    cases = {
        "pairs-post": PreTraining(w),
        "pairs-pre": ReducedPreTraining(w, "pre"),
        "pairs-post-pooled": ReducedPreTraining(w, "post", pool="mean"),
        "pairs-pre-concat-pooled": ReducedPreTraining(w, "pre", pool="concat"),
    }
    for name, model in cases.items():
        masked_lm, logits, loss = model.run(batch)
        loss.backward()
        write(name, {
            "batch": plain(batch), "maskedLm": masked_lm.item(), "nextSentence": logits.reshape(-1).tolist(),
            "loss": loss.item(), "gradients": pack(model.read(lambda tensor: tensor.grad)),
        })


if __name__ == "__main__":
    main()
