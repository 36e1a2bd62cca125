"""Makes test/fixtures/bert/*.json: what PyTorch and transformers compute for a BERT with fixed weights.

    python test/oracle/bert.py          (needs torch and transformers; writes beside this repository's tests)

Post-norm comes from transformers' BertForMaskedLM, pre-norm from torch.nn.TransformerEncoderLayer, and models smaller
than BERT from torch.nn.MultiheadAttention, one sequence at a time: pooled sequences put together token by token,
attention shared by handing on the weights that the module returns, factors multiplied out. Kernels are stored
[input, output].
"""

import base64
import json
import pathlib

import torch
from torch import nn
from transformers import BertConfig, BertForMaskedLM

SHAPE = dict(layers=2, hidden=16, heads=2, ffn=32, vocab=50, positions=12, length=12)
L, D, H, F, V, P, N = (SHAPE[k] for k in ("layers", "hidden", "heads", "ffn", "vocab", "positions", "length"))
BATCH, MASKED, WINDOW, RANK, STEPS = 3, 3, 3, 5, 10
RATES = [1e-3 * (step + 1) / 4 if step < 4 else 1e-3 * (STEPS - step) / 6 for step in range(STEPS)]
# Some of the ten gradients are larger than this, some smaller.
DECAY, CLIP = 0.1, 4.0
OUT = pathlib.Path(__file__).parent.parent / "fixtures" / "bert"


def parameter_shapes():
    norm = lambda name: {f"{name}/gain": (D,), f"{name}/bias": (D,)}
    linear = lambda name, i, o: {f"{name}/kernel": (i, o), f"{name}/bias": (o,)}
    shapes = {"embedding/tokens": (V, D), "embedding/positions": (P, D), "embedding/segments": (2, D)}
    shapes |= norm("embedding/norm")
    for i in range(L):
        for leaf in ("query", "key", "value", "attention_output"):
            shapes |= linear(f"layer_{i}/{leaf}", D, D)
        shapes |= norm(f"layer_{i}/attention_norm")
        shapes |= linear(f"layer_{i}/ffn_input", D, F) | linear(f"layer_{i}/ffn_output", F, D)
        shapes |= norm(f"layer_{i}/ffn_norm")
    shapes |= norm("final_norm") | linear("masked_lm/transform", D, D) | norm("masked_lm/norm")
    shapes |= {"masked_lm/output/bias": (V,)} | linear("pool", WINDOW * D, D)
    for i in range(L):
        for leaf, inputs, outputs in (("ffn_input", D, F), ("ffn_output", F, D)):
            shapes |= {f"layer_{i}/{leaf}/left": (inputs, RANK), f"layer_{i}/{leaf}/right": (RANK, outputs)}
    return shapes


def draw_weights():
    torch.manual_seed(1)
    centre = lambda name: 1.0 if name.endswith("/gain") else 0.0
    return {name: centre(name) + 0.3 * torch.randn(shape) for name, shape in parameter_shapes().items()}


def draw_batch(number):
    torch.manual_seed(100 + number)
    ids = torch.randint(5, V, (BATCH, N))
    segments = torch.zeros(BATCH, N, dtype=torch.long)
    segments[0, 7:] = 1
    mask = torch.ones(BATCH, N, dtype=torch.long)
    mask[2, 8:] = 0
    # Masked tokens lie apart, side by side and at the edges of a sequence.
    masked = torch.tensor([[2, 7, 11], [4, 5, 6], [1, 3, 7]])
    labels = ids.gather(1, masked)
    ids = ids.scatter(1, masked, 4)
    return dict(ids=ids, segments=segments, mask=mask, masked=masked, labels=labels)


def bert_config(layers=L, ffn=F, **more):
    return BertConfig(
        vocab_size=V, hidden_size=D, num_hidden_layers=layers, num_attention_heads=H, intermediate_size=ffn,
        max_position_embeddings=P, type_vocab_size=2, hidden_act="gelu", hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0, layer_norm_eps=1e-12, tie_word_embeddings=True, **more,
    )


