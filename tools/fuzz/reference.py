"""Runs networks in PyTorch, float64: cases as JSON in, what it finds as JSON out.

Images are NHWC and kernels HWIO outside, NCHW and OIHW inside.
"""
import json
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def tensor(value):
    data = [float("nan") if v is None else v for v in value["data"]]
    return torch.tensor(data, dtype=torch.float64).reshape(value["shape"])


def plain(value):
    data = [None if v != v else v for v in value.detach().reshape(-1).tolist()]
    return {"shape": list(value.shape), "data": data}


def pair(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def padded(x, size, strides, dilations, padding, fill):
    """x with the padding of "same", the odd pixel at the end."""
    if padding != "same":
        return x
    sides = []
    for axis in (1, 0):  # F.pad starts with the last axis
        length = x.shape[2 + axis]
        span = (size[axis] - 1) * dilations[axis] + 1
        out = -(-length // strides[axis])
        needed = max(0, (out - 1) * strides[axis] + span - length)
        sides += [needed // 2, needed - needed // 2]
    return F.pad(x, sides, value=fill)


class Runner:
    def __init__(self, case):
        self.names = iter(case["names"])
        self.training = case["training"]
        self.weights = {k: tensor(v) for k, v in case["weights"].items()}
        for name, value in self.weights.items():
            value.requires_grad_("/moving" not in name)

    def many(self, layers, x):
        for layer in layers:
            x = self.one(layer, x)
        return x

    def one(self, layer, x):
        kind = layer["kind"]
        if kind == "sequence":
            return self.many(layer["layers"], x)
        if kind == "parallel":
            parts = [self.one(branch, x) for branch in layer["branches"]]
            if layer["join"] == "concat":
                return torch.cat(parts, 1)
            return sum(parts[1:], parts[0])
        name = next(self.names)
        weight = lambda role: self.weights.get(f"{name}/{role}")
        return getattr(self, kind)(layer, x, weight)

    def conv2d(self, layer, x, weight):
        kernel = weight("kernel").permute(3, 2, 0, 1).contiguous()
        strides, dilations = pair(layer.get("strides", 1)), pair(layer.get("dilations", 1))
        x = padded(x, kernel.shape[2:], strides, dilations, layer.get("padding"), 0.0)
        return F.conv2d(
            x, kernel, weight("bias"), strides, 0, dilations, layer.get("groups", 1)
        )

    def dense(self, layer, x, weight):
        return F.linear(x, weight("kernel").T, weight("bias"))

    def window(self, layer):
        size = pair(layer.get("poolSize", 2))
        return size, pair(layer.get("strides", size))

    def maxPool2d(self, layer, x, weight):
        size, strides = self.window(layer)
        x = padded(x, size, strides, (1, 1), layer.get("padding"), float("-inf"))
        return F.max_pool2d(x, size, strides)

    def avgPool2d(self, layer, x, weight):
        size, strides = self.window(layer)
        pad = lambda v: padded(v, size, strides, (1, 1), layer.get("padding"), 0.0)
        counted = F.avg_pool2d(pad(torch.ones_like(x)), size, strides)
        return F.avg_pool2d(pad(x), size, strides) / counted

    def globalAvgPool2d(self, layer, x, weight):
        return x.mean((2, 3))

    def flatten(self, layer, x, weight):
        return x.permute(0, 2, 3, 1).reshape(x.shape[0], -1)

    def relu(self, layer, x, weight):
        return F.relu(x)

    def gelu(self, layer, x, weight):
        return F.gelu(x)

    def relu6(self, layer, x, weight):
        return F.relu6(x)

    def rows(self, x):
        """Channels last, as tokens and flat rows are."""
        return x.permute(0, 2, 3, 1) if x.dim() == 4 else x

    def l2Normalize(self, layer, x, weight):
        y = F.normalize(self.rows(x), dim=-1)
        return y.permute(0, 3, 1, 2) if x.dim() == 4 else y

    def layerNorm(self, layer, x, weight):
        gamma, beta = weight("gamma"), weight("beta")
        y = F.layer_norm(self.rows(x), gamma.shape, gamma, beta, layer.get("epsilon", 1e-3))
        return y.permute(0, 3, 1, 2) if x.dim() == 4 else y

    def patchify(self, layer, x, weight):
        size, (n, c, _, _) = layer["size"], x.shape
        columns = F.unfold(x, size, stride=size).reshape(n, c, size * size, -1)
        return columns.permute(0, 3, 2, 1).reshape(n, -1, size * size * c)

    def position(self, layer, x, weight):
        return x + weight("table")

    def classToken(self, layer, x, weight):
        return torch.cat([weight("token").expand(len(x), 1, -1), x], 1)

    def firstToken(self, layer, x, weight):
        return x[:, 0]

    def tokenMean(self, layer, x, weight):
        return x.mean(1)

    def attention(self, layer, x, weight):
        n, tokens, size = x.shape
        heads = layer.get("heads", 1)
        through = lambda role, x: F.linear(
            x, weight(f"{role}Kernel").T, weight(f"{role}Bias")
        )
        split = lambda x: x.reshape(n, tokens, heads, size // heads).transpose(1, 2)
        mixed = F.scaled_dot_product_attention(
            *(split(through(role, x)) for role in ("query", "key", "value"))
        )
        return through("output", mixed.transpose(1, 2).reshape(x.shape))

    def maxout(self, layer, x, weight):
        return x.unflatten(1, (-1, layer["pieces"])).amax(2)

    def softmax(self, layer, x, weight):
        return F.softmax(x, 1)

    def dropout(self, layer, x, weight):
        return x  # only cases come here in which nothing is dropped

    def padShortcut(self, layer, x, weight):
        strides = pair(layer.get("strides", 1))
        x = x[:, :, :: strides[0], :: strides[1]]
        return F.pad(x, (0, 0, 0, 0, 0, layer["filters"] - x.shape[1]))

    def batchNorm(self, layer, x, weight):
        axes = [axis for axis in range(x.dim()) if axis != 1]
        shape = [-1 if axis == 1 else 1 for axis in range(x.dim())]
        if self.training:
            mean = x.mean(axes)
            variance = ((x - mean.reshape(shape)) ** 2).mean(axes)
        else:
            mean, variance = weight("movingMean"), weight("movingVariance")
        y = (x - mean.reshape(shape)) / torch.sqrt(
            variance.reshape(shape) + layer.get("epsilon", 1e-3)
        )
        return y * weight("gamma").reshape(shape) + weight("beta").reshape(shape)


def run(case):
    runner = Runner(case)
    x = tensor(case["x"]).requires_grad_()
    y = runner.many(case["layers"], x.permute(0, 3, 1, 2))
    outside = y.permute(0, 2, 3, 1) if y.dim() == 4 else y
    outside.backward(tensor(case["dy"]))
    found = {"y": plain(outside), "dx": plain(x.grad)}
    for name, value in runner.weights.items():
        if value.requires_grad:
            gradient = value.grad if value.grad is not None else torch.zeros_like(value)
            found[f"d {name}"] = plain(gradient)
    return found


with open(sys.argv[1]) as file:
    print(json.dumps([run(case) for case in json.load(file)]))
