#!/usr/bin/env python3
"""Writes every model of this folder (URDF and OBJ) from the dimensions below.

Usage: python3 assets/generate/make_assets.py [OUTPUT_FOLDER]   (default: the assets folder)

Needs the Python standard library only. Metres and kilograms. A name such as DIM0 in a model is
replaced by a number when the model is loaded (a template).
"""

import math
import os
import sys

import kit_shapes

# The ten-colour palette of the tasks, 0..255.
PALETTE = {
    "blue": (78, 121, 167), "red": (255, 87, 89), "green": (89, 169, 79),
    "orange": (242, 142, 43), "yellow": (237, 201, 72), "purple": (176, 122, 161),
    "pink": (255, 157, 167), "cyan": (118, 183, 178), "brown": (156, 117, 95),
    "gray": (186, 176, 172),
}
RED = tuple(c / 255 for c in PALETTE["red"])
GREEN = tuple(c / 255 for c in PALETTE["green"])
YELLOW = tuple(c / 255 for c in PALETTE["yellow"])
GRAY = tuple(c / 255 for c in PALETTE["gray"])
BROWN = tuple(c / 255 for c in PALETTE["brown"])
LIGHT_BROWN = (0.918, 0.688, 0.559)
DARK_BROWN = (0.306, 0.229, 0.186)
PURE_GREEN = (0.0, 1.0, 0.0)
PALLET = (0.8706, 0.7216, 0.5294)
LIGHT_METAL = (0.8, 0.8, 0.8)
DARK_METAL = (0.2, 0.2, 0.2)
CUP_BLUE = (0.180, 0.506, 0.773)


def number(value):
    """Shortest text of a number; template names pass through."""
    return value if isinstance(value, str) else f"{value:.12g}"


def triple(values):
    return " ".join(number(v) for v in values)


def box(*size):
    return f'<box size="{triple(size)}"/>'


def cylinder(radius, length):
    return f'<cylinder radius="{number(radius)}" length="{number(length)}"/>'


def capsule(radius, length):
    return f'<capsule radius="{number(radius)}" length="{number(length)}"/>'


def sphere(radius):
    return f'<sphere radius="{number(radius)}"/>'


def mesh(name, scale=None):
    return (f'<mesh filename="{name}"/>' if scale is None else
            f'<mesh filename="{name}" scale="{triple(scale)}"/>')


class Link:
    """One link: shapes in its frame, mass, contact parameters."""

    def __init__(self, name, mass=None, friction=None, rolling=1e-4, inertia_scaling=3.0,
                 com=(0, 0, 0), com_rpy=(0, 0, 0)):
        self.name, self.mass, self.com, self.com_rpy = name, mass, com, com_rpy
        self.friction, self.rolling, self.inertia_scaling = friction, rolling, inertia_scaling
        self.shapes = []

    def add(self, kind, geometry, xyz=(0, 0, 0), rpy=(0, 0, 0), color=None):
        self.shapes.append((kind, geometry, xyz, rpy, color))
        return self

    def visual(self, geometry, color, xyz=(0, 0, 0), rpy=(0, 0, 0)):
        return self.add("visual", geometry, xyz, rpy, color)

    def collision(self, geometry, xyz=(0, 0, 0), rpy=(0, 0, 0)):
        return self.add("collision", geometry, xyz, rpy)

    def solid(self, geometry, color, xyz=(0, 0, 0), rpy=(0, 0, 0)):
        return self.visual(geometry, color, xyz, rpy).collision(geometry, xyz, rpy)

    def lines(self):
        yield f'  <link name="{self.name}">'
        contact = []
        if self.friction is not None:
            contact.append(f'<lateral_friction value="{number(self.friction)}"/>')
        if self.rolling is not None:
            contact.append(f'<rolling_friction value="{number(self.rolling)}"/>')
        if self.inertia_scaling is not None:
            contact.append(f'<inertia_scaling value="{number(self.inertia_scaling)}"/>')
        if contact:
            yield f'    <contact>{"".join(contact)}</contact>'
        if self.mass is not None:
            yield (f'    <inertial><origin xyz="{triple(self.com)}" rpy="{triple(self.com_rpy)}"/>'
                   f'<mass value="{number(self.mass)}"/>'
                   '<inertia ixx="1" ixy="0" ixz="0" iyy="1" iyz="0" izz="1"/></inertial>')
        for index, (kind, geometry, xyz, rpy, color) in enumerate(self.shapes):
            yield f"    <{kind}>"
            if tuple(xyz) != (0, 0, 0) or tuple(rpy) != (0, 0, 0):
                yield f'      <origin xyz="{triple(xyz)}" rpy="{triple(rpy)}"/>'
            yield f"      <geometry>{geometry}</geometry>"
            if color is not None:
                yield (f'      <material name="{self.name}_{index}">'
                       f'<color rgba="{triple(color)} 1"/></material>')
            yield f"    </{kind}>"
        yield "  </link>"


