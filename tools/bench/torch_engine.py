"""PyTorch on the CPU, with the protocol of engine.ts: torch_engine.py THREADS NET."""

import gzip
import json
import sys
import time
from pathlib import Path


def answer(value):
    print(json.dumps(value), flush=True)


try:
    import torch
except ImportError as error:
    answer({"unavailable": f"{error}: run deno task bench --torch"})
    sys.exit()

nn = torch.nn
F = nn.functional


class Block(nn.Module):
    """Two 3x3 convolutions and a shortcut without parameters."""

    def __init__(self, channels, filters, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(filters)
        self.added = filters - channels

    def forward(self, x):
        y = F.relu(self.norm1(self.conv1(x)))
        y = self.norm2(self.conv2(y))
        if self.added:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 0, self.added))
        return F.relu(x + y)


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(),
        nn.Linear(84, 10),
    )


def resnet20():
    parts = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    channels = 16
    for filters in (16, 32, 64):
        for block in range(3):
            stride = 2 if block == 0 and filters > 16 else 1
            parts.append(Block(channels, filters, stride))
            channels = filters
    parts += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)]
    return nn.Sequential(*parts)


def small_vgg():
    parts = []
    for stage in (((1, 8), (8, 8)), ((8, 16), (16, 16))):
        for channels, filters in stage:
            parts += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU()]
        parts.append(nn.MaxPool2d(2))
    return nn.Sequential(*parts, nn.Flatten(), nn.Linear(7 * 7 * 16, 10))


class TransformerBlock(nn.Module):
    """Attention, then two dense layers; both add to their input."""

    def __init__(self, size, heads, hidden):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(size, 1e-6), nn.LayerNorm(size, 1e-6)
        self.qkv, self.out = nn.Linear(size, 3 * size), nn.Linear(size, size)
        self.mlp1, self.mlp2 = nn.Linear(size, hidden), nn.Linear(hidden, size)

    def forward(self, x):
        qkv = self.qkv(self.norm1(x)).unflatten(2, (3, self.heads, -1))
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v)
        x = x + self.out(mixed.transpose(1, 2).flatten(2))
        return x + self.mlp2(F.relu(self.mlp1(self.norm2(x))))


class SmallVit(nn.Module):
    def __init__(self, patch=7, tokens=16, size=32, heads=1):
        super().__init__()
        self.embedding = nn.Conv2d(1, size, patch, patch)
        self.positions = nn.Parameter(0.02 * torch.randn(tokens, size))
        blocks = [TransformerBlock(size, heads, 2 * size) for _ in range(2)]
        self.blocks, self.norm = nn.Sequential(*blocks), nn.LayerNorm(size, 1e-6)
        self.classifier = nn.Linear(size, 10)

    def forward(self, x):
        x = self.embedding(x).flatten(2).transpose(1, 2) + self.positions
        return self.classifier(self.norm(self.blocks(x)).mean(1))


class Same(nn.Module):
    """Zeros around an image, more of them behind, as TensorFlow has it."""

    def __init__(self, kernel, stride):
        super().__init__()
        self.kernel, self.stride = kernel, stride

    def forward(self, x):
        around = []
        for length in (x.shape[3], x.shape[2]):
            places = -(-length // self.stride)
            zeros = max((places - 1) * self.stride + self.kernel - length, 0)
            around += [zeros // 2, zeros - zeros // 2]
        return F.pad(x, around)


def conv(channels, filters, kernel=1, stride=1, groups=1, linear=False):
    inside = kernel // 2 if stride == 1 else 0
    parts = [] if stride == 1 else [Same(kernel, stride)]
    parts.append(nn.Conv2d(channels, filters, kernel, stride, inside, groups=groups))
    return parts if linear else [*parts, nn.ReLU6(inplace=True)]


class Inverted(nn.Module):
    def __init__(self, channels, filters, kernel, stride, wider):
        super().__init__()
        wide = channels * wider
        self.inside = nn.Sequential(
            *(conv(channels, wide) if wider > 1 else []),
            *conv(wide, wide, kernel, stride, wide),
            *conv(wide, filters, linear=True),
        )
        self.same = stride == 1 and channels == filters

    def forward(self, x):
        return x + self.inside(x) if self.same else self.inside(x)


def lite0():
    parts, channels = conv(3, 32, 3, 2), 32
    for count, kernel, first, wider, filters in (
        (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80),
        (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320),
    ):
        for block in range(count):
            stride = first if block == 0 else 1
            parts.append(Inverted(channels, filters, kernel, stride, wider))
            channels = filters
    parts += [*conv(320, 1280), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*parts, nn.Linear(1280, 1000))


threads, name = int(sys.argv[1]), sys.argv[2]
if threads:
    torch.set_num_threads(threads)
torch.manual_seed(1)
batch, make, pixels = {
    "lenet": (64, lenet, None),
    "resnet20": (32, resnet20, (3, 32, 32)),
    "vgg": (32, small_vgg, None),
    "vit": (32, SmallVit, None),
    "lite0": (1, lite0, (3, 224, 224)),
    "lite0x8": (8, lite0, (3, 224, 224)),
}[name]
BATCHES = 8  # used in turn, as in engine.ts


def digits(kind, header, size):
    """The first `size` bytes behind the header of one of MNIST's files."""
    folder = Path(__file__).parents[2] / "data" / "mnist"
    with gzip.open(folder / f"train-{kind}-ubyte.gz") as file:
        file.read(header)
        return torch.frombuffer(bytearray(file.read(size)), dtype=torch.uint8)


def make_batches():
    count = batch * BATCHES
    if pixels is None:
        images = digits("images-idx3", 16, count * 28 * 28).reshape(count, 1, 28, 28).float() / 255
        labels = digits("labels-idx1", 8, count).long()
    else:
        images = torch.rand(count, *pixels)
        labels = torch.arange(count) % 10
    return list(zip(images.split(batch), labels.split(batch)))


# The channels last: PyTorch's faster layout for depthwise convolutions.
layout = torch.channels_last if name.startswith("lite0") else torch.contiguous_format
batches = [(x.contiguous(memory_format=layout), y) for x, y in make_batches()]
model = make().to(memory_format=layout)
optimizer = torch.optim.Adam(model.parameters(), 1e-3)
loss = nn.CrossEntropyLoss()


def train(images, labels):
    model.train()
    optimizer.zero_grad()
    loss(model(images), labels).backward()
    optimizer.step()


def infer(images, _):
    model.eval()
    with torch.no_grad():
        model(images)


answer({
    "ready": True,
    "version": f"PyTorch {torch.__version__}",
    "parameters": sum(p.numel() for p in model.parameters()),
})
turn = 0
for line in sys.stdin:
    request = json.loads(line)
    work = train if request["mode"] == "train" else infer
    start, seen = time.perf_counter(), 0
    while True:
        work(*batches[turn % BATCHES])
        turn += 1
        seen += batch
        seconds = time.perf_counter() - start
        if seconds >= request["seconds"]:
            break
    answer({"images": seen, "seconds": seconds})
