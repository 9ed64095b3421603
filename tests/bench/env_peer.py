"""Block insertion with a scripted oracle in Python, PyBullet and NumPy, for `rookery bench env`.

What the published Python environment does in an episode, written plainly: the tabletop with a
UR5 and a suction gripper is loaded anew, a block and a fixture are put at free places found with
an image from above, the scripted oracle picks and places, and every observation is three 640x480
camera images fused to a heightmap. Physics at 480 Hz. Images and point clouds are processed with
vectorised NumPy throughout.

Speaks the protocol of apps/peer.h. Requests:
  {"command": "setup", "assets": folder} -> {}
  {"command": "episodes", "count": n, "seed": s} -> {"seconds": per episode, "physics_steps",
   "renders", "actions", "score": means per episode, "stages": {name: seconds per episode}}
"""

import contextlib
import os
import time

from peer_protocol import say, serve
from render_peer import VERSIONS, convert, draw, np, p

HZ = 480
LOW = np.array([0.25, -0.5, 0.0])
HIGH = np.array([0.75, 0.5, 0.28])
ORACLE_HIGH = np.array([0.75, 0.5, 0.3])
PIXEL = 0.003125
ROWS, COLUMNS = 320, 160
HOME = np.pi * np.array([-1, -0.5, 0.5, -0.5, -0.5, 0])
NO_TURN = (0.0, 0.0, 0.0, 1.0)


def camera(position, euler, focal, near, far):
    return {"position": position, "orientation": p.getQuaternionFromEuler(euler),
            "width": 640, "height": 480, "fx": focal, "fy": focal, "near": near, "far": far}


CAMERAS = [camera((1, 0, 0.75), (np.pi / 4, np.pi, -np.pi / 2), 450, 0.01, 10),
           camera((0, 0.5, 0.75), (np.pi / 4.5, np.pi, np.pi / 4), 450, 0.01, 10),
           camera((0, -0.5, 0.75), (np.pi / 4.5, np.pi, 3 * np.pi / 4), 450, 0.01, 10)]
ORACLE_CAMERA = camera((0.5, 0, 1000), (0, np.pi, -np.pi / 2), 63e4, 999.7, 1001)


# Images ------------------------------------------------------------------------------------------


def point_cloud(depth, view):
    """(h, w, 3) points in the world frame."""
    height, width = depth.shape
    column, row = np.meshgrid(np.arange(width), np.arange(height))
    points = np.empty((height, width, 3), dtype=np.float32)
    points[:, :, 0] = (column - width / 2) * (depth / view["fx"])
    points[:, :, 1] = (row - height / 2) * (depth / view["fy"])
    points[:, :, 2] = depth
    rotation = np.array(p.getMatrixFromQuaternion(view["orientation"])).reshape(3, 3)
    return points @ rotation.T + np.array(view["position"])


def heightmap(points, colors, high):
    """Heights (rows, columns) float32 and colours (rows, columns, c) uint8: highest point wins."""
    heights = np.zeros((ROWS, COLUMNS), dtype=np.float32)
    image = np.zeros((ROWS, COLUMNS, colors.shape[-1]), dtype=np.uint8)
    inside = np.all((points >= LOW) & (points < high), axis=-1)
    points, colors = points[inside], colors[inside]
    order = np.argsort(points[:, 2])
    points, colors = points[order], colors[order]
    column = np.clip(np.int32((points[:, 0] - LOW[0]) / PIXEL), 0, COLUMNS - 1)
    row = np.clip(np.int32((points[:, 1] - LOW[1]) / PIXEL), 0, ROWS - 1)
    heights[row, column] = points[:, 2] - LOW[2]
    image[row, column] = colors
    return heights, image


def fuse(heights, images):
    images = np.float32(images)
    seen = np.sum(np.sum(images, axis=3) > 0, axis=0)
    color = np.sum(images, axis=0) / np.maximum(seen, 1)[:, :, None]
    return np.max(heights, axis=0), np.uint8(np.round(color))


