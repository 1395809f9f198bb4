"""The workloads with PyTorch, eager and compiled."""

import problem
import torch
import torch.nn.functional as F


def two_layer(c, p):
    h = c["x"].mm(p["w1"]).relu()
    return (h.mm(p["w2"]) - c["y"]).square().sum()


def mlp(c, p):
    h = torch.addmm(p["b1"], c["x"], p["w1"]).relu()
    h = torch.addmm(p["b2"], h, p["w2"]).relu()
    return F.cross_entropy(torch.addmm(p["b3"], h, p["w3"]), c["classes"])


def chain(c, p):
    return ((c["x"] * p["w"] + p["b"]).tanh() * c["x"].sigmoid()).sum()


def scalar3(_, p):
    x, y, z = p["x"], p["y"], p["z"]
    return (x * y).sin() * (z / x).exp() + (y + z * z).log() / (1.0 + x * x)


LOSSES = {
    "two_layer_sgd": two_layer,
    "two_layer_adam": two_layer,
    "mlp_adam": mlp,
    "chain": chain,
    "scalar3": scalar3,
}


class Program:
    """One workload. `step` computes the loss and the gradient, and updates if the workload trains."""

    def __init__(self, name, compiled):
        data, _, self.descent, self.rate, _ = problem.WORKLOADS[name]
        self.data = data
        self.loss = torch.compile(LOSSES[name]) if compiled else LOSSES[name]
        self.reset()

    def reset(self):
        constants, parameters = self.data()
        self.constants = {k: torch.tensor(a) for k, a in constants.items()}
        self.parameters = {k: torch.tensor(a, requires_grad=True) for k, a in parameters.items()}
        self.adam = None
        if self.descent == "adam":
            # The fused implementation is the fastest one on the CPU.
            self.adam = torch.optim.Adam(self.parameters.values(), lr=self.rate, fused=True)

    def backward(self):
        for p in self.parameters.values():
            p.grad = None
        loss = self.loss(self.constants, self.parameters)
        loss.backward()
        return loss

    def step(self):
        loss = self.backward()
        if self.adam:
            self.adam.step()
        elif self.descent:
            with torch.no_grad():
                for p in self.parameters.values():
                    p.sub_(p.grad, alpha=self.rate)
        return loss.item()

    def gradient(self):
        self.backward()
        return {k: p.grad.numpy() for k, p in self.parameters.items()}
