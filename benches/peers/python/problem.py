"""The data, by the same formula as in Rust, and the gradients by hand in f64 as what is expected."""

import numpy as np

N, D_IN, H, D_OUT = 64, 1000, 100, 10
SGD_RATE, ADAM_RATE = 1e-6, 1e-3
BATCH, WIDTHS, MLP_RATE = 256, (784, 512, 512, 10), 1e-3
ROWS, COLUMNS = 1000, 1000
SCALARS = {"x": 1.3, "y": 0.7, "z": -0.4}
BETA1, BETA2, EPS = 0.9, 0.999, 1e-8
STEPS = 6


def mixed(seed, n):
    bits = np.arange(n, dtype=np.uint32) + np.uint32(seed * 0x9E3779B9 & 0xFFFFFFFF)
    bits = (bits ^ (bits >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    bits = (bits ^ (bits >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return bits ^ (bits >> np.uint32(16))


def numbers(seed, shape, low, high):
    unit = (mixed(seed, int(np.prod(shape))) >> np.uint32(8)).astype(np.float64) / (1 << 24)
    return (low + (high - low) * unit).astype(np.float32).reshape(shape)


def two_layer_data():
    constants = {"x": numbers(1, (N, D_IN), -1.0, 1.0), "y": numbers(2, (N, D_OUT), -1.0, 1.0)}
    parameters = {"w1": numbers(3, (D_IN, H), -1.0, 1.0), "w2": numbers(4, (H, D_OUT), -1.0, 1.0)}
    return constants, parameters


def mlp_data():
    constants = {
        "x": numbers(11, (BATCH, WIDTHS[0]), 0.0, 1.0),
        "classes": (mixed(12, BATCH) % np.uint32(WIDTHS[3])).astype(np.int64),
    }
    parameters = {}
    for i in range(3):
        bound = 1.0 / float(np.sqrt(WIDTHS[i]))
        parameters[f"w{i + 1}"] = numbers(21 + i, (WIDTHS[i], WIDTHS[i + 1]), -bound, bound)
        parameters[f"b{i + 1}"] = numbers(31 + i, (WIDTHS[i + 1],), -bound, bound)
    return constants, parameters


def chain_data():
    constants = {"x": numbers(41, (ROWS, COLUMNS), -2.0, 2.0)}
    parameters = {
        "w": numbers(42, (COLUMNS,), 0.5, 1.5),
        "b": numbers(43, (COLUMNS,), -0.5, 0.5),
    }
    return constants, parameters


def scalar3_data():
    return {}, {name: np.float64(number) for name, number in SCALARS.items()}


def two_layer_by_hand(c, p):
    h = np.maximum(c["x"] @ p["w1"], 0.0)
    r = h @ p["w2"] - c["y"]
    dh = 2.0 * r @ p["w2"].T * (h > 0.0)
    return np.sum(r * r), {"w1": c["x"].T @ dh, "w2": h.T @ (2.0 * r)}


def mlp_by_hand(c, p):
    h1 = np.maximum(c["x"] @ p["w1"] + p["b1"], 0.0)
    h2 = np.maximum(h1 @ p["w2"] + p["b2"], 0.0)
    logits = h2 @ p["w3"] + p["b3"]
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_softmax = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(BATCH)
    loss = -log_softmax[rows, c["classes"]].mean()
    d3 = np.exp(log_softmax)
    d3[rows, c["classes"]] -= 1.0
    d3 /= BATCH
    d2 = d3 @ p["w3"].T * (h2 > 0.0)
    d1 = d2 @ p["w2"].T * (h1 > 0.0)
    gradient = {
        "w1": c["x"].T @ d1, "b1": d1.sum(axis=0),
        "w2": h1.T @ d2, "b2": d2.sum(axis=0),
        "w3": h2.T @ d3, "b3": d3.sum(axis=0),
    }
    return loss, gradient


def chain_by_hand(c, p):
    t = np.tanh(c["x"] * p["w"] + p["b"])
    s = 1.0 / (1.0 + np.exp(-c["x"]))
    d = (1.0 - t * t) * s
    return np.sum(t * s), {"w": (d * c["x"]).sum(axis=0), "b": d.sum(axis=0)}


def scalar3_by_hand(_, p):
    x, y, z = p["x"], p["y"], p["z"]
    e, inner, outer = np.exp(z / x), y + z * z, 1.0 + x * x
    sin, cos = np.sin(x * y), np.cos(x * y)
    gradient = {
        "x": cos * y * e - sin * e * z / x**2 - np.log(inner) * 2.0 * x / outer**2,
        "y": cos * x * e + 1.0 / (inner * outer),
        "z": sin * e / x + 2.0 * z / (inner * outer),
    }
    return sin * e + np.log(inner) / outer, gradient


# Name: data, loss and gradient by hand, the step ("sgd", "adam" or none), its rate, tolerance.
WORKLOADS = {
    "two_layer_sgd": (two_layer_data, two_layer_by_hand, "sgd", SGD_RATE, 1e-4),
    "two_layer_adam": (two_layer_data, two_layer_by_hand, "adam", ADAM_RATE, 1e-4),
    "mlp_adam": (mlp_data, mlp_by_hand, "adam", MLP_RATE, 1e-4),
    "chain": (chain_data, chain_by_hand, None, None, 1e-4),
    "scalar3": (scalar3_data, scalar3_by_hand, None, None, 1e-12),
}


def adam(p, g, m, v, t, rate, sqrt):
    """One step of Adam: the new parameter and averages. Works for any array type."""
    m = BETA1 * m + (1.0 - BETA1) * g
    v = BETA2 * v + (1.0 - BETA2) * g * g
    m_hat, v_hat = m / (1.0 - BETA1**t), v / (1.0 - BETA2**t)
    return p - rate * m_hat / (sqrt(v_hat) + EPS), m, v


def summary(losses, gradient):
    """Losses one by one; of each gradient the norm and the product with fixed numbers."""
    result = {"losses": [float(loss) for loss in losses]}
    for name, g in gradient.items():
        g = np.asarray(g, dtype=np.float64).ravel()
        probe = numbers(99, (g.size,), -1.0, 1.0).astype(np.float64)
        result[name] = [float(np.sqrt(np.sum(g * g))), float(g @ probe)]
    return result


def expected(name):
    """What a workload computes, by hand."""
    data, by_hand, descent, rate, _ = WORKLOADS[name]
    constants, parameters = data()
    constants = {k: a if a.dtype == np.int64 else a.astype(np.float64) for k, a in constants.items()}
    parameters = {k: np.asarray(a, dtype=np.float64) for k, a in parameters.items()}
    state = {k: (np.zeros_like(a), np.zeros_like(a)) for k, a in parameters.items()}
    losses, first = [], None
    for t in range(1, STEPS + 1):
        loss, gradient = by_hand(constants, parameters)
        losses.append(loss)
        first = first or gradient
        for k, g in gradient.items():
            if descent == "sgd":
                parameters[k] = parameters[k] - rate * g
            elif descent == "adam":
                parameters[k], *state[k] = adam(parameters[k], g, *state[k], t, rate, np.sqrt)
    return summary(losses, first)


def assert_expected(name, who, got, wanted, tolerance):
    """Raises if what `who` computed is not what is expected."""
    assert set(got) == set(wanted), f"{name}, {who}: {set(got)} instead of {set(wanted)}"
    for part, numbers_got in got.items():
        for i, (a, b) in enumerate(zip(numbers_got, wanted[part], strict=True)):
            scale = abs(b) if part == "losses" else wanted[part][0]
            assert abs(a - b) <= tolerance * scale, f"{name}, {who}: {part}[{i}]: {a} instead of {b}"