def encoder_parts(bert):
    """The tables, norms and linear layers of a BertModel, under our names."""
    e = bert.embeddings
    tables = {
        "embedding/tokens": e.word_embeddings.weight,
        "embedding/positions": e.position_embeddings.weight,
        "embedding/segments": e.token_type_embeddings.weight,
    }
    norms, linears = {"embedding/norm": e.LayerNorm}, {}
    for i, block in enumerate(bert.encoder.layer):
        attention = block.attention
        linears |= {
            f"layer_{i}/query": attention.self.query, f"layer_{i}/key": attention.self.key,
            f"layer_{i}/value": attention.self.value, f"layer_{i}/attention_output": attention.output.dense,
            f"layer_{i}/ffn_input": block.intermediate.dense, f"layer_{i}/ffn_output": block.output.dense,
        }
        norms |= {f"layer_{i}/attention_norm": attention.output.LayerNorm, f"layer_{i}/ffn_norm": block.output.LayerNorm}
    return tables, norms, linears


def table_of(tables, norms, linears):
    """Every parameter by our name for it."""
    table = dict(tables)
    for name, layer in norms.items():
        table |= {f"{name}/gain": layer.weight, f"{name}/bias": layer.bias}
    for name, layer in linears.items():
        table |= {f"{name}/kernel": layer.weight, f"{name}/bias": layer.bias}
    return table


def load(table, w):
    with torch.no_grad():
        for name, tensor in table.items():
            tensor.copy_(w[name].T if name.endswith("/kernel") else w[name])


class Transformers:
    """BertForMaskedLM (or a `kind` that holds one), with its parameters under our names."""

    def __init__(self, w, layers=L, ffn=F, kind=BertForMaskedLM):
        self.model = kind(bert_config(layers, ffn)).train()
        head = self.model.cls.predictions
        tables, norms, linears = encoder_parts(self.model.bert)
        tables["masked_lm/output/bias"] = head.bias
        norms["masked_lm/norm"] = head.transform.LayerNorm
        linears["masked_lm/transform"] = head.transform.dense
        self.table = table_of(tables, norms, linears)
        load(self.table, w)

    def logits(self, batch):
        out = self.model(input_ids=batch["ids"], attention_mask=batch["mask"], token_type_ids=batch["segments"])
        index = batch["masked"].unsqueeze(-1).expand(-1, -1, V)
        return out.logits.gather(1, index).reshape(-1, V)

    def read(self, of):
        get = lambda name, tensor: tensor.T if name.endswith("/kernel") else tensor
        return {name: get(name, of(tensor)) for name, tensor in self.table.items()}


class Torch:
    """Embeddings and head by hand; the layers in between are torch's own modules."""

    def __init__(self, w):
        self.w = {name: tensor.clone().requires_grad_() for name, tensor in w.items()}

    def ln(self, name, x):
        return nn.functional.layer_norm(x, (D,), self.w[f"{name}/gain"], self.w[f"{name}/bias"], 1e-12)

    def lin(self, name, x):
        return x @ self.w[f"{name}/kernel"] + self.w[f"{name}/bias"]

    def embed(self, ids, positions, segments):
        w = self.w
        x = w["embedding/tokens"][ids] + w["embedding/positions"][positions] + w["embedding/segments"][segments]
        return self.ln("embedding/norm", x)

    def head(self, rows):
        x = self.ln("masked_lm/norm", nn.functional.gelu(self.lin("masked_lm/transform", rows)))
        return x @ self.w["embedding/tokens"].T + self.w["masked_lm/output/bias"]

    def module_weights(self, i, attention):
        """State of a torch module, as functions of our tensors so that gradients arrive at them."""
        w = self.w
        stack = lambda part: [w[f"layer_{i}/{leaf}/{part}"] for leaf in ("query", "key", "value")]
        return {
            f"{attention}in_proj_weight": torch.cat([kernel.T for kernel in stack("kernel")]),
            f"{attention}in_proj_bias": torch.cat(stack("bias")),
            f"{attention}out_proj.weight": w[f"layer_{i}/attention_output/kernel"].T,
            f"{attention}out_proj.bias": w[f"layer_{i}/attention_output/bias"],
        }

    def read(self, of):
        return {name: of(tensor) for name, tensor in self.w.items()}


