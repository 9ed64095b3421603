"""AntBulletEnv-v0 in PyBullet, with its own model and its calls, beside ours.

Usage: ant_bullet_peer.py episode CALLS.json   {"joints", "actions", "episodes_before"} ->
                                               every result and pose
       ant_bullet_peer.py speed STEPS          steps per second of processor time

The environment's Python needs the package gym, which is no longer maintained; here are its calls
of PyBullet and its formulas.
"""

import json
import os
import sys
import time

import numpy as np
import pybullet as p
import pybullet_data


class Peer:
    def __init__(self):
        data = pybullet_data.getDataPath()
        p.connect(p.DIRECT)
        p.resetSimulation()
        p.setPhysicsEngineParameter(deterministicOverlappingPairs=1)
        self.timestep, self.frame_skip = 0.0165 / 4, 4
        self.dt = self.timestep * self.frame_skip
        self.configure()
        self.floor = p.loadSDF(os.path.join(data, "plane_stadium.sdf"))[0]
        p.changeDynamics(self.floor, -1, lateralFriction=0.8, restitution=0.5)
        flags = (p.URDF_USE_SELF_COLLISION | p.URDF_USE_SELF_COLLISION_EXCLUDE_ALL_PARENTS
                 | p.URDF_GOOGLEY_UNDEFINED_COLORS)
        self.ant = p.loadMJCF(os.path.join(data, "mjcf", "ant.xml"), flags=flags)[0]
        self.joints, self.feet, self.saved = [], [], None
        for j in range(p.getNumJoints(self.ant)):
            p.setJointMotorControl2(self.ant, j, p.POSITION_CONTROL, positionGain=0.1,
                                    velocityGain=0.1, force=0)
            info = p.getJointInfo(self.ant, j)
            if not info[1].startswith(b"jointfix"):
                self.joints.append((j, info[8], info[9]))
            if info[12].endswith(b"_foot"):
                self.feet.append(j)

    def configure(self):
        p.setGravity(0, 0, -9.8)
        p.setDefaultContactERP(0.9)
        p.setPhysicsEngineParameter(fixedTimeStep=self.timestep * self.frame_skip,
                                    numSolverIterations=5, numSubSteps=self.frame_skip)

    def reset(self, joints):
        # Every episode but the first begins with the world of the first reset.
        if self.saved is not None:
            p.restoreState(self.saved)
            self.configure()
        for (j, _, _), q in zip(self.joints, joints):
            p.resetJointState(self.ant, j, targetValue=q, targetVelocity=0)
            p.setJointMotorControl2(self.ant, j, controlMode=p.POSITION_CONTROL, targetPosition=0,
                                    targetVelocity=0, positionGain=0.1, velocityGain=0.1, force=0)
        self.contact = np.zeros(4, dtype=np.float32)
        self.initial_z = None
        observation = self.observe()
        self.potential = -self.distance / self.dt
        if self.saved is None:
            self.saved = p.saveState()
        return observation

    def observe(self):
        places = []
        for j, low, high in self.joints:
            q, v, _, _ = p.getJointState(self.ant, j)
            places.append((2 * (q - 0.5 * (low + high)) / (high - low), 0.1 * v))
        places = np.array(places, dtype=np.float32).flatten()
        self.speeds = places[1::2]
        self.at_limit = np.count_nonzero(np.abs(places[0::2]) > 0.99)
        torso, rotation = p.getBasePositionAndOrientation(self.ant)
        links = [p.getLinkState(self.ant, j)[0] for j in range(p.getNumJoints(self.ant))]
        floor = p.getBasePositionAndOrientation(self.floor)[0]
        parts = np.array([links[0], torso] + links[1:] + [floor]).flatten()
        x, y, z = parts[0::3].mean(), parts[1::3].mean(), torso[2]
        if self.initial_z is None:
            self.initial_z = z
        roll, pitch, yaw = p.getEulerFromQuaternion(rotation)
        bearing = np.arctan2(-y, 1e3 - x) - yaw
        self.distance = np.linalg.norm([-y, 1e3 - x])
        turn = np.array([[np.cos(-yaw), -np.sin(-yaw), 0], [np.sin(-yaw), np.cos(-yaw), 0],
                         [0, 0, 1]])
        vx, vy, vz = np.dot(turn, p.getBaseVelocity(self.ant)[0])
        more = np.array([z - self.initial_z, np.sin(bearing), np.cos(bearing), 0.3 * vx, 0.3 * vy,
                         0.3 * vz, roll, pitch], dtype=np.float32)
        return np.clip(np.concatenate([more, places, self.contact]), -5, +5)

    def step(self, action):
        for (j, _, _), a in zip(self.joints, action):
            p.setJointMotorControl2(bodyIndex=self.ant, jointIndex=j, controlMode=p.TORQUE_CONTROL,
                                    force=2.5 * 100.0 * float(np.clip(a, -1, +1)))
        p.stepSimulation()
        state = self.observe()
        alive = float(+1 if state[0] + self.initial_z > 0.26 else -1)
        before, self.potential = self.potential, -self.distance / self.dt
        for i, foot in enumerate(self.feet):
            touched = {(c[2], c[4]) for c in p.getContactPoints(self.ant, -1, foot, -1)}
            self.contact[i] = 1.0 if (self.floor, -1) in touched else 0.0
        electricity = -2.0 * float(np.abs(action * self.speeds).mean())
        electricity += -0.1 * float(np.square(action).mean())
        rewards = [alive, float(self.potential - before), electricity,
                   float(-0.1 * self.at_limit), 0.0]
        return state, rewards, alive < 0

    def pose(self):
        position, rotation = p.getBasePositionAndOrientation(self.ant)
        joints = [p.getJointState(self.ant, j)[0] for j, _, _ in self.joints]
        return list(position) + list(rotation) + joints


def episode(calls):
    peer = Peer()
    if calls["episodes_before"]:
        peer.reset([0.05] * 8)
        for action in calls["actions"]:
            peer.step(-np.array(action, dtype=np.float32))
    out = {"reset": peer.reset(calls["joints"]).tolist(), "steps": []}
    for action in calls["actions"]:
        observation, rewards, done = peer.step(np.array(action, dtype=np.float32))
        out["steps"].append({"observation": observation.tolist(), "rewards": rewards,
                             "reward": sum(rewards), "terminated": bool(done),
                             "pose": peer.pose()})
    return out


def speed(steps):
    peer = Peer()
    peer.reset([0.05] * 8)
    actions = np.random.default_rng(0).uniform(-1, 1, (steps, 8)).astype(np.float32)
    begin = time.process_time()
    for action in actions:
        peer.step(action)
    return steps / (time.process_time() - begin)


if __name__ == "__main__":
    if sys.argv[1] == "episode":
        with open(sys.argv[2], encoding="utf-8") as file:
            result = episode(json.load(file))
    else:
        result = {"steps_per_s": speed(int(sys.argv[2]))}
    print("RESULT" + json.dumps(result))
