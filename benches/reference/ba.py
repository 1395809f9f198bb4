"""The residuals of bundle adjustment from their formulas, in 60 digits.

The rotation is the exponential of a skew-symmetric matrix: Rodrigues' formula is not used.
"""

from common import gradient, show, waves
from mpmath import matrix, mp

CAMERAS, POINTS, OBSERVATIONS = 2, 3, 5


def reprojection(camera, point, weight, feature):
    a, b, c = camera[:3]
    rotation = mp.expm(matrix([[0, -c, b], [c, 0, -a], [-b, a, 0]]), method="taylor")
    seen = rotation * (matrix(point) - matrix(camera[3:6]))
    p = [seen[0] / seen[2], seen[1] / seen[2]]
    square = p[0] ** 2 + p[1] ** 2
    distortion = 1 + camera[9] * square + camera[10] * square**2
    return [
        weight * (camera[6] * distortion * p[i] + camera[7 + i] - feature[i]) for i in range(2)
    ]


def objective(parameters):
    cameras = parameters[: 11 * CAMERAS]
    points = parameters[11 * CAMERAS : 11 * CAMERAS + 3 * POINTS]
    weights = parameters[11 * CAMERAS + 3 * POINTS :]
    total = 0
    for i in range(OBSERVATIONS):
        camera = cameras[11 * (i % CAMERAS) :][:11]
        point = points[3 * (i % POINTS) :][:3]
        point = [point[0], point[1], point[2] + 5]
        errors = reprojection(camera, point, weights[i], features[2 * i :][:2])
        total += sum(e**2 for e in errors) + (1 - weights[i] ** 2) ** 2
    return total / 2


features = waves(2 * OBSERVATIONS, 4, 1)
parameters = (
    waves(11 * CAMERAS, 1, "0.5") + waves(3 * POINTS, 2, 1) + waves(OBSERVATIONS, 3, 1)
)
show("value", [objective(parameters)])
bars = gradient(objective, parameters)
show("cameras", bars[: 11 * CAMERAS])
show("points", bars[11 * CAMERAS : 11 * CAMERAS + 3 * POINTS])
show("weights", bars[11 * CAMERAS + 3 * POINTS :])
first = parameters[:11] + parameters[22:24] + [parameters[24] + 5, parameters[31]]
for k in range(2):
    row = lambda p: reprojection(p[:11], p[11:14], p[14], features[:2])[k]
    show(f"row {k}", gradient(row, first))
