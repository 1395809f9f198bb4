"""What the reference programs share: inputs by a formula, and gradients by differences in 60 digits."""

from mpmath import mp, mpf, sin

mp.dps = 60


def waves(count, start, scale):
    """`scale * sin(start + i)` for `i` from 0."""
    return [mpf(scale) * sin(mpf(start) + i) for i in range(count)]


def gradient(f, x):
    """Central differences: the step of 1e-20 leaves an error of about 1e-40."""
    step = mpf(10) ** -20

    def partial(i):
        up, down = list(x), list(x)
        up[i] += step
        down[i] -= step
        return (f(up) - f(down)) / (2 * step)

    return [partial(i) for i in range(len(x))]


def show(name, numbers):
    print(f"{name} = [" + ", ".join(repr(float(number)) for number in numbers) + "]")
