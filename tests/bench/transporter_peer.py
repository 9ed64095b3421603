"""The Transporter in PyTorch's Python front end, for `rookery bench transporter`.

The same networks and the same algorithm as agents/pick_place, written the way one writes them in
Python, run eagerly: modules, autograd, autocast to bfloat16, torch.optim.Adam. What a careful user
would do is done: channels-last memory, ReLU in place, the fused Adam, crops by one gather, the
cross-correlation through torch.fft with a backward pass of its own (what autograd makes of rfft2
is slower), its scale put on the small kernels.

Speaks the protocol of apps/peer.h. Requests:
  {"command": "setup", "network": "unet" or "resnet", "width", "half_resolution", "crop",
   "rotations", "output_scale", "weight_average", "bf16", "correlation": "fft" or "direct",
   "threads"} -> {"parameters": n}
  {"command": "iterations", "count": n} -> {"seconds": [of each], "attention", "transport": losses}
  {"command": "actions", "count": n} -> {"seconds": [of each]}
  {"command": "correlations", "count": n} -> {"seconds": [of each]}, forward and backward
  {"command": "compare", "file": a checkpoint of ours (safetensors) with the tensor "image" (6, rows,
   columns; colours of 0 to 1) beside its weights, "pick": [row, column], "place": [row, column,
   bin]} -> {"attention", "transport": losses, "gradients": {network: norm}}
One iteration: random motion of the image, inputs, forward and backward passes of the pick and the
place networks, two steps of Adam, the running average of the weights.
"""

import json
import math
from collections import OrderedDict
import platform
import sys
import time

from peer_protocol import say, serve

try:
    import torch
    import torch.nn.functional as F
    from torch import nn
except ImportError as error:
    say({"missing": error.name})
    sys.exit(0)

VERSIONS = {"python": platform.python_version(), "torch": torch.__version__}


def double(x):
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


