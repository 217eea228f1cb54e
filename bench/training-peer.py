"""EfficientNet-Lite0 in PyTorch, channels_last: the peer of bench/training.ts.

Reads lines `train|infer SIZE BATCH STEPS` and answers each with the times of every step, as a JSON list.
The training step is forward, softmax cross-entropy, backward and Adam (PyTorch's quickest form of it).
"""
import json
import sys
import time

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

STAGES = [(1, 3, 1, 1, 32, 16), (2, 3, 2, 6, 16, 24), (2, 5, 2, 6, 24, 40), (3, 3, 2, 6, 40, 80),
          (3, 5, 1, 6, 80, 112), (4, 5, 2, 6, 112, 192), (1, 3, 1, 6, 192, 320)]


class Unit(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, groups=1, activate=True):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.01)
        self.activate = nn.ReLU6(inplace=True) if activate else nn.Identity()

    def forward(self, x):
        return self.activate(self.norm(self.conv(x)))

    def fold(self):
        self.conv, self.norm = fuse_conv_bn_eval(self.conv, self.norm), nn.Identity()


class Block(nn.Module):
    def __init__(self, kernel, stride, expand, inputs, outputs, drop):
        super().__init__()
        wide = inputs * expand
        units = [Unit(inputs, wide, 1)] if expand > 1 else []
        units += [Unit(wide, wide, kernel, stride, groups=wide), Unit(wide, outputs, 1, activate=False)]
        self.units = nn.Sequential(*units)
        self.skip = stride == 1 and inputs == outputs
        self.drop = drop

    def forward(self, x):
        y = self.units(x)
        if not self.skip:
            return y
        if self.training and self.drop > 0:
            y = y * (torch.rand(x.shape[0], 1, 1, 1) >= self.drop).float().div_(1 - self.drop)
        return x + y


def lite0(classes):
    shapes = [(kernel, stride if n == 0 else 1, expand, inputs if n == 0 else outputs, outputs)
              for repeats, kernel, stride, expand, inputs, outputs in STAGES for n in range(repeats)]
    blocks = [Block(*shape, drop=0.2 * place / len(shapes)) for place, shape in enumerate(shapes)]
    return nn.Sequential(Unit(3, 32, 3, 2), *blocks, Unit(320, 1280, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                         nn.Dropout(0.2), nn.Linear(1280, classes))


def steps_of(kind, size, batch):
    torch.manual_seed(1)
    net = lite0(4).to(memory_format=torch.channels_last)
    images = torch.randn(batch, 3, size, size).to(memory_format=torch.channels_last)
    if kind == "infer":
        net.eval()
        for unit in [part for part in net.modules() if isinstance(part, Unit)]:
            unit.fold()

        @torch.inference_mode()
        def step():
            return net(images)
        return step
    labels = torch.arange(batch) % 4
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-3, fused=True)
    loss_of = nn.CrossEntropyLoss()

    def step():
        optimiser.zero_grad(set_to_none=True)
        loss = loss_of(net(images), labels)
        loss.backward()
        optimiser.step()
        return loss.item()
    return step


known = {}
torch.set_num_threads(int(sys.argv[1]))
print(json.dumps({"version": torch.__version__, "threads": torch.get_num_threads()}), flush=True)
for line in sys.stdin:
    kind, size, batch, count = line.split()
    what = (kind, size, batch)
    if what not in known:
        known[what] = steps_of(kind, int(size), int(batch))
    times = []
    for _ in range(int(count)):
        start, used = time.perf_counter(), time.process_time()
        known[what]()
        times.append({"wall": 1000 * (time.perf_counter() - start), "cpu": 1000 * (time.process_time() - used)})
    print(json.dumps(times), flush=True)
