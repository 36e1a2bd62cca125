"""PyTorch's side of bench/step.js: trains the same BERT, and on every line read times so many steps.

python pytorch.py LAYERS,HIDDEN,HEADS,FFN,LENGTH,BATCH,VOCAB fp32|bf16 eager|compile THREADS
Fair to PyTorch: fused attention, weights of std 0.02 (larger ones give slow denormals), dropout where BERT has it,
the masked-LM head on masked tokens only, gradients clipped and AdamW with foreach kernels, as on our side.
"""

import json
import resource
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

layers, hidden, heads, ffn, length, batch, vocab = map(int, sys.argv[1].split(","))
precision, mode, threads = sys.argv[2], sys.argv[3], int(sys.argv[4])
torch.set_num_threads(threads)
torch.manual_seed(1)
RATE, DROPOUT = 1e-4, 0.1
masked = int(length * 0.15) * batch


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.key, self.value, self.output = (nn.Linear(hidden, hidden) for _ in range(4))
        self.inner, self.outer = nn.Linear(hidden, ffn), nn.Linear(ffn, hidden)
        self.attention_norm, self.ffn_norm = nn.LayerNorm(hidden, 1e-12), nn.LayerNorm(hidden, 1e-12)

    def forward(self, x):
        split = lambda rows: rows.view(batch, length, heads, hidden // heads).transpose(1, 2)
        query, key, value = split(self.query(x)), split(self.key(x)), split(self.value(x))
        context = F.scaled_dot_product_attention(query, key, value, dropout_p=DROPOUT)
        joined = context.transpose(1, 2).reshape(batch, length, hidden)
        x = self.attention_norm(x + F.dropout(self.output(joined), DROPOUT))
        return self.ffn_norm(x + F.dropout(self.outer(F.gelu(self.inner(x))), DROPOUT))


class Bert(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocab, hidden), nn.Embedding(length, hidden)
        self.norm, self.layers = nn.LayerNorm(hidden, 1e-12), nn.ModuleList(Layer() for _ in range(layers))
        self.transform, self.head_norm = nn.Linear(hidden, hidden), nn.LayerNorm(hidden, 1e-12)
        self.bias = nn.Parameter(torch.zeros(vocab))
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, 0, 0.02)

    def forward(self, ids, at, labels):
        x = F.dropout(self.norm(self.tokens(ids) + self.positions.weight), DROPOUT)
        for layer in self.layers:
            x = layer(x)
        rows = self.head_norm(F.gelu(self.transform(x.reshape(-1, hidden)[at])))
        return F.cross_entropy(rows @ self.tokens.weight.T + self.bias, labels)


model = Bert()
forward = torch.compile(model) if mode == "compile" else model
optimizer = torch.optim.AdamW(model.parameters(), RATE, eps=1e-6, weight_decay=0.01)


def step():
    ids = torch.randint(vocab, (batch, length))
    at, labels = torch.randint(batch * length, (masked,)), torch.randint(vocab, (masked,))
    begin = time.perf_counter(), time.process_time()
    with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
        loss = forward(ids, at, labels)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    loss.item()
    return (time.perf_counter() - begin[0]) * 1e3, (time.process_time() - begin[1]) * 1e3


for line in sys.stdin:
    times = [step() for _ in range(int(line))]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"wall": [wall for wall, _ in times], "cpu": [cpu for _, cpu in times], "peak": peak}), flush=True)
