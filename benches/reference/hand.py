"""The residuals of hand tracking from the definitions, in 60 digits.

All maps are matrices of four rows, and a rotation is the exponential of a skew-symmetric matrix.
"""

from common import gradient, show, waves
from mpmath import eye, matrix, mp, mpf

BONES, VERTICES, POINTS = 22, 5, 4


def homogeneous(numbers):
    return matrix([numbers[:4], numbers[4:8], numbers[8:12], [0, 0, 0, 1]])


def rotation(a, b, c):
    turn = mp.expm(matrix([[0, -c, b], [c, 0, -a], [-b, a, 0]]), method="taylor")
    whole = eye(4)
    whole[:3, :3] = turn
    return whole


def posed(pose):
    angles = [(0, 0), (0, 0)]
    for finger in range(5):
        of = pose[6 + 4 * finger :][:4]
        angles += [(of[0], of[1]), (of[2], 0), (of[3], 0), (0, 0)]
    absolutes = []
    for bone, (x, z) in enumerate(angles):
        relative = homogeneous(relatives[12 * bone :][:12]) * rotation(0, 0, z) * rotation(x, 0, 0)
        if bone == 0:
            absolutes.append(relative)
        else:
            parent = 0 if bone == 1 or bone % 4 == 2 else bone - 1
            absolutes.append(absolutes[parent] * relative)
    whole = rotation(*pose[:3])
    whole[0, 3], whole[1, 3], whole[2, 3] = pose[3:6]
    mirror = mp.diag([-1, 1, 1, 1])
    places = []
    for v in range(VERTICES):
        at_rest = matrix(vertices[3 * v :][:3] + [mpf(1)])
        place = matrix(4, 1)
        total = mpf(0)
        for bone, absolute in enumerate(absolutes):
            weight = weights[BONES * v + bone]
            total += weight
            place += weight * (absolute * homogeneous(inverses[12 * bone :][:12]) * at_rest)
        # The weights need not have a sum of 1; the fourth coordinate is no part of the blend.
        place[3] = 1
        places.append((whole * mirror * place)[:3])
    return places


def simple(pose):
    places = posed(pose)
    total = 0
    for k in range(POINTS):
        total += sum((points[3 * k + i] - places[k % VERTICES][i]) ** 2 for i in range(3))
    return total / 2


def complicated(parameters):
    places = posed(parameters[:26])
    total = 0
    for k in range(POINTS):
        u, v = parameters[26 + 2 * k :][:2]
        a, b, c = (places[(k + n) % VERTICES] for n in range(3))
        for i in range(3):
            total += (points[3 * k + i] - u * a[i] - v * b[i] - (1 - u - v) * c[i]) ** 2
    return total / 2


relatives = waves(12 * BONES, 1, "0.7")
inverses = waves(12 * BONES, 2, "0.7")
vertices = waves(3 * VERTICES, 3, 1)
weights = waves(BONES * VERTICES, 4, "0.1")
points = waves(3 * POINTS, 5, 1)
parameters = waves(26, 6, "0.5") + waves(2 * POINTS, 7, "0.4")
show("simple", [simple(parameters[:26])])
show("pose", gradient(simple, parameters[:26]))
show("complicated", [complicated(parameters)])
bars = gradient(complicated, parameters)
show("pose on surface", bars[:26])
show("places", bars[26:])
