"""Writes tokens.json: what PyTorch has for the layers of tokens, in float64.

python tests/reference/tokens.py > tests/reference/tokens.json
"""
import json

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(8)
cases = []


def stored(value):
    return {"shape": list(value.shape), "data": value.detach().reshape(-1).tolist()}


def case(op, name, inputs, run, names=None, output="y", **others):
    """`inputs` by name; `names` of those that get a gradient, and what it is called."""
    leaves = {key: value.clone().requires_grad_() for key, value in inputs.items()}
    y = run(**leaves)
    found = {"op": op, "name": name, **others}
    found.update({key: stored(value) for key, value in inputs.items()})
    if y.dim() == 0:
        y.backward()
        found[output] = y.item()
    else:
        dy = torch.randn(y.shape)
        y.backward(dy)
        found.update({output: stored(y), "dy": stored(dy)})
    for key, value in leaves.items():
        found[f"d{key[0].upper()}{key[1:]}" if len(key) > 1 or key in "AB" else f"d{key}"] = stored(value.grad)
    cases.append(found)


def heads(x, count):
    batch, tokens, size = x.shape
    return x.reshape(batch, tokens, count, size // count).transpose(1, 2)


def attention(q, k, v, count):
    y = F.scaled_dot_product_attention(*(heads(x, count) for x in (q, k, v)))
    return y.transpose(1, 2).reshape(q.shape)


def cross(a, b, temperature):
    logits = F.normalize(a, dim=-1) @ F.normalize(b, dim=-1).T / temperature
    own = torch.arange(len(a))
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


def squares(x, size):
    # unfold() wants channels first and gives them so: turned to channels last
    n, h, w, c = x.shape
    columns = F.unfold(x.permute(0, 3, 1, 2), size, stride=size)
    return columns.reshape(n, c, size * size, -1).permute(0, 3, 2, 1).reshape(
        n, -1, size * size * c
    )


normal = torch.randn
for count in (1, 3):
    case("attention", f"{count} heads", {"q": normal(2, 5, 6), "k": normal(2, 5, 6), "v": normal(2, 5, 6)},
         lambda q, k, v, count=count: attention(q, k, v, count), options={"heads": count})
case("attention", "large scores", {"q": 5 * normal(1, 4, 4), "k": 5 * normal(1, 4, 4), "v": normal(1, 4, 4)},
     lambda q, k, v: attention(q, k, v, 1), options={"heads": 1})
for epsilon in (1e-3, 1e-6):
    case("layerNorm", f"epsilon {epsilon}", {"x": 3 * normal(2, 3, 7) + 5, "gamma": normal(7), "beta": normal(7)},
         lambda x, gamma, beta, e=epsilon: F.layer_norm(x, (7,), gamma, beta, e), options={"epsilon": epsilon})
for size in (1, 2, 4):
    case("patchify", f"{size} x {size}", {"x": normal(2, 4, 8, 3)}, lambda x, s=size: squares(x, s), size=size)
case("relu6", "all three parts", {"x": 6 * normal(3, 9)}, lambda x: F.relu6(x))
case("l2Normalize", "rows", {"x": normal(4, 5)}, lambda x: F.normalize(x, dim=-1))
case("tokenMean", "5 tokens", {"x": normal(2, 5, 3)}, lambda x: x.mean(1))
case("firstToken", "5 tokens", {"x": normal(2, 5, 3)}, lambda x: x[:, 0])
case("position", "5 tokens", {"x": normal(2, 5, 3), "table": normal(5, 3)}, lambda x, table: x + table)
case("classToken", "5 tokens", {"x": normal(2, 5, 3), "token": normal(3)},
     lambda x, token: torch.cat([token.expand(2, 1, 3), x], 1))
case("dense", "tokens", {"x": normal(2, 5, 3), "kernel": normal(3, 4), "bias": normal(4)},
     lambda x, kernel, bias: x @ kernel + bias)
for temperature in (0.07, 1.0):
    case("infoNce", f"temperature {temperature}", {"A": normal(6, 4), "B": normal(6, 4)},
         lambda A, B, t=temperature: cross(A, B, t), output="loss", options={"temperature": temperature})

print(json.dumps({"source": f"PyTorch {torch.__version__}, float64, seed 8", "cases": cases}))