def erode(free, n):
    """0 wherever the n x n square about a pixel covers a 0; outside the image is free."""
    before = n // 2
    blocked = np.pad(free == 0, ((before, n - 1 - before),) * 2).astype(np.int32)
    total = np.pad(blocked.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    covered = total[n:, n:] - total[:-n, n:] - total[n:, :-n] + total[:-n, :-n]
    return covered == 0


# The world ---------------------------------------------------------------------------------------


def multiply(a, b):
    return p.multiplyTransforms(a[0], a[1], b[0], b[1])


def yaw_of(rotation):
    return p.getEulerFromQuaternion(rotation)[2]


class Tabletop:
    """The robot, its gripper, its motions and its cameras."""

    def __init__(self, assets):
        self.assets = assets
        self.stages = {}
        self.physics_steps = self.renders = 0

    @contextlib.contextmanager
    def stage(self, name):
        start = time.perf_counter()
        yield
        self.stages[name] = self.stages.get(name, 0.0) + time.perf_counter() - start

    def load(self, urdf, position=(0, 0, 0), rotation=NO_TURN, fixed=False):
        return p.loadURDF(os.path.join(self.assets, urdf), position, rotation, useFixedBase=fixed)

    def load_scene(self):
        p.resetSimulation(p.RESET_USE_DEFORMABLE_WORLD)
        p.setGravity(0, 0, -9.8)
        p.setTimeStep(1.0 / HZ)
        self.rigid, self.fixed = [], []
        self.load("plane/plane.urdf", (0, 0, -0.001))
        self.load("workspace/workspace.urdf", (0.5, 0, 0))
        self.arm = self.load("ur5/ur5.urdf")
        infos = [p.getJointInfo(self.arm, i) for i in range(p.getNumJoints(self.arm))]
        self.joints = [info[0] for info in infos if info[2] == p.JOINT_REVOLUTE]
        links = {info[12].decode(): info[0] for info in infos}
        self.tip_link = links["tool_tip"]
        for joint, angle in zip(self.joints, HOME):
            p.resetJointState(self.arm, joint, angle)
        # At home the commanded rotation is the identity.
        self.from_command = p.getLinkState(self.arm, self.tip_link)[1]
        tool = p.getLinkState(self.arm, links["tool0"])[:2]
        base = self.load("ur5/suction/suction_base.urdf", *multiply(tool, ((0, 0, -0.01), NO_TURN)))
        self.head = self.load("ur5/suction/suction_head.urdf",
                              *multiply(tool, ((0, 0, 0.08), NO_TURN)))
        p.createConstraint(self.arm, links["tool0"], base, -1, p.JOINT_FIXED, (0, 0, 0),
                           (0, 0, 0), (0, 0, 0.01))
        hold = p.createConstraint(self.arm, links["tool0"], self.head, -1, p.JOINT_FIXED,
                                  (0, 0, 0), (0, 0, 0), (0, 0, -0.08))
        p.changeConstraint(hold, maxForce=50)
        self.active, self.grasp = False, None

    # Physics and motion

    def step_physics(self):
        p.stepSimulation()
        self.physics_steps += 1

    def settle(self):
        for _ in range(10 * HZ):
            if all(np.linalg.norm(p.getBaseVelocity(i)[0]) < 5e-3 for i in self.rigid):
                return
            self.step_physics()

    def move_joints(self, target, speed):
        """Straight in joint space, `speed` rad a step; False when it takes too long."""
        budget = None
        while True:
            angles = np.array([state[0] for state in p.getJointStates(self.arm, self.joints)])
            error = target - angles
            if np.all(np.abs(error) < 1e-2):
                return True
            length = np.linalg.norm(error)
            if budget is None:
                budget = int(2 * length / speed) + HZ
            if budget == 0:
                return False
            budget -= 1
            p.setJointMotorControlArray(
                self.arm, self.joints, p.POSITION_CONTROL,
                targetPositions=angles + error * (speed / length),
                positionGains=np.ones(len(self.joints)))
            self.step_physics()

    def move(self, pose, speed=0.01):
        rotation = p.multiplyTransforms((0, 0, 0), pose[1], (0, 0, 0), self.from_command)[1]
        angles = np.array(p.calculateInverseKinematics(
            self.arm, self.tip_link, pose[0], rotation,
            lowerLimits=[-3 * np.pi / 2, -2.3562, -17, -17, -17, -17],
            upperLimits=[-np.pi / 2, 0, 17, 17, 17, 17],
            jointRanges=[np.pi, 2.3562, 34, 34, 34, 34],
            restPoses=HOME.tolist(), maxNumIterations=100, residualThreshold=1e-5))
        angles[2:] = (angles[2:] + np.pi) % (2 * np.pi) - np.pi
        return self.move_joints(angles, speed)

    # Suction

    def detect_contact(self):
        if self.grasp is not None:
            points = p.getContactPoints(bodyA=self.held)
            return any(point[2] != self.head for point in points)
        return bool(p.getContactPoints(bodyA=self.head, linkIndexA=0))

    def activate(self):
        points = p.getContactPoints(bodyA=self.head, linkIndexA=0)
        if self.active or not points:
            return
        body, link = points[-1][2], points[-1][4]
        if body in self.rigid:
            tip = p.getLinkState(self.head, 0)
            to_tip = p.invertTransform(tip[0], tip[1])
            relative = multiply(to_tip, p.getBasePositionAndOrientation(body))
            self.grasp = p.createConstraint(
                self.head, 0, body, link, p.JOINT_FIXED, (0, 0, 0), relative[0], (0, 0, 0),
                relative[1])
            self.held = body
        self.active = True

    def release(self):
        if self.active and self.grasp is not None:
            p.removeConstraint(self.grasp)
        self.active, self.grasp = False, None

    def descend(self, pose):
        while not self.detect_contact():
            pose = multiply(pose, ((0, 0, -0.001), NO_TURN))
            if not self.move(pose):
                return False
        return True

    def pick_place(self, pick, place):
        above = ((0, 0, 0.32), NO_TURN)
        before = multiply(pick, above)
        if not self.move(before) or not self.descend(before):
            return False
        self.activate()
        ok = self.move(before)
        if self.grasp is None:
            self.release()
            return self.move(before) and ok
        over = multiply(place, above)
        if not self.descend(over):
            return False
        self.release()
        return self.move(over) and ok

    # Cameras

    def render(self, view):
        self.renders += 1
        with self.stage("rendering"):
            return convert(view, *draw(view))

    def observe(self):
        frames = [self.render(view) for view in CAMERAS]
        with self.stage("heightmap"):
            maps = [heightmap(point_cloud(depth, view), color, HIGH)
                    for (color, depth, _), view in zip(frames, CAMERAS)]
            height, color = fuse([m[0] for m in maps], [m[1] for m in maps])
        return frames, height, color

    def true_image(self):
        """Heights and body ids from straight above."""
        color, depth, mask = self.render(ORACLE_CAMERA)
        with self.stage("heightmap"):
            colors = np.concatenate((color, mask[:, :, None]), axis=2)
            heights, image = heightmap(point_cloud(depth, ORACLE_CAMERA), colors, ORACLE_HIGH)
        return heights, image[:, :, 3].astype(np.int32)


# The task ----------------------------------------------------------------------------------------


class BlockInsertion:
    SIZE = (0.1, 0.1, 0.04)
    MAX_STEPS = 3

    def __init__(self, world):
        self.world = world

    def random_pose(self, rng):
        _, mask = self.world.true_image()
        with self.world.stage("free places"):
            free = np.ones(mask.shape, dtype=np.uint8)
            for body in self.world.rigid + self.world.fixed:
                free[mask == body] = 0
            free[0, :] = free[-1, :] = free[:, 0] = free[:, -1] = 0
            places = np.flatnonzero(erode(free, int(round(np.hypot(*self.SIZE[:2]) / PIXEL))))
            row, column = np.unravel_index(rng.choice(places), mask.shape)
        yaw = rng.uniform(0, 2 * np.pi)
        return ((LOW[0] + column * PIXEL, LOW[1] + row * PIXEL, self.SIZE[2] / 2),
                p.getQuaternionFromEuler((0, 0, yaw)))

    def reset(self, rng):
        world = self.world
        with world.stage("loading"):
            world.load_scene()
        start = self.random_pose(rng)
        with world.stage("loading"):
            self.block = world.load("insertion/ell.urdf", *start)
        world.rigid.append(self.block)
        self.target = self.random_pose(rng)
        with world.stage("loading"):
            world.fixed.append(world.load("insertion/fixture.urdf", *self.target, fixed=True))

    def solved(self):
        position, rotation = p.getBasePositionAndOrientation(self.block)
        distance = np.linalg.norm(np.subtract(position[:2], self.target[0][:2]))
        turn = abs(yaw_of(rotation) - yaw_of(self.target[1])) % (2 * np.pi)
        return distance < 0.01 and min(turn, 2 * np.pi - turn) < np.radians(15)

    def oracle(self, rng):
        heights, mask = self.world.true_image()
        visible = np.flatnonzero(mask == self.block)
        if len(visible) == 0:
            return None
        row, column = np.unravel_index(rng.choice(visible), mask.shape)
        pick = ((LOW[0] + column * PIXEL, LOW[1] + row * PIXEL, float(heights[row, column])),
                NO_TURN)
        position, rotation = p.getBasePositionAndOrientation(self.block)
        block = (position, p.getQuaternionFromEuler((0, 0, yaw_of(rotation))))
        carry = multiply(p.invertTransform(*block), pick)
        return pick, multiply(self.target, carry)

    def episode(self, seed):
        """The score and the number of actions."""
        world, rng = self.world, np.random.default_rng(seed)
        self.reset(rng)
        with world.stage("settling"):
            world.settle()
        world.observe()
        score = actions = 0
        while actions < self.MAX_STEPS and not score:
            action = self.oracle(rng)
            if action is None:
                break
            actions += 1
            with world.stage("pick and place"):
                in_time = world.pick_place(*action)
            if in_time:
                with world.stage("settling"):
                    world.settle()
                score = int(self.solved())
            world.observe()
            if not in_time:
                break
        return score, actions


class EnvPeer:
    def __init__(self):
        self.world = None

    def setup(self, request):
        self.world = Tabletop(request["assets"])
        return {}

    def episodes(self, request):
        world, count = self.world, request["count"]
        world.stages = {}
        world.physics_steps = world.renders = 0
        task = BlockInsertion(world)
        start = time.perf_counter()
        results = [task.episode(request["seed"] + i) for i in range(count)]
        seconds = (time.perf_counter() - start) / count
        return {"seconds": seconds,
                "physics_steps": world.physics_steps / count,
                "renders": world.renders / count,
                "actions": sum(actions for _, actions in results) / count,
                "score": sum(score for score, _ in results) / count,
                "stages": {name: time_s / count for name, time_s in world.stages.items()}}


def main():
    p.connect(p.DIRECT)
    peer = EnvPeer()
    say({"versions": VERSIONS})
    serve({"setup": peer.setup, "episodes": peer.episodes})


if __name__ == "__main__":
    main()