class ResidualStage(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.GroupNorm(outputs // 8, outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.GroupNorm(outputs // 8, outputs)
        self.shortcut = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Conv2d(inputs, outputs, 1, stride)

    def forward(self, x):
        y = self.norm2(self.conv2(F.relu_(self.norm1(self.conv1(x)))))
        return F.relu_(y + self.shortcut(x))


class UNet(nn.Module):
    def __init__(self, planes):
        super().__init__()
        self.stem = nn.Conv2d(6, 16, 3, 1, 1)
        self.down1 = ResidualStage(16, 32, 2)
        self.down2 = ResidualStage(32, 64, 2)
        self.down3 = ResidualStage(64, 64, 2)
        self.bottom = ResidualStage(64, 64, 1)
        self.up1 = nn.Conv2d(64, 64, 1)
        self.up2 = nn.Conv2d(64, 32, 1)
        self.up3 = nn.Conv2d(32, 16, 1)
        self.refine1 = ResidualStage(64, 64, 1)
        self.refine2 = ResidualStage(32, 32, 1)
        self.head = nn.Conv2d(16, 16, 3, 1, 1)
        self.out = nn.Conv2d(16, planes, 1)

    def forward(self, x):
        full = F.relu_(self.stem(x))
        half = self.down1(full)
        quarter = self.down2(half)
        y = self.bottom(self.down3(quarter))
        y = self.refine1(double(self.up1(y)) + quarter)
        y = self.refine2(double(self.up2(y)) + half)
        y = F.relu_(double(self.up3(y)) + full)
        return self.out(F.relu_(self.head(y)))


class Bottleneck(nn.Module):
    def __init__(self, inputs, middle, outputs, stride, projects, relu=True):
        super().__init__()
        self.a = nn.Conv2d(inputs, middle, 1, stride)
        self.b = nn.Conv2d(middle, middle, 3, 1, 1)
        self.c = nn.Conv2d(middle, outputs, 1)
        self.shortcut = nn.Conv2d(inputs, outputs, 1, stride) if projects else nn.Identity()
        self.relu = relu

    def forward(self, x):
        y = self.c(F.relu_(self.b(F.relu_(self.a(x))))) + self.shortcut(x)
        return F.relu_(y) if self.relu else y


def resnet43(planes, width):
    channels = round(64 * width)
    layers = OrderedDict(conv1=nn.Conv2d(6, channels, 3, 1, 1), relu=nn.ReLU(inplace=True))
    for stage, (size, stride, doubles) in enumerate(
            ((64, 1, False), (128, 2, False), (256, 2, False), (512, 2, False), (256, 1, True),
             (128, 1, True), (64, 1, True)), start=2):
        size = round(size * width)
        layers[f"stage{stage}_conv"] = Bottleneck(channels, size, size, stride, True)
        layers[f"stage{stage}_identity"] = Bottleneck(size, size, size, 1, False)
        channels = size
        if doubles:
            layers[f"double{stage}"] = nn.Upsample(scale_factor=2, mode="bilinear",
                                                   align_corners=False)
    layers["stage9_conv"] = Bottleneck(channels, 16, planes, 1, True, relu=False)
    layers["stage9_identity"] = Bottleneck(planes, 16, planes, 1, False, relu=False)
    return nn.Sequential(layers)


class FftCorrelation(torch.autograd.Function):
    """maps[r] = sum over channels of scene correlated with kernels[r], valid part."""

    @staticmethod
    def forward(ctx, scene, kernels, rows, columns):
        size = scene.shape[-2:]
        scene_hat = torch.fft.rfft2(scene)
        kernels_hat = torch.fft.rfft2(kernels, s=size)
        ctx.save_for_backward(scene_hat, kernels_hat)
        ctx.sizes = size, kernels.shape[-2:]
        maps = torch.fft.irfft2((scene_hat * kernels_hat.conj()).sum(1), s=size)
        return maps[:, :rows, :columns]

    @staticmethod
    def backward(ctx, gradient):
        scene_hat, kernels_hat = ctx.saved_tensors
        size, crop = ctx.sizes
        gradient_hat = torch.fft.rfft2(gradient, s=size).unsqueeze(1)
        scene = torch.fft.irfft2((gradient_hat * kernels_hat).sum(0, keepdim=True), s=size)
        kernels = torch.fft.irfft2(scene_hat * gradient_hat.conj(), s=size)
        return scene, kernels[..., :crop[0], :crop[1]], None, None


def read_safetensors(path):
    """{name: float32 tensor} of a file."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            begin, end = entry["data_offsets"]
            flat = torch.frombuffer(bytearray(data[begin:end]), dtype=torch.float32)
            tensors[name] = flat.reshape(entry["shape"])
    return tensors


def cross_entropy(logits, label):
    """Of the softmax over all of `logits` with the cell `label`."""
    index = 0
    for size, position in zip(logits.shape, label):
        index = index * size + position
    # One copy where the maps are a cut-out: logsumexp of that, without a copy, is slower.
    return F.cross_entropy(logits.reshape(1, -1), torch.tensor([index]))


class TransporterPeer:
    def setup(self, request):
        torch.manual_seed(0)
        torch.set_num_threads(request["threads"])
        self.request = request
        factor = 2 if request["half_resolution"] else 1
        self.rows, self.columns = 320 // factor, 160 // factor
        self.crop, self.rotations = request["crop"] // factor, request["rotations"]
        unet = request["network"] == "unet"
        networks = [UNet(n) if unet else resnet43(n, request["width"]) for n in (1, 3, 3)]
        for network in networks:
            network.to(memory_format=torch.channels_last)
        self.attention, self.scene, self.crops = networks
        self.pick_parameters = list(self.attention.parameters())
        self.place_parameters = list(self.scene.parameters()) + list(self.crops.parameters())
        adam = {"lr": 1e-3 if unet else 1e-4, "eps": 1e-7, "fused": True}
        self.pick_optimizer = torch.optim.Adam(self.pick_parameters, **adam)
        self.place_optimizer = torch.optim.Adam(self.place_parameters, **adam)
        self.parameters = self.pick_parameters + self.place_parameters
        self.average = [p.detach().clone() for p in self.parameters]
        # A table with noise and a raised square, so that there is something to see.
        self.image = torch.zeros(1, 6, self.rows, self.columns)
        self.image[:, :3] = 0.18 + 0.01 * torch.rand(1, 3, self.rows, self.columns)
        middle = self.rows // 2, self.columns // 2
        self.image[:, :, middle[0]:middle[0] + 8, middle[1]:middle[1] + 8] = 0.04
        self.mean = torch.tensor([0.18877631] * 3 + [0.00509261] * 3).view(1, 6, 1, 1)
        self.sd = torch.tensor([0.07276466] * 3 + [0.00903967] * 3).view(1, 6, 1, 1)
        self.pick, self.place, self.bin = middle, (middle[0] + 9, middle[1] - 7), 4
        self.offsets = self.crop_offsets()
        return {"parameters": sum(p.numel() for p in self.parameters)}

    def crop_offsets(self):
        """(rotations, crop, crop) row and column offsets of a crop's source from the pick."""
        angle = torch.arange(self.rotations, dtype=torch.float64) * 2 * math.pi / self.rotations
        cosine, sine = angle.cos().view(-1, 1, 1), angle.sin().view(-1, 1, 1)
        offset = torch.arange(self.crop) - self.crop // 2
        row, column = offset.view(1, -1, 1), offset.view(1, 1, -1)

        def nearest(x):  # the cosine of 90 degrees is not quite 0
            return (x.round(decimals=9) + 0.5).floor().long()
        return nearest(sine * column + cosine * row), nearest(cosine * column - sine * row)

    def moved_image(self):
        angle = torch.randn(()) * math.pi / 3
        shift = torch.randn(2) / 3
        cosine, sine = angle.cos(), angle.sin()
        ratio = self.columns / self.rows
        matrix = torch.stack([cosine, sine / ratio, shift[0] * 0.1,
                              -sine * ratio, cosine, shift[1] * 0.1]).view(1, 2, 3)
        grid = F.affine_grid(matrix, list(self.image.shape), align_corners=False)
        return F.grid_sample(self.image, grid, mode="nearest", align_corners=False)

    def padded(self, image, rows, columns):
        x = (F.pad(image, (columns, columns, rows, rows)) - self.mean) / self.sd
        return x.contiguous(memory_format=torch.channels_last)

    def rotated_crops(self, padded):
        half = self.crop // 2
        row = self.offsets[0] + self.pick[0] + half
        column = self.offsets[1] + self.pick[1] + half
        height, width = padded.shape[-2:]
        inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        crops = padded[0, :, row.clamp(0, height - 1), column.clamp(0, width - 1)]
        return (crops * inside).transpose(0, 1).contiguous(memory_format=torch.channels_last)

    def pick_logits(self, image):
        pad = (self.rows - self.columns) // 2
        with torch.autocast("cpu", torch.bfloat16, enabled=self.request["bf16"]):
            logits = self.attention(self.padded(image, 0, pad))
        return logits.float()[0, 0, :, pad:pad + self.columns]

    def place_logits(self, image):
        half = self.crop // 2
        padded = self.padded(image, half, half)
        crops = self.rotated_crops(padded)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.request["bf16"]):
            scene, kernels = self.scene(padded), self.crops(crops)
        # Not channels-last from here on: a direct correlation would be thirty times slower.
        scene = scene.float().contiguous()
        kernels = (kernels.float() * self.request["output_scale"]).contiguous()
        return self.correlated(scene, kernels)

    def correlated(self, scene, kernels):
        if self.request["correlation"] == "fft":
            return FftCorrelation.apply(scene, kernels, self.rows, self.columns)
        return F.conv2d(scene, F.pad(kernels, (0, 1, 0, 1))).squeeze(0)

    def iteration(self):
        image = self.moved_image()
        pick_loss = cross_entropy(self.pick_logits(image), self.pick)
        self.pick_optimizer.zero_grad(set_to_none=True)
        pick_loss.backward()
        self.pick_optimizer.step()
        place_loss = cross_entropy(self.place_logits(image), (self.bin, *self.place))
        self.place_optimizer.zero_grad(set_to_none=True)
        place_loss.backward()
        self.place_optimizer.step()
        decay = self.request["weight_average"]
        if decay > 0:
            with torch.no_grad():
                torch._foreach_lerp_(self.average, self.parameters, 1 - decay)
        return pick_loss.item(), place_loss.item()

    def iterations(self, request):
        seconds = []
        for _ in range(request["count"]):
            start = time.perf_counter()
            losses = self.iteration()
            seconds.append(time.perf_counter() - start)
        return {"seconds": seconds, "attention": losses[0], "transport": losses[1]}

    def correlations(self, request):
        half = self.crop // 2
        scene = torch.ones(1, 3, self.rows + 2 * half, self.columns + 2 * half, requires_grad=True)
        kernels = torch.ones(self.rotations, 3, self.crop, self.crop, requires_grad=True)
        gradient = torch.ones(self.rotations, self.rows, self.columns)
        seconds = []
        for _ in range(request["count"]):
            start = time.perf_counter()
            self.correlated(scene, kernels).backward(gradient)
            seconds.append(time.perf_counter() - start)
            scene.grad = kernels.grad = None
        return {"seconds": seconds}

    @torch.inference_mode()
    def actions(self, request):
        seconds = []
        for _ in range(request["count"]):
            start = time.perf_counter()
            pick = self.pick_logits(self.image).flatten().softmax(0).argmax().item()
            place = self.place_logits(self.image).flatten().softmax(0).argmax().item()
            assert pick >= 0 and place >= 0
            seconds.append(time.perf_counter() - start)
        return {"seconds": seconds}


    def compare(self, request):
        tensors = read_safetensors(request["file"])
        networks = {"attention": self.attention, "transport.scene": self.scene,
                    "transport.crop": self.crops}
        with torch.no_grad():
            for prefix, network in networks.items():
                for name, parameter in network.named_parameters():
                    layer, kind = name.rsplit(".", 1)
                    if layer.rsplit(".", 1)[-1].startswith("norm"):
                        kind = {"weight": "gamma", "bias": "beta"}[kind]
                    parameter.copy_(tensors.pop(f"weight/{prefix}.{layer}.{kind}"))
        left = [name for name in tensors if name.startswith("weight/")]
        if left:
            return {"error": f"no place for {left}"}
        image = tensors["image"].unsqueeze(0)
        self.pick, place = tuple(request["pick"]), request["place"]
        attention = cross_entropy(self.pick_logits(image), self.pick)
        transport = cross_entropy(self.place_logits(image), (place[2], place[0], place[1]))
        (attention + transport).backward()
        gradients = {
            prefix: math.sqrt(sum(p.grad.square().sum().item() for p in network.parameters()))
            for prefix, network in networks.items()}
        return {"attention": attention.item(), "transport": transport.item(),
                "gradients": gradients}


def main():
    peer = TransporterPeer()
    say({"versions": VERSIONS})
    serve({"setup": peer.setup, "iterations": peer.iterations, "actions": peer.actions,
           "correlations": peer.correlations, "compare": peer.compare})


if __name__ == "__main__":
    main()
