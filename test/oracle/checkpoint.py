"""Makes test/fixtures/checkpoint: BERTs as transformers saves them, and what it computes with them.

    python test/oracle/checkpoint.py                  (needs torch and transformers; writes beside this repository's tests)
    python test/oracle/checkpoint.py check FOLDER...  (needs `npm run build`: compares growbench with transformers on
                                                      any checkpoint that both read, a real one or one of growbench's)

bert/   BertForMaskedLM in single precision, with the tokenizer's files.
old/    BertForPreTraining in half precision under the names of 2018, with pooler, next-sentence head, buffers and the
        tied output kernel written out.
brain/  BertModel in bfloat16: no prefix, no head.
pairs/  BertForPreTraining in single precision, as transformers saves it today.
"""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import save_file
from transformers import AutoModel, AutoModelForMaskedLM, AutoTokenizer, BertConfig, BertForMaskedLM, BertForPreTraining
from transformers import BertModel, BertTokenizerFast

HERE = pathlib.Path(__file__).parent
OUT = HERE.parent / "fixtures" / "checkpoint"
CONFIG = dict(
    vocab_size=60, hidden_size=12, num_hidden_layers=6, num_attention_heads=3, intermediate_size=24,
    max_position_embeddings=16,
)
WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK] the of growth model models layer small large ##s ##er ##ing a b c é".split()
TEXTS = ["Growth of the small models", "THE LARGER layers,\u00a0á b", "modeling [SEP] the 12 \u6a21 c"]


def draw_model():
    torch.manual_seed(3)
    model = BertForPreTraining(BertConfig(**CONFIG)).eval()
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            centre = 1.0 if name.endswith("LayerNorm.weight") else 0.0
            tensor.copy_(centre + 0.3 * torch.randn(tensor.shape))
    return model


def draw_batch(config, length):
    torch.manual_seed(4)
    ids = torch.randint(5, config.vocab_size, (2, length))
    segments = torch.zeros_like(ids)
    segments[0, length // 2 :] = 1
    mask = torch.ones_like(ids)
    mask[1, length - 3 :] = 0
    return dict(input_ids=ids, token_type_ids=segments, attention_mask=mask)


def outputs(model, batch):
    """Logits, or hidden states of a model without a head; those of padding mean nothing."""
    with torch.no_grad():
        got = model.float().eval()(**batch)
    values = got.prediction_logits if "prediction_logits" in got else got.logits if "logits" in got else got.last_hidden_state
    return values[batch["attention_mask"] == 1]


def next_sentence(model, batch):
    with torch.no_grad():
        return model.float().eval()(**batch).seq_relationship_logits


def pooled(model, batch):
    """What the pooler makes of [CLS], which classifiers read."""
    with torch.no_grad():
        return model.float().eval().bert(**batch).pooler_output


def masked_lm_of(model):
    masked_lm = BertForMaskedLM(BertConfig(**CONFIG))
    masked_lm.load_state_dict({name: t for name, t in model.state_dict().items() if name in masked_lm.state_dict()})
    return masked_lm


def stacked(model, layers):
    """Layer i of the grown model is a copy of layer i mod L (Gong et al. 2019)."""
    grown = copy.deepcopy(model)
    old = grown.bert.encoder.layer
    grown.bert.encoder.layer = torch.nn.ModuleList(copy.deepcopy(old[i % len(old)]) for i in range(layers))
    grown.config.num_hidden_layers = layers
    return grown


def old_names(model):
    state = {name: t.half().contiguous().clone() for name, t in model.state_dict().items()}
    state["cls.predictions.decoder.weight"] = state["bert.embeddings.word_embeddings.weight"].clone()
    state["cls.predictions.decoder.bias"] = state["cls.predictions.bias"].clone()
    state["bert.embeddings.position_ids"] = torch.arange(CONFIG["max_position_embeddings"]).unsqueeze(0)
    rename = lambda name: name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")
    return {rename(name): t for name, t in state.items()}


def ids_of(tokenizer):
    """Text that spells a special token stays text, as everywhere in growbench."""
    return [tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"] for text in TEXTS]


def make():
    model = draw_model()
    masked_lm = masked_lm_of(model)
    masked_lm.save_pretrained(OUT / "bert")
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "vocab.txt"
        path.write_text("\n".join(WORDS) + "\n")
        tokenizer = BertTokenizerFast(vocab=str(path), model_max_length=CONFIG["max_position_embeddings"])
    tokenizer.save_pretrained(OUT / "bert")
    (OUT / "old").mkdir(exist_ok=True)
    save_file(old_names(model), OUT / "old" / "model.safetensors")
    (OUT / "old" / "config.json").write_text(json.dumps({**CONFIG, "architectures": ["BertForPreTraining"]}) + "\n")
    bare = BertModel(BertConfig(**CONFIG))
    bare.load_state_dict(model.bert.state_dict())
    bare.to(torch.bfloat16).save_pretrained(OUT / "brain")

    model.save_pretrained(OUT / "pairs")

    batch = draw_batch(model.config, 10)
    expected = {
        "batch": {name: tensor.tolist() for name, tensor in batch.items()},
        "bert": outputs(masked_lm, batch).tolist(),
        "stacked": outputs(stacked(masked_lm, 12), batch).tolist(),
        "old": outputs(copy.deepcopy(model).half(), batch).tolist(),
        "oldNextSentence": next_sentence(copy.deepcopy(model).half(), batch).tolist(),
        "pairs": outputs(model, batch).tolist(),
        "pairsNextSentence": next_sentence(model, batch).tolist(),
        "pooled": pooled(copy.deepcopy(model).half(), batch).tolist(),
        "brain": outputs(bare, batch).tolist(),
        "texts": [{"text": text, "ids": ids} for text, ids in zip(TEXTS, ids_of(tokenizer))],
    }
    (OUT / "expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")


def check(folder):
    architectures = json.loads((pathlib.Path(folder) / "config.json").read_text())["architectures"]
    has_pairs = architectures == ["BertForPreTraining"]
    kind = BertForPreTraining if has_pairs else AutoModel if architectures == ["BertModel"] else AutoModelForMaskedLM
    model = kind.from_pretrained(folder)
    batch = draw_batch(model.config, min(64, model.config.max_position_embeddings))
    want = outputs(model, batch)
    asked = {"batch": {name: tensor.tolist() for name, tensor in batch.items()}, "texts": TEXTS}
    program = ["node", str(HERE / "checkpoint.js"), str(folder)]
    got = json.loads(subprocess.run(program, input=json.dumps(asked), capture_output=True, text=True, check=True).stdout)
    furthest = (torch.tensor(got["outputs"]).reshape(want.shape) - want).abs().max().item()
    if has_pairs:
        furthest = max(furthest, (torch.tensor(got["nextSentence"]) - next_sentence(model, batch)).abs().max().item())
    tokenizer = AutoTokenizer.from_pretrained(folder)
    ids = ids_of(tokenizer)
    print(f"{folder}: {kind.__name__} {list(want.shape)}, largest {want.abs().max():.3g}, "
          f"furthest {furthest:.3g}, ids {'equal' if ids == got['ids'] else 'DIFFER'}")
    return furthest < 1e-4 and ids == got["ids"]


if sys.argv[1:2] == ["check"]:
    sys.exit(0 if all([check(folder) for folder in sys.argv[2:]]) else 1)
make()