class PreNorm(Torch):
    def logits(self, batch):
        x = self.embed(batch["ids"], torch.arange(N).expand(BATCH, N), batch["segments"])
        layer = nn.TransformerEncoderLayer(
            D, H, F, dropout=0.0, activation="gelu", layer_norm_eps=1e-12, batch_first=True, norm_first=True
        )
        w = self.w
        for i in range(L):
            state = self.module_weights(i, "self_attn.")
            for ours, theirs in (("ffn_input", "linear1"), ("ffn_output", "linear2")):
                state |= {f"{theirs}.weight": w[f"layer_{i}/{ours}/kernel"].T, f"{theirs}.bias": w[f"layer_{i}/{ours}/bias"]}
            for ours, theirs in (("attention_norm", "norm1"), ("ffn_norm", "norm2")):
                state |= {f"{theirs}.weight": w[f"layer_{i}/{ours}/gain"], f"{theirs}.bias": w[f"layer_{i}/{ours}/bias"]}
            padding = dict(src_key_padding_mask=batch["mask"] == 0)
            x = torch.func.functional_call(layer, state, (x,), padding)
        x = self.ln("final_norm", x)
        return self.head(x.gather(1, batch["masked"].unsqueeze(-1).expand(-1, -1, D)).reshape(-1, D))


class Reduced(Torch):
    """One sequence at a time, in plain lists: no padding, so nothing to mask."""

    def __init__(self, w, norm, pool=None, group=1, factorized=False):
        super().__init__(w)
        self.norm, self.pool, self.group, self.factorized = norm, pool, group, factorized

    def probabilities(self, i, queries, keys):
        """[heads, queries, keys]"""
        module = nn.MultiheadAttention(D, H, batch_first=True)
        call = (queries.unsqueeze(0), keys.unsqueeze(0), keys.unsqueeze(0))
        options = dict(need_weights=True, average_attn_weights=False)
        return torch.func.functional_call(module, self.module_weights(i, ""), call, options)[1][0]

    def attention(self, i, probabilities, values):
        heads = self.lin(f"layer_{i}/value", values).chunk(H, dim=-1)
        read = torch.cat([probability @ value for probability, value in zip(probabilities, heads)], dim=-1)
        return self.lin(f"layer_{i}/attention_output", read)

    def kernel(self, name):
        w = self.w
        return w[f"{name}/left"] @ w[f"{name}/right"] if self.factorized else w[f"{name}/kernel"]

    def ffn(self, i, x):
        project = lambda name, rows: rows @ self.kernel(name) + self.w[f"{name}/bias"]
        return project(f"layer_{i}/ffn_output", nn.functional.gelu(project(f"layer_{i}/ffn_input", x)))

    def pooled(self, visible):
        windows = lambda first: [visible[start : start + WINDOW] for start in range(first, len(visible), WINDOW)]
        if self.pool == "mean":
            return [visible[0]] + [sum(cells) / len(cells) for cells in windows(1)]
        if self.pool == "max":
            return [visible[0]] + [torch.stack(cells).amax(0) for cells in windows(1)]
        fill = lambda cells: cells + [torch.zeros(D)] * (WINDOW - len(cells))
        return [self.lin("pool", torch.cat(fill(cells))) for cells in windows(0)]

    def stream(self, ids, segments, mask, masked):
        real = [n for n in range(N) if mask[n] == 1]
        x = self.embed(ids[real], torch.tensor(real), segments[real])
        stream, memory = x, None
        if self.pool is not None:
            # Padding is at the end, so only the last windows of a padded batch would hold any.
            stream = torch.stack(self.pooled([x[n] for n in real if n not in masked]) + [x[n] for n in masked])
            memory = x
        for i in range(L):
            normed = (lambda rows: rows) if self.norm == "post" else (lambda rows: self.ln(f"layer_{i}/attention_norm", rows))
            values = normed(memory) if memory is not None and i < self.group else normed(stream)
            if i % self.group == 0:
                probabilities = self.probabilities(i, normed(stream), values)
            middle = stream + self.attention(i, probabilities, values)
            if self.norm == "post":
                middle = self.ln(f"layer_{i}/attention_norm", middle)
                stream = self.ln(f"layer_{i}/ffn_norm", middle + self.ffn(i, middle))
            else:
                stream = middle + self.ffn(i, self.ln(f"layer_{i}/ffn_norm", middle))
        return stream if self.norm == "post" else self.ln("final_norm", stream)

    def sequence(self, ids, segments, mask, masked):
        real = [n for n in range(N) if mask[n] == 1]
        stream = self.stream(ids, segments, mask, masked)
        return stream[-len(masked) :] if self.pool is not None else stream[[real.index(n) for n in masked]]

    def logits(self, batch):
        rows = [self.sequence(*(batch[k][b] for k in ("ids", "segments", "mask")), batch["masked"][b].tolist()) for b in range(BATCH)]
        return self.head(torch.cat(rows))


