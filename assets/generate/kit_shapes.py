"""Outlines of the 20 kit shapes and their triangulation, for make_assets.py.

Outlines are in mesh units (0.003 m when loaded), counter-clockwise, holes likewise (make_assets
turns them), with the centre of their bounding box at the origin.
"""

import math


def arc(center, radii, start, stop, steps):
    """Points of an ellipse's arc, both ends included; degrees."""
    (cx, cy), (rx, ry) = center, radii
    points = []
    for k in range(steps + 1):
        angle = math.radians(start + (stop - start) * k / steps)
        points.append((cx + rx * math.cos(angle), cy + ry * math.sin(angle)))
    return points


def circle(radius, segments):
    return arc((0, 0), (radius, radius), 0, 360, segments)[:-1]


def rectangle(x, y):
    return [(-x, -y), (x, -y), (x, y), (-x, y)]


def mirrored_x(half):
    """The outline whose right half (x >= 0), from bottom to top, is given."""
    return half + [(-x, y) for x, y in reversed(half) if x != 0]


def mirrored_y(half):
    """The outline whose upper half (y >= 0), from right to left, is given."""
    return half + [(x, -y) for x, y in reversed(half) if y != 0]


def letter_r():
    bowl = arc((0.5, 3.54), (4.77, 5.91), 90, -90, 12)  # clockwise, from the top
    outline = [(-6.75, 9.45)] + bowl[:-1] + [(1.9, -2.0), (6.75, -9.2), (6.6, -9.45), (2.5, -9.45),
               (-1.3, -2.37), (-2.84, -2.37), (-2.84, -9.45), (-6.75, -9.45)]
    counter = [(-2.84, 1.23)] + arc((-0.5, 3.54), (1.72, 2.31), -90, 90, 8) + [(-2.84, 5.85)]
    return outline[::-1], [counter]


def letter_a():
    outline = [(-8.31, -9.49), (-4.5, -9.49), (-2.59, -4.17), (2.55, -4.17), (4.46, -9.49),
               (8.31, -9.49), (1.59, 9.49), (-1.61, 9.49)]
    return outline, [[(-1.32, -0.66), (1.30, -0.66), (0, 3.0)]]


def letter_g():
    outer, inner = (7.56, 9.7), (3.6, 5.7)
    return (arc((0, 0), outer, 38, 290, 28) + [(5.6, -8.6), (7.56, -8.6), (7.56, 1.35),
            (0.15, 1.35), (0.15, -2.32), (3.63, -2.32), (3.63, -4.2)]
            + arc((0, 0), inner, 300, 45, 22)), []


def letter_m():
    half = [(1.5, -9.46), (5.08, 1.74), (5.08, -9.46), (9, -9.46), (9, 9.46), (3.9, 9.46),
            (0, -2.74)]
    return mirrored_x(half), []


def heart():
    lobe = arc((4.06, 3.1), (5.52, 5.7), 0, 90, 8) + [(2.3, 8.35), (0.9, 7.3)]
    return mirrored_x([(0, -8.8), (3.76, -5.85), (6.77, -3.08), (8.75, -0.46)] + lobe
                      + [(0, 6.09)]), []


def flower():
    return [p for start, center in ((-90, (5, 0)), (0, (0, 5)), (90, (-5, 0)), (180, (0, -5)))
            for p in arc(center, (5, 5), start, start + 180, 12)[:-1]], []


# (name, (outline, holes), size of the bounding box), by shape id.
SHAPES = [
    ("letter R", letter_r(), (13.5, 18.9)),
    ("letter A", letter_a(), (16.62, 18.98)),
    ("triangle", ([(0, -10), (10, 10), (-10, 10)], []), (20, 20)),
    ("square", (rectangle(10, 10), []), (20, 20)),
    ("plus", ([(-5, -10), (5, -10), (5, -5), (10, -5), (10, 5), (5, 5), (5, 10), (-5, 10), (-5, 5),
               (-10, 5), (-10, -5), (-5, -5)], []), (20, 20)),
    ("letter T", ([(-10, -3), (4, -3), (4, -10), (10, -10), (10, 10), (4, 10), (4, 3), (-10, 3)],
                  []), (20, 20)),
    ("diamond", ([(0, -10), (12.5, 0), (0, 10), (-12.5, 0)], []), (25, 20)),
    ("pentagon", (mirrored_x([(0, -9.06), (9.53, -2.14), (5.89, 9.06)]), []), (19.06, 18.12)),
    ("rectangle", (rectangle(12.5, 7.5), []), (25, 15)),
    ("flower", flower(), (20, 20)),
    ("star", (mirrored_y([(9.59, 0), (3.28, 3.12), (2.26, 10.08), (-2.65, 5.04), (-9.59, 6.23),
                          (-6.31, 0)]), []), (19.18, 20.16)),
    ("disk", (circle(10, 48), []), (20, 20)),
    ("letter G", letter_g(), (15.12, 19.4)),
    ("letter V", ([(-1.74, -9.43), (1.71, -9.43), (7.83, 9.43), (3.9, 9.43), (0, -2.7),
                   (-3.9, 9.43), (-7.83, 9.43)], []), (15.66, 18.86)),
    ("letter E", ([(-5.33, -9.46), (5.33, -9.46), (5.33, -5.8), (-1.41, -5.8), (-1.41, -1.46),
                   (4.88, -1.46), (4.88, 2.22), (-1.41, 2.22), (-1.41, 5.78), (5.33, 5.78),
                   (5.33, 9.46), (-5.33, 9.46)], []), (10.66, 18.92)),
    ("letter L", ([(-10, -10), (10, -10), (10, -4), (-4, -4), (-4, 10), (-10, 10)], []), (20, 20)),
    ("ring", (circle(10, 48), [circle(4.23, 24)]), (20, 20)),
    ("hexagon", (mirrored_x([(0, -10), (8.66, -5), (8.66, 5), (0, 10)]), []), (17.32, 20)),
    ("heart", heart(), (19.16, 17.6)),
    ("letter M", letter_m(), (18, 18.92)),
]


