"""Writes optim.csv and schedule.csv: what PyTorch's own optimizers and schedules compute.

Run with `pip install torch numpy` in this folder: `python make_reference.py`. The committed numbers
come from PyTorch 2.15 on a CPU, single-tensor implementation (`foreach=False`), float64 unless a
case says f32. Floats are written with 17 significant digits, which is exact.

The objective has two buffers that move together, and a third that it does not depend on and whose
gradient is therefore zero:

    f(a, b, c) = sum_i (k_i a_i^2 / 2 + sin(3 a_i)) + sum_j (b_j - a_j)^2,   k = (1, 2.5, 0.25)
"""

import csv
import math

import torch
from torch.optim import SGD, Adagrad, Adam, AdamW, RMSprop
from torch.optim import lr_scheduler as sched

STEPS = 10
START = ([0.3, -1.2, 2.0], [0.9, -0.4], [0.7])

OPTIMIZERS = {
    "sgd": lambda p: SGD(p, lr=0.05, foreach=False),
    "sgd_decay": lambda p: SGD(p, lr=0.05, weight_decay=0.1, foreach=False),
    "sgd_momentum": lambda p: SGD(p, lr=0.05, momentum=0.9, foreach=False),
    "sgd_dampening": lambda p: SGD(
        p, lr=0.05, momentum=0.9, dampening=0.3, weight_decay=0.1, foreach=False
    ),
    "sgd_nesterov": lambda p: SGD(
        p, lr=0.05, momentum=0.8, nesterov=True, weight_decay=0.01, foreach=False
    ),
    "rmsprop": lambda p: RMSprop(p, lr=0.02, foreach=False),
    "rmsprop_alpha": lambda p: RMSprop(
        p, lr=0.02, alpha=0.3, eps=1e-3, weight_decay=0.1, foreach=False
    ),
    "rmsprop_momentum": lambda p: RMSprop(p, lr=0.02, alpha=0.9, momentum=0.8, foreach=False),
    "rmsprop_centered": lambda p: RMSprop(p, lr=0.02, alpha=0.9, centered=True, foreach=False),
    "rmsprop_all": lambda p: RMSprop(
        p, lr=0.02, alpha=0.8, momentum=0.5, centered=True, weight_decay=0.1, foreach=False
    ),
    "adam": lambda p: Adam(p, lr=0.1, foreach=False),
    "adam_options": lambda p: Adam(
        p, lr=0.1, betas=(0.4, 0.9), eps=1e-4, weight_decay=0.1, foreach=False
    ),
    "adam_amsgrad": lambda p: Adam(p, lr=0.1, betas=(0.9, 0.5), amsgrad=True, foreach=False),
    "adamw": lambda p: AdamW(p, lr=0.1, foreach=False),
    "adamw_options": lambda p: AdamW(
        p, lr=0.1, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.3, amsgrad=True, foreach=False
    ),
    "adagrad": lambda p: Adagrad(p, lr=0.3, foreach=False),
    "adagrad_options": lambda p: Adagrad(
        p,
        lr=0.3,
        lr_decay=0.1,
        weight_decay=0.1,
        initial_accumulator_value=0.5,
        eps=1e-3,
        foreach=False,
    ),
}
SINGLE = ["sgd_nesterov", "rmsprop_all", "adam", "adamw_options", "adagrad_options"]


def objective(a, b):
    k = torch.tensor([1.0, 2.5, 0.25], dtype=a.dtype)
    return (k * a * a / 2 + torch.sin(3 * a)).sum() + ((b - a[:2]) ** 2).sum()


def trajectory(make, dtype):
    """The parameters after each step; the learning rate is halved after the sixth."""
    a, b, c = (torch.tensor(v, dtype=dtype, requires_grad=True) for v in START)
    optimizer = make([a, b, c])
    for step in range(1, STEPS + 1):
        optimizer.zero_grad()
        objective(a, b).backward()
        c.grad = torch.zeros_like(c)
        optimizer.step()
        yield step, [x.item() for p in (a, b, c) for x in p]
        if step == 6:
            for group in optimizer.param_groups:
                group["lr"] /= 2


SCHEDULES = {
    "constant": lambda o: sched.LambdaLR(o, lambda _: 1.0),
    "step": lambda o: sched.StepLR(o, step_size=7, gamma=0.5),
    "exponential": lambda o: sched.ExponentialLR(o, gamma=0.93),
    "cosine": lambda o: sched.CosineAnnealingLR(o, T_max=12, eta_min=0.01),
    "linear": lambda o: sched.LinearLR(o, start_factor=0.1, end_factor=0.9, total_iters=10),
    "one_cycle": lambda o: sched.OneCycleLR(o, 0.4, total_steps=31, cycle_momentum=False),
    "one_cycle_options": lambda o: sched.OneCycleLR(
        o,
        0.4,
        total_steps=31,
        pct_start=0.4,
        anneal_strategy="linear",
        div_factor=10,
        final_div_factor=100,
        cycle_momentum=False,
    ),
    "one_cycle_three_phase": lambda o: sched.OneCycleLR(
        o, 0.4, total_steps=31, three_phase=True, cycle_momentum=False
    ),
    "sequential": lambda o: sched.SequentialLR(
        o,
        [sched.LinearLR(o, start_factor=0.2, total_iters=5), sched.CosineAnnealingLR(o, 26)],
        milestones=[5],
    ),
}


def rates(make):
    parameter = torch.zeros(1, requires_grad=True)
    optimizer = SGD([parameter], lr=0.4)
    scheduler = make(optimizer)
    for step in range(31):
        yield step, optimizer.param_groups[0]["lr"]
        optimizer.step()
        if step < 30:
            scheduler.step()


def exact(x):
    assert math.isfinite(x)
    return f"{x:.17g}"


def main():
    with open("optim.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["case", "step", "a0", "a1", "a2", "b0", "b1", "c0"])
        cases = [(name, name, torch.float64) for name in OPTIMIZERS]
        cases += [(f"{name}_f32", name, torch.float32) for name in SINGLE]
        for case, name, dtype in cases:
            for step, values in trajectory(OPTIMIZERS[name], dtype):
                out.writerow([case, step, *map(exact, values)])
    with open("schedule.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["case", "step", "lr"])
        for case, make in SCHEDULES.items():
            for step, lr in rates(make):
                out.writerow([case, step, exact(lr)])


if __name__ == "__main__":
    main()