def loss_of(model, batch):
    logits = model.logits(batch)
    return logits, nn.functional.cross_entropy(logits, batch["labels"].reshape(-1))


def pack(tensors):
    code = lambda t: base64.b64encode(t.detach().contiguous().float().numpy().tobytes()).decode()
    return {name: {"shape": list(t.shape), "base64": code(t)} for name, t in tensors.items() if t is not None}


def plain(batch):
    return {name: tensor.reshape(-1).tolist() for name, tensor in batch.items()}


def train(named, loss):
    """Ten AdamW steps on what `loss` gives for a step's number; no decay on biases and norms."""
    plain_names = lambda name: name.endswith(("/bias", "/gain"))
    groups = [
        {"params": [t for n, t in named if not plain_names(n)], "weight_decay": DECAY},
        {"params": [t for n, t in named if plain_names(n)], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=0.0, betas=(0.9, 0.999), eps=1e-6)
    losses, norms = [], []
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = RATES[step]
        optimizer.zero_grad()
        value = loss(step)
        value.backward()
        norms.append(nn.utils.clip_grad_norm_([t for _, t in named], CLIP).item())
        optimizer.step()
        losses.append(value.item())
    return losses, norms


def write(name, value):
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / f"{name}.json").write_text(json.dumps(value, separators=(",", ":")) + "\n")


def main():
    w = draw_weights()
    batch = draw_batch(0)
    write("weights", {"shape": SHAPE, "weights": pack(w)})
    cases = {
        "post": Transformers(w),
        "pre": PreNorm(w),
        "post-pooled": Reduced(w, "post", pool="mean"),
        "pre-pooled": Reduced(w, "pre", pool="mean"),
        "post-max-pooled": Reduced(w, "post", pool="max"),
        "pre-concat-pooled": Reduced(w, "pre", pool="concat"),
        "post-shared": Reduced(w, "post", group=2),
        "pre-shared-pooled": Reduced(w, "pre", pool="mean", group=2),
        "pre-factorized": Reduced(w, "pre", factorized=True),
    }
    for name, model in cases.items():
        logits, loss = loss_of(model, batch)
        loss.backward()
        gradients = pack(model.read(lambda tensor: tensor.grad))
        write(name, {"batch": plain(batch), "logits": logits.reshape(-1).tolist(), "loss": loss.item(), "gradients": gradients})
    model = Transformers(w)
    losses, norms = train(model.table.items(), lambda step: loss_of(model, draw_batch(step))[1])
    write("adamw", {
        "settings": {"decay": DECAY, "clip": CLIP}, "rates": RATES, "losses": losses, "norms": norms,
        "batches": [plain(draw_batch(step)) for step in range(STEPS)],
        "parameters": pack(model.read(lambda tensor: tensor)),
    })


if __name__ == "__main__":
    main()
