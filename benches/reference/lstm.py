"""The loss of the recurrent network from its formulas, in 60 digits."""

from common import gradient, show, waves
from mpmath import mpf, exp, log, tanh

LAYERS, LENGTH, B = 2, 4, 3


def sigmoid(x):
    return (1 + tanh(x / 2)) / 2


def loss(parameters, start, sequence):
    def vector(k):
        return parameters[k * B : (k + 1) * B]

    hidden = [start[2 * layer * B : (2 * layer + 1) * B] for layer in range(LAYERS)]
    cell = [start[(2 * layer + 1) * B : (2 * layer + 2) * B] for layer in range(LAYERS)]
    entry, out, bias = (vector(8 * LAYERS + k) for k in range(3))
    total = mpf(0)
    for t in range(LENGTH - 1):
        x = sequence[t * B : (t + 1) * B]
        y = sequence[(t + 1) * B : (t + 2) * B]
        s = [x[i] * entry[i] for i in range(B)]
        for layer in range(LAYERS):
            w = [vector(8 * layer + k) for k in range(4)]
            b = [vector(8 * layer + 4 + k) for k in range(4)]
            for i in range(B):
                h = hidden[layer][i]
                new = cell[layer][i] * sigmoid(w[0][i] * s[i] + b[0][i])
                new += sigmoid(w[1][i] * h + b[1][i]) * tanh(w[3][i] * h + b[3][i])
                cell[layer][i] = new
                hidden[layer][i] = sigmoid(w[2][i] * s[i] + b[2][i]) * tanh(new)
                s[i] = hidden[layer][i]
        p = [s[i] * out[i] + bias[i] for i in range(B)]
        normalisation = log(2 + sum(map(exp, p)))
        total += sum(y[i] * (p[i] - normalisation) for i in range(B))
    return -total / ((LENGTH - 1) * B)


parameters = waves(LAYERS * 8 * B, 1, 1) + waves(3 * B, 2, 1)
start = waves(LAYERS * 2 * B, 3, 1)
sequence = waves(LENGTH * B, 4, 1)
show("value", [loss(parameters, start, sequence)])
bars = gradient(lambda p: loss(p, start, sequence), parameters)
show("layers", bars[: LAYERS * 8 * B])
show("ends", bars[LAYERS * 8 * B :])
