"""Writes images.csv: what PyTorch's own convolutions and pooling compute, with their gradients.

Run with `pip install torch numpy` in this folder: `python make_images.py`. The committed numbers come
from PyTorch 2.15 on a CPU. The inputs are small integers, so that sums are exact and many windows
have ties.
"""

import csv

import torch
from torch.nn import functional as F

# Images, kernels, then stride, padding, dilation and groups.
CONVOLUTIONS = {
    "plain": ([2, 2, 4, 5], [3, 2, 3, 2], 1, 0, 1, 1),
    "all_options": ([1, 4, 7, 6], [4, 2, 3, 2], (2, 1), (2, 1), (1, 2), 2),
    "depthwise": ([2, 3, 4, 4], [3, 1, 3, 3], 1, 1, 1, 3),
    "one_pixel": ([2, 3, 2, 2], [2, 3, 1, 1], 1, 0, 1, 1),
}

# Images, then kernel, stride and padding.
POOLS = {
    "side_by_side": ([2, 2, 4, 5], 2, 2, 0),
    "overlapping": ([1, 2, 5, 6], (3, 2), (1, 2), (1, 1)),
    "all_but_covering": ([1, 1, 5, 5], 2, 3, 1),
}


def integers(shape, step, modulus):
    n = torch.Size(shape).numel()
    values = [(i * step + 3) % modulus - modulus // 2 for i in range(n)]
    return torch.tensor(values, dtype=torch.float64).reshape(shape).requires_grad_()


def rows(case, y, **leaves):
    y.backward(integers(y.shape, 3, 5).detach())
    for name, tensor in [("y", y)] + [(f"d{name}", leaf.grad) for name, leaf in leaves.items()]:
        yield [case, name, *(f"{v:.17g}" for v in tensor.flatten().tolist())]


def main():
    with open("images.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["case", "quantity", "elements"])
        for case, (image, kernel, *options) in CONVOLUTIONS.items():
            x, w, b = integers(image, 7, 11), integers(kernel, 5, 7), integers(kernel[:1], 2, 5)
            out.writerows(rows(f"conv_{case}", F.conv2d(x, w, b, *options), x=x, w=w, b=b))
        for case, (image, *options) in POOLS.items():
            for name, pool in [("max", F.max_pool2d), ("avg", F.avg_pool2d)]:
                x = integers(image, 7, 11)
                out.writerows(rows(f"{name}_{case}", pool(x, *options), x=x))


main()