class Joint:
    def __init__(self, name, kind, parent, child, xyz=(0, 0, 0), rpy=(0, 0, 0), axis=None,
                 limit=None):
        self.name, self.kind, self.parent, self.child = name, kind, parent, child
        self.xyz, self.rpy, self.axis, self.limit = xyz, rpy, axis, limit

    def lines(self):
        yield f'  <joint name="{self.name}" type="{self.kind}">'
        yield f'    <parent link="{self.parent}"/><child link="{self.child}"/>'
        yield f'    <origin xyz="{triple(self.xyz)}" rpy="{triple(self.rpy)}"/>'
        if self.axis:
            yield f'    <axis xyz="{triple(self.axis)}"/>'
        if self.limit:
            low, high, effort, velocity = self.limit
            yield (f'    <limit lower="{number(low)}" upper="{number(high)}" '
                   f'effort="{number(effort)}" velocity="{number(velocity)}"/>')
        yield "  </joint>"


OUTPUT = None


def write(path, text):
    path = os.path.join(OUTPUT, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def robot(path, *parts):
    name = os.path.splitext(os.path.basename(path))[0]
    lines = ['<?xml version="1.0"?>', f'<robot name="{name}">']
    for part in parts:
        lines.extend(part.lines())
    lines.append("</robot>")
    write(path, "\n".join(lines) + "\n")


# ---- meshes -------------------------------------------------------------------------------------


class Obj:
    """A triangle mesh in groups; every group is one convex piece where it is a collision mesh."""

    def __init__(self, comment):
        self.lines_, self.count = [f"# {comment}"], 0

    def group(self, name, vertices, triangles):
        self.lines_.append(f"o {name}")
        self.lines_ += [f"v {x:.6f} {y:.6f} {z:.6f}" for x, y, z in vertices]
        self.lines_ += ["f " + " ".join(str(i + 1 + self.count) for i in t) for t in triangles]
        self.count += len(vertices)

    def write(self, path):
        write(path, "\n".join(self.lines_) + "\n")


def lathe(profile, segments, center=(0.0, 0.0)):
    """Surface of revolution of a (radius, z) polyline, ordered so that the outside is right of
    the walking direction when z points up (bottom to top on the outer side)."""
    vertices, triangles, rings = [], [], []
    for radius, z in profile:
        if radius == 0:
            rings.append([len(vertices)] * segments)
            vertices.append((center[0], center[1], z))
            continue
        rings.append([len(vertices) + i for i in range(segments)])
        for i in range(segments):
            angle = 2 * math.pi * i / segments
            vertices.append((center[0] + radius * math.cos(angle),
                             center[1] + radius * math.sin(angle), z))
    for lower, upper in zip(rings, rings[1:]):
        for i in range(segments):
            j = (i + 1) % segments
            if lower[i] != lower[j]:
                triangles.append((lower[i], lower[j], upper[j]))
            if upper[i] != upper[j]:
                triangles.append((lower[i], upper[j], upper[i]))
    return vertices, triangles


def wedge(inner_bottom, outer_bottom, inner_top, outer_top, z0, z1, start, stop, steps,
          center=(0.0, 0.0)):
    """Closed piece of a ring between two angles; radii at the bottom z0 and at the top z1."""
    vertices, triangles = [], []
    for k in range(steps + 1):
        angle = start + (stop - start) * k / steps
        for radius, z in ((inner_bottom, z0), (outer_bottom, z0), (outer_top, z1), (inner_top, z1)):
            vertices.append((center[0] + radius * math.cos(angle),
                             center[1] + radius * math.sin(angle), z))
    for k in range(steps):
        a, b = 4 * k, 4 * (k + 1)
        for i in range(4):
            j = (i + 1) % 4
            triangles += [(a + i, b + i, b + j), (a + i, b + j, a + j)]
    last = 4 * steps
    triangles += [(0, 1, 2), (0, 2, 3), (last, last + 2, last + 1), (last, last + 3, last + 2)]
    return vertices, [t[::-1] for t in triangles]


# ---- robot --------------------------------------------------------------------------------------


def make_ur5():
    along_y = (math.pi / 2, 0, 0)
    # Plain cylinders and capsules with the extents of the real arm's parts.
    base = Link("base_link", mass=4.0, rolling=None, inertia_scaling=None)
    base.visual(cylinder(0.0735, 0.024), LIGHT_METAL, (0, 0, 0.012))
    shoulder = Link("shoulder_link", 3.7, rolling=None, inertia_scaling=None)
    shoulder.visual(cylinder(0.0595, 0.134), DARK_METAL)
    upper = Link("upper_arm_link", 8.393, rolling=None, inertia_scaling=None, com=(0, 0, 0.28))
    upper.visual(cylinder(0.0595, 0.134), LIGHT_METAL, (0, 0, 0), along_y)
    upper.visual(capsule(0.045, 0.425), LIGHT_METAL, (0, 0, 0.2125))
    upper.visual(cylinder(0.0595, 0.134), LIGHT_METAL, (0, 0, 0.425), along_y)
    forearm = Link("forearm_link", 2.275, rolling=None, inertia_scaling=None, com=(0, 0, 0.25))
    forearm.visual(cylinder(0.058, 0.112), DARK_METAL, (0, 0, 0), along_y)
    forearm.visual(capsule(0.038, 0.39225), DARK_METAL, (0, 0, 0.196125))
    wrist1 = Link("wrist_1_link", 1.219, rolling=None, inertia_scaling=None)
    wrist1.visual(cylinder(0.039, 0.105), LIGHT_METAL, (0, 0.093, 0))
    wrist1.visual(cylinder(0.039, 0.085), LIGHT_METAL, (0, 0.0505, 0), along_y)
    wrist2 = Link("wrist_2_link", 1.219, rolling=None, inertia_scaling=None)
    wrist2.visual(cylinder(0.039, 0.105), DARK_METAL, (0, 0, 0.09465), along_y)
    wrist2.visual(cylinder(0.039, 0.084), DARK_METAL, (0, 0, 0.05265))
    wrist3 = Link("wrist_3_link", 0.1879, rolling=None, inertia_scaling=None)
    wrist3.visual(cylinder(0.038, 0.035), LIGHT_METAL, (0, 0.0645, 0), along_y)
    wrist3.collision(cylinder(0.038, 0.0345), (0, 0.0645, 0), along_y)
    tool0 = Link("tool0", rolling=None, inertia_scaling=None, mass=0.0)
    # End-effector poses are given for this inertial frame: the identity points straight down.
    tip = Link("tool_tip", rolling=None, inertia_scaling=None, mass=0.0,
               com_rpy=(math.pi, 0, -math.pi / 2))
    two_pi = 2 * math.pi

    def revolute(name, parent, child, xyz, rpy, axis, bound, effort, velocity):
        return Joint(name, "revolute", parent, child, xyz, rpy, axis,
                     (-bound, bound, effort, velocity))

    robot(
        "ur5/ur5.urdf", Link("world", rolling=None, inertia_scaling=None, mass=0.0), base,
        Joint("base_joint", "fixed", "world", "base_link", rpy=(0, 0, math.pi)), shoulder,
        revolute("shoulder_pan_joint", "base_link", "shoulder_link", (0, 0, 0.089159), (0, 0, 0),
                 (0, 0, 1), two_pi, 150, 3.15), upper,
        revolute("shoulder_lift_joint", "shoulder_link", "upper_arm_link", (0, 0.13585, 0),
                 (0, math.pi / 2, 0), (0, 1, 0), two_pi, 150, 3.15), forearm,
        revolute("elbow_joint", "upper_arm_link", "forearm_link", (0, -0.1197, 0.425), (0, 0, 0),
                 (0, 1, 0), math.pi, 150, 3.15), wrist1,
        revolute("wrist_1_joint", "forearm_link", "wrist_1_link", (0, 0, 0.39225),
                 (0, math.pi / 2, 0), (0, 1, 0), two_pi, 28, 3.2), wrist2,
        revolute("wrist_2_joint", "wrist_1_link", "wrist_2_link", (0, 0.093, 0), (0, 0, 0),
                 (0, 0, 1), two_pi, 28, 3.2), wrist3,
        revolute("wrist_3_joint", "wrist_2_link", "wrist_3_link", (0, 0, 0.09465), (0, 0, 0),
                 (0, 1, 0), two_pi, 28, 3.2), tool0,
        Joint("tool0_joint", "fixed", "wrist_3_link", "tool0", (0, 0.0823, 0),
              (-math.pi / 2, 0, 0)), tip,
        Joint("tool_tip_joint", "fixed", "tool0", "tool_tip", (0, 0, 0.12)))

    # What of the moving arm can touch something, in the frame of tool0.
    hand = Link("hand", rolling=None, inertia_scaling=None, mass=0.0)
    hand.collision(cylinder(0.038, 0.0345), (0, 0, 0.0645 - 0.0823))
    robot("ur5/hand.urdf", hand)


def make_grippers():
    base = Link("base", 0.1, 1.0)
    base.visual(cylinder(0.038, 0.025), DARK_METAL, (0, 0, 0.0125))
    middle = Link("mid", 0.1, 1.0)
    middle.visual(cylinder(0.038, 0.036), DARK_METAL, (0, 0, 0.018))
    middle.visual(box(0.026, 0.026, 0.078), DARK_METAL, (0, 0, 0.039))
    robot("ur5/suction/suction_base.urdf", base, middle,
          Joint("mid_joint", "fixed", "base", "mid", (0, 0, 0.025)))

    head = Link("head", 0.1, 1.0)
    head.solid(cylinder(0.005, 0.030), DARK_METAL, (0, 0, 0.015))
    tip = Link("tip", 0.1, 1.0)
    tip.visual(mesh("cup.obj"), CUP_BLUE)
    tip.collision(cylinder(0.001, 0.028))
    robot("ur5/suction/suction_head.urdf", head, tip,
          Joint("tip_joint", "fixed", "head", "tip", (0, 0, 0.029)))
    # Bellows: narrow at the head, 10 mm radius at the widest fold, 14.5 mm high.
    cup = Obj("suction cup: bellows of 10 mm radius, 14.5 mm high")
    folds = [(0, 0), (0.0021, 0), (0.0060, 0.0016), (0.0040, 0.0036), (0.0080, 0.0058),
             (0.0055, 0.0080), (0.0100, 0.0108), (0.0075, 0.0128), (0.0085, 0.0145), (0, 0.0145)]
    cup.group("cup", *lathe(folds, 24))
    cup.write("ur5/suction/cup.obj")

    spatula_base = Link("base", 0.1, 1.0)
    spatula_base.visual(cylinder(0.038, 0.025), LIGHT_METAL, (0, 0, 0.0125))
    blade = Link("blade", 0.1, 1.0)
    blade.solid(box(0.05, 0.005, 0.11), LIGHT_METAL, (0, 0, 0.075))
    blade.solid(box(0.05, 0.005, 0.005), LIGHT_METAL, (0, 0, 0.1325))
    robot("ur5/spatula/spatula.urdf", spatula_base, blade,
          Joint("blade_joint", "fixed", "base", "blade"))


# ---- scene --------------------------------------------------------------------------------------


def make_scene():
    plane = Link("plane", 0.0, 1.0, rolling=None, inertia_scaling=None)
    plane.visual(box(200, 200, 0.01), (1, 1, 1), (0, 0, -0.005))
    plane.collision(box(200, 200, 10), (0, 0, -5))
    robot("plane/plane.urdf", plane)

    # The top is 50 micrometres above z = 0, so that rounding of depth never drops the table out
    # of a workspace that begins at z = 0.
    plate = Link("plate", 0.0, rolling=None, inertia_scaling=None)
    plate.visual(box(0.501, 0.999, 0.0001), DARK_METAL)
    robot("workspace/workspace.urdf", plate)

    zone = Link("zone", 0.0, rolling=None, inertia_scaling=None)
    for sign in (-1, 1):
        zone.visual(box(0.12, 0.006, 0.001), PURE_GREEN, (0, sign * 0.057, 0.0005))
        zone.visual(box(0.006, 0.108, 0.001), PURE_GREEN, (sign * 0.057, 0, 0.0005))
    robot("zone/zone.urdf", zone)


def make_blocks():
    def cube(path, edge, mass, friction):
        robot(path, Link("block", mass, friction).solid(box(edge, edge, edge), RED))

    cube("block/block.urdf", 0.04, 0.1, 1.0)
    cube("block/small.urdf", 0.01, 0.001, 0.5)
    cube("stacking/block.urdf", 0.04, 0.01, 1.0)
    robot("box/box-template.urdf", Link("box", 0.1, 1.0).solid(box("DIM0", "DIM1", "DIM2"), RED))

    # L-shaped block; the origin is the centre of the inner corner's square.
    ell = Link("ell", 0.1, 0.3)
    ell.solid(box(0.08, 0.03, 0.04), RED, (0.025, 0, 0))
    ell.solid(box(0.03, 0.08, 0.0399), RED, (0, 0.025, 0))
    robot("insertion/ell.urdf", ell)

    # The frame it goes into: 2 mm walls, 9 mm of play on each side, and a pad that has no visual.
    fixture = Link("fixture", 0.1, 0.3)
    for xy, size in (((0.025, -0.025), (0.1, 0.002)), ((0, 0.075), (0.05, 0.002)),
                     ((0.05, 0.025), (0.05, 0.002)), ((-0.025, 0.025), (0.002, 0.105)),
                     ((0.025, 0.05), (0.002, 0.055)), ((0.075, 0), (0.002, 0.055))):
        fixture.solid(box(*size, 0.04), GRAY, (*xy, 0))
    fixture.collision(box(0.02, 0.02, 0.001), (0, 0, -0.02))
    robot("insertion/fixture.urdf", fixture)

    corner = Link("corner", 0.0, rolling=None, inertia_scaling=None)
    corner.visual(box(0.055, 0.005, 0.001), PURE_GREEN, ("DIMX0", "DIMY0", 0.0005))
    corner.visual(box(0.005, 0.055, 0.001), PURE_GREEN, ("DIMX1", "DIMY1", 0.0005))
    robot("corner/corner-template.urdf", corner)

    stand = Link("stand", 0.1, 1.0).solid(box(0.05, 0.05, 0.005), BROWN)
    light = Link("light", 0.1).solid(box(0.05, 0.05, 0.005), LIGHT_BROWN)
    dark = Link("dark", 0.1).solid(box(0.05, 0.05, 0.005), DARK_BROWN)
    robot("stacking/stand.urdf", stand, light, dark,
          Joint("light_joint", "fixed", "stand", "light", (0, -0.05, 0)),
          Joint("dark_joint", "fixed", "stand", "dark", (0, 0.05, 0)))


def make_containers():
    container = Link("container", 0.1, 0.3)
    container.solid(box("DIM0", "DIM1", 0.002), BROWN, (0, 0, "-HALF2"))
    for sign in ("", "-"):
        container.solid(box("DIM0", 0.002, "DIM2"), BROWN, (0, f"{sign}HALF1", 0))
        container.solid(box(0.002, "DIM1", "DIM2"), BROWN, (f"{sign}HALF0", 0, 0))
    robot("container/container-template.urdf", container)

    pallet = Link("pallet", 0.1, 1.0)
    widths = (0.035, 0.025, 0.025, 0.025, 0.025, 0.025, 0.035)
    for z in (-0.01625, 0.01625):
        x = -0.15
        for width in widths:
            pallet.visual(box(width, 0.25, 0.005), PALLET, (x + width / 2, 0, z))
            x += width + 0.0175
    for y in (-0.12, 0, 0.12):
        pallet.visual(box(0.30, 0.010, 0.0275), PALLET, (0, y, 0))
    pallet.collision(box(0.30, 0.25, 0.0375))
    robot("pallet/pallet.urdf", pallet)

    # The bowl's axis is not at the body's origin; the centre of mass is at neither.
    axis, com = (-0.0247, 0.0082), (-0.01, 0, 0.02)
    bowl = Link("bowl", 0.1, 1.0, rolling=None, com=com)
    bowl.visual(mesh("bowl.obj"), GREEN)
    bowl.collision(mesh("bowl_collision.obj"))
    robot("bowl/bowl.urdf", bowl)
    outside = [(0, 0.0001), (0.044, 0.0001), (0.049, 0.0146), (0.052, 0.024), (0.057, 0.0347)]
    inside = [(0.052, 0.0347), (0.047, 0.024), (0.044, 0.0146), (0.036, 0.0080), (0.024, 0.0063),
              (0, 0.0061)]
    shape = Obj("bowl: solid of revolution")
    shape.group("bowl", *lathe(outside + inside, 48, axis))
    shape.write("bowl/bowl.obj")
    pieces = Obj("bowl: floor disc and 10 wall pieces, each convex")
    pieces.group("floor", *lathe([(0, 0.0001), (0.044, 0.0001), (0.046, 0.0080), (0, 0.0080)], 24,
                                 axis))
    # The walls begin above the ground: the floor alone carries the bowl.
    for i in range(10):
        start = 2 * math.pi * i / 10
        pieces.group(f"wall{i}", *wedge(0.0400, 0.0454, 0.0520, 0.0570, 0.0040, 0.0347, start,
                                        start + 2 * math.pi / 10, 2, axis))
    pieces.write("bowl/bowl_collision.obj")


def make_hanoi():
    stand = Link("stand", 0.1).solid(box(0.12, 0.12, 0.01), BROWN)
    light = Link("light", 0.1).solid(box(0.12, 0.12, 0.01), LIGHT_BROWN)
    dark = Link("dark", 0.1).solid(box(0.12, 0.12, 0.01), DARK_BROWN)
    joints = [Joint("light_joint", "fixed", "stand", "light", (0, -0.12, 0)),
              Joint("dark_joint", "fixed", "stand", "dark", (0, 0.12, 0))]
    pegs = []
    for index, y in enumerate((-0.12, 0, 0.12)):
        pegs.append(Link(f"peg{index}", 0.1).solid(cylinder(0.005, 0.05), BROWN))
        joints.append(Joint(f"peg{index}_joint", "fixed", "stand", f"peg{index}", (0, y, 0.03)))
    robot("hanoi/stand.urdf", stand, light, dark, *pegs, *joints)

    # Rings, 1 cm thick; every 45-degree sector is convex for collisions.
    inner, half = 0.015, 0.005
    for index, (outer, color) in enumerate(((0.030, RED), (0.035, YELLOW), (0.040, GREEN))):
        disk = Link("disk", 0.1, 1.0)
        disk.visual(mesh(f"disk{index}.obj"), color)
        disk.collision(mesh(f"disk{index}_collision.obj"))
        robot(f"hanoi/disk{index}.urdf", disk)
        ring = Obj(f"ring: radii {inner} and {outer}, thickness {2 * half}")
        ring.group("ring", *lathe([(outer, -half), (outer, half), (inner, half), (inner, -half),
                                   (outer, -half)], 48))
        ring.write(f"hanoi/disk{index}.obj")
        sectors = Obj("ring: 8 sectors")
        for i in range(8):
            sectors.group(f"sector{i}", *wedge(inner, outer, inner, outer, -half, half,
                                               i * math.pi / 4, (i + 1) * math.pi / 4, 3))
        sectors.write(f"hanoi/disk{index}_collision.obj")


def make_kits():
    robot("kitting/kit.urdf", Link("kit", 0.1, 1.0).solid(box(0.28, 0.20, 0.005), BROWN))
    # SHAPE is the shape's number; one group a mesh, so that its convex hull is what collides.
    shape = Link("object", 0.1, 1.0)
    shape.solid(mesh("SHAPE.obj", ("SCALE0", "SCALE1", "SCALE2")), RED)
    robot("kitting/object-template.urdf", shape)
    for index, (name, (outline, holes), size) in enumerate(kit_shapes.SHAPES):
        kit_shapes.check(name, outline, holes, size)
        prism = Obj(f"{name}; units are scaled when the model is loaded")
        prism.group("shape", *kit_shapes.extruded(outline, holes, 20))
        prism.write(f"kitting/{index}.obj")


def make_ropes():
    # Boxes touch, spheres are seen. Friction, rolling and inertia are the engine's defaults.
    bead = Link("bead", 0.1, rolling=None, inertia_scaling=None)
    bead.visual(sphere(0.0075), RED).collision(box(0.01, 0.01, 0.01))
    robot("rope/bead.urdf", bead)

    # Strips on the table, 1 cm wide and 1 mm high, along one to four sides of a rectangle.
    sides = (((0, "-HALF1"), ("DIM0", 0.01)), (("-HALF0", 0), (0.01, "DIM1")),
             (("HALF0", 0), (0.01, "DIM1")), ((0, "HALF1"), ("DIM0", 0.01)))
    for number_of_sides in (1, 2, 3, 4):
        target = Link("target", 0.0, rolling=None, inertia_scaling=None)
        for xy, size in sides[:number_of_sides]:
            target.visual(box(*size, 0.001), PURE_GREEN, (*xy, 0.0005))
        robot(f"rope/sides{number_of_sides}-template.urdf", target)

    # Marks where the beads of a ring belong.
    ring = Link("target", 0.0, rolling=None, inertia_scaling=None)
    for i in range(32):
        angle = 2 * math.pi * i / 32
        ring.visual(box(0.003, 0.003, 0.001), PURE_GREEN,
                    (0.075 * math.cos(angle), 0.075 * math.sin(angle), 0.0005))
    robot("rope/ring.urdf", ring)


def main():
    global OUTPUT
    here = os.path.dirname(os.path.abspath(__file__))
    OUTPUT = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(here)
    make_ur5()
    make_grippers()
    make_scene()
    make_blocks()
    make_containers()
    make_hanoi()
    make_kits()
    make_ropes()


if __name__ == "__main__":
    main()