def cross(o, a, b):
    return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])


def area(polygon):
    return sum(a[0] * b[1] - a[1] * b[0] for a, b in zip(polygon, polygon[1:] + polygon[:1])) / 2


def with_hole(points, outline, hole):
    """The outline (indices into points) with a cut to the hole (clockwise), so that one closed
    line goes round both."""
    # The cut starts at the hole's rightmost point and ends at the nearest point of the outline
    # that it reaches without crossing an edge.
    start = max(range(len(hole)), key=lambda i: points[hole[i]][0])
    p = points[hole[start]]
    edges = list(zip(outline, outline[1:] + outline[:1])) + list(zip(hole, hole[1:] + hole[:1]))

    def free(q):
        for i, j in edges:
            a, b = points[i], points[j]
            if p in (a, b) or q in (a, b):
                continue
            if cross(p, q, a) * cross(p, q, b) < 0 and cross(a, b, p) * cross(a, b, q) < 0:
                return False
        return True

    order = sorted(range(len(outline)), key=lambda i: math.dist(p, points[outline[i]]))
    end = next(i for i in order if free(points[outline[i]]))
    return (outline[:end + 1] + hole[start:] + hole[:start + 1] + outline[end:])


def triangles_of(points, outline):
    """Ear clipping of a closed line of indices, counter-clockwise."""
    line, triangles = list(outline), []
    while len(line) > 3:
        best = None
        for k in range(len(line)):
            i, j, n = line[k - 1], line[k], line[(k + 1) % len(line)]
            a, b, c = points[i], points[j], points[n]
            twice = cross(a, b, c)
            if twice <= 1e-9:
                continue
            inside = any(cross(a, b, q) >= -1e-9 and cross(b, c, q) >= -1e-9
                         and cross(c, a, q) >= -1e-9
                         for q in (points[m] for m in line) if q not in (a, b, c))
            if inside:
                continue
            # The ear with the shortest cut keeps triangles compact.
            if best is None or math.dist(a, c) < best[0]:
                best = (math.dist(a, c), k, (i, j, n))
        if best is None:
            raise ValueError("the outline crosses itself")
        triangles.append(best[2])
        del line[best[1]]
    return triangles + [tuple(line)]


def extruded(outline, holes, height):
    """Vertices and outward triangles of the prism over an outline with holes, z = 0 to height."""
    points, lines = [], []
    for polygon in [outline] + [hole[::-1] for hole in holes]:
        lines.append(list(range(len(points), len(points) + len(polygon))))
        points += polygon
    closed = lines[0]
    for hole in lines[1:]:
        closed = with_hole(points, closed, hole)
    caps, n = triangles_of(points, closed), len(points)
    covered = sum(abs(cross(*(points[i] for i in t))) / 2 for t in caps)
    if abs(covered - (area(outline) - sum(area(hole) for hole in holes))) > 1e-6:
        raise ValueError("triangles do not cover the outline")
    vertices = [(x, y, 0) for x, y in points] + [(x, y, height) for x, y in points]
    triangles = [t[::-1] for t in caps] + [tuple(i + n for i in t) for t in caps]
    for line in lines:
        for i, j in zip(line, line[1:] + line[:1]):
            triangles += [(i, j, j + n), (i, j + n, i + n)]
    return vertices, triangles


def check(name, outline, holes, size):
    """Every outline is as wide as stated, centred and counter-clockwise."""
    for axis in (0, 1):
        low, high = (f(p[axis] for p in outline) for f in (min, max))
        if abs(high + low) > 0.03 or abs(high - low - size[axis]) > 0.03:
            raise ValueError(f"{name}: spans {low} to {high} along axis {axis}")
    if not all(area(polygon) > 0 for polygon in [outline] + holes):
        raise ValueError(f"{name}: clockwise")
