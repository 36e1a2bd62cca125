"""Makes test/fixtures/width.json: a BERT with fixed weights and the same BERT doubled, by the released rule of staged
training (Shen et al. 2022: kernels [[W, 0], [0, W]], biases, norms and tables twice, the head's norm halved), with the
masked-LM logits that transformers computes for both.

    python test/oracle/width.py          (needs torch and transformers; writes beside this repository's tests)

Kernels are stored [input, output].
"""

import base64
import json
import pathlib

import torch
from transformers import BertConfig, BertForMaskedLM

SHAPE = dict(layers=2, hidden=4, heads=2, ffn=8, vocab=20, positions=6, length=6)
IDS = torch.tensor([[5, 4, 9, 4, 17, 6], [8, 13, 4, 7, 4, 19]])
MASKED = torch.tensor([[1, 3], [2, 4]])
OUT = pathlib.Path(__file__).parent.parent / "fixtures" / "width.json"


def bert(times):
    config = BertConfig(
        vocab_size=SHAPE["vocab"], hidden_size=times * SHAPE["hidden"], num_hidden_layers=SHAPE["layers"],
        num_attention_heads=times * SHAPE["heads"], intermediate_size=times * SHAPE["ffn"],
        max_position_embeddings=SHAPE["positions"], type_vocab_size=2, hidden_act="gelu", hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0, layer_norm_eps=1e-12, tie_word_embeddings=True,
    )
    return BertForMaskedLM(config).eval()


def doubled(name, tensor):
    if tensor.dim() == 2 and "embeddings" not in name:
        return torch.block_diag(tensor, tensor)
    if name.startswith("cls.predictions.transform.LayerNorm"):
        return torch.cat([tensor, tensor]) / 2
    if name.endswith("predictions.bias"):
        return tensor
    return torch.cat([tensor, tensor], dim=-1)


def our_name(name):
    """bert.encoder.layer.0.attention.self.query.weight -> layer_0/query/kernel"""
    stem, leaf = name.rsplit(".", 1)
    tables = {"word_embeddings": "tokens", "position_embeddings": "positions", "token_type_embeddings": "segments"}
    part = stem.rsplit(".", 1)[-1]
    if part in tables:
        return f"embedding/{tables[part]}"
    if name == "cls.predictions.bias":
        return "masked_lm/output/bias"
    endings = {
        "embeddings.LayerNorm": "embedding/norm", "transform.dense": "masked_lm/transform",
        "transform.LayerNorm": "masked_lm/norm", "self.query": "query", "self.key": "key", "self.value": "value",
        "attention.output.dense": "attention_output", "attention.output.LayerNorm": "attention_norm",
        "intermediate.dense": "ffn_input", "output.dense": "ffn_output", "output.LayerNorm": "ffn_norm",
    }
    ours = next(value for ending, value in endings.items() if stem.endswith(ending))
    kind = {"weight": "gain" if "LayerNorm" in stem else "kernel", "bias": "bias"}[leaf]
    layer = f"layer_{name.split('.')[3]}/" if name.startswith("bert.encoder") else ""
    return f"{layer}{ours}/{kind}"


def packed(model):
    entries = {}
    for name, tensor in model.named_parameters():
        ours = our_name(name)
        numbers = (tensor.T if ours.endswith("/kernel") else tensor).detach().contiguous()
        code = base64.b64encode(numbers.numpy().tobytes()).decode()
        entries[ours] = {"shape": list(numbers.shape), "base64": code}
    return entries


def logits(model):
    with torch.no_grad():
        rows = model(input_ids=IDS).logits
    return rows.gather(1, MASKED.unsqueeze(-1).expand(-1, -1, SHAPE["vocab"])).reshape(-1).tolist()


def main():
    torch.manual_seed(2)
    small, large = bert(1), bert(2)
    with torch.no_grad():
        for name, tensor in small.named_parameters():
            tensor.copy_((1.0 if "LayerNorm.weight" in name else 0.0) + 0.4 * torch.randn(tensor.shape))
        known = dict(small.named_parameters())
        for name, tensor in large.named_parameters():
            tensor.copy_(doubled(name, known[name]))
    fixture = {
        "shape": SHAPE, "ids": IDS.reshape(-1).tolist(), "masked": MASKED.tolist(),
        "small": {"weights": packed(small), "logits": logits(small)},
        "doubled": {"weights": packed(large), "logits": logits(large)},
    }
    OUT.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")


main()
