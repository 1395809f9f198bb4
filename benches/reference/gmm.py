"""The log-posterior of a Gaussian mixture from its definition, in 60 digits.

The factors are made matrices, the gamma function is that of mpmath: nothing is as in the program.
"""

from common import gradient, show, waves
from mpmath import mp, mpf, diag, exp, gamma, log, matrix, pi

N, D, K = 4, 3, 2
TRIANGLE = D * (D + 1) // 2
GAMMA, FREEDOM = mpf("1.25"), 2


def factor(numbers):
    """The lower triangular matrix Q of a component."""
    q = diag([exp(number) for number in numbers[:D]])
    below = iter(numbers[D:])
    for column in range(D):
        for row in range(column + 1, D):
            q[row, column] = next(below)
    return q


def multivariate_gamma(a):
    return pi ** (mpf(D * (D - 1)) / 4) * mp.fprod(gamma(a - mpf(j) / 2) for j in range(D))


def log_posterior(parameters, points):
    alphas = parameters[:K]
    means = parameters[K : K + K * D]
    numbers = parameters[K + K * D :]
    factors = [factor(numbers[c * TRIANGLE : (c + 1) * TRIANGLE]) for c in range(K)]
    weights = [exp(a) / sum(map(exp, alphas)) for a in alphas]
    total = mpf(0)
    for i in range(N):
        point = matrix(points[i * D : (i + 1) * D])
        density = mpf(0)
        for c in range(K):
            precision = factors[c].T * factors[c]
            v = point - matrix(means[c * D : (c + 1) * D])
            norm = mp.sqrt(mp.det(precision) / (2 * pi) ** D)
            density += weights[c] * norm * exp(-(v.T * precision * v)[0] / 2)
        total += log(density)
    nu = D + FREEDOM + 1
    for c in range(K):
        square = sum(e**2 for e in factors[c])
        log_det = log(mp.det(factors[c]))
        scale = nu * D * log(GAMMA / mp.sqrt(2)) - log(multivariate_gamma(mpf(nu) / 2))
        total += scale + FREEDOM * log_det - GAMMA**2 / 2 * square
    return total


points = waves(N * D, 5, 2)
parameters = waves(K, 1, 1) + waves(K * D, 2, 1) + waves(K * TRIANGLE, 3, "0.5")
show("value", [log_posterior(parameters, points)])
bars = gradient(lambda p: log_posterior(p, points), parameters)
show("alphas", bars[:K])
show("means", bars[K : K + K * D])
show("factors", bars[K + K * D :])
