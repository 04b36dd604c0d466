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


threads, name = int(sys.argv[1]), sys.argv[2]
if threads:
    torch.set_num_threads(threads)
torch.manual_seed(1)
batch, make, mnist = {
    "lenet": (64, lenet, True),
    "resnet20": (32, resnet20, False),
    "vgg": (32, small_vgg, True),
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
    if mnist:
        pixels = digits("images-idx3", 16, count * 28 * 28)
        images = pixels.reshape(count, 1, 28, 28).float() / 255
        labels = digits("labels-idx1", 8, count).long()
    else:
        images = torch.rand(count, 3, 32, 32)
        labels = torch.arange(count) % 10
    return list(zip(images.split(batch), labels.split(batch)))


batches = make_batches()
model = make()
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
