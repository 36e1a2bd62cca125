"""Makes test/fixtures/growth/*.json: what models grown as released code grows them compute, by PyTorch.

    python test/oracle/growth.py          (needs torch and transformers; writes beside this repository's tests)

The weights are those of bert.py: 2 layers, 16 hidden units, 32 FFN units. They are grown here as published code and
papers say, in torch and without growbench's recipes, and put into transformers' BertForMaskedLM:

- stack: layer i of the grown model takes every variable of layer i mod L (Gong et al. 2019; released code of Gu et al.
  2021, grow_bert in google-research, where a variable of layer i is read from layer i mod L of the checkpoint).
- interleave: layer i takes those of layer floor(i * L / L') (Chang et al. 2018: a new layer copies the one before it).
- ffn-share: the intermediate kernel and bias are tiled k times, the output kernel too and divided by k, the output bias
  is kept (released code of Gu et al. 2021).
- share-attention: of a model whose second layer used the scores of the first, query and key of the second become the
  first's (released code of Gu et al. 2021).
- ffn-factorize: each FFN kernel is the product of its factors.
"""

import json
import pathlib
import re

import torch

from bert import F, L, Transformers, draw_batch, draw_weights, loss_of, pack, plain

OUT = pathlib.Path(__file__).parent.parent / "fixtures" / "growth"
DEPTHS = (4, 5)
SHARE = 3


def outside(w):
    return {name: tensor for name, tensor in w.items() if not name.startswith("layer_")}


def layers_from(w, sources):
    """A model whose layer i is a copy of layer sources[i]."""
    grown = outside(w)
    for i, source in enumerate(sources):
        for name, tensor in w.items():
            if match := re.fullmatch(rf"layer_{source}/(.*)", name):
                grown[f"layer_{i}/{match[1]}"] = tensor.clone()
    return grown


def shared(w, k):
    grown = dict(w)
    for i in range(L):
        grown[f"layer_{i}/ffn_input/kernel"] = torch.cat([w[f"layer_{i}/ffn_input/kernel"]] * k, dim=1)
        grown[f"layer_{i}/ffn_input/bias"] = torch.cat([w[f"layer_{i}/ffn_input/bias"]] * k)
        grown[f"layer_{i}/ffn_output/kernel"] = torch.cat([w[f"layer_{i}/ffn_output/kernel"]] * k, dim=0) / k
    return grown


def recovered(w):
    return w | {f"layer_1/{leaf}": w[f"layer_0/{leaf}"] for leaf in ("query/kernel", "query/bias", "key/kernel", "key/bias")}


def multiplied(w):
    product = lambda name: {f"{name}/kernel": w[f"{name}/left"] @ w[f"{name}/right"]}
    return w | {k: v for i in range(L) for leaf in ("ffn_input", "ffn_output") for k, v in product(f"layer_{i}/{leaf}").items()}


def main():
    w, batch = draw_weights(), draw_batch(0)
    cases = {}
    for depth in DEPTHS:
        cases[f"stack-{depth}"] = (layers_from(w, [i % L for i in range(depth)]), dict(layers=depth))
        cases[f"interleave-{depth}"] = (layers_from(w, [i * L // depth for i in range(depth)]), dict(layers=depth))
    cases["ffn-share"] = (shared(w, SHARE), dict(ffn=F * SHARE))
    cases["share-attention"] = (recovered(w), {})
    cases["ffn-factorize"] = (multiplied(w), {})
    grown = {}
    for name, (weights, size) in cases.items():
        logits, _ = loss_of(Transformers(weights, **size), batch)
        grown[name] = {"logits": logits.reshape(-1).tolist()}
    # The logits of a model with tied units do not say in which order the copies lie.
    units = ("ffn_input/kernel", "ffn_input/bias", "ffn_output/kernel")
    grown["ffn-share"]["weights"] = pack({f"layer_0/{leaf}": cases["ffn-share"][0][f"layer_0/{leaf}"] for leaf in units})
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "grown.json").write_text(json.dumps({"batch": plain(batch), "grown": grown}, separators=(",", ":")) + "\n")


main()
