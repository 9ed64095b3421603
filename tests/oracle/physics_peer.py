"""Runs a scene description in PyBullet and prints where everything was after every step.

Usage: physics_peer.py SCENE.json
Output: {"poses": [[[x, y, z, qx, qy, qz, qw] of each body] of each step], "contacts": [...]}
"""

import json
import sys

import pybullet as p


def run(scene):
    p.connect(p.DIRECT)
    p.setTimeStep(scene["step_s"])
    p.setGravity(0, 0, -9.8)
    bodies, constraints, poses, contacts = [], [], [], []
    for command in scene["commands"]:
        kind = command["do"]
        if kind == "load":
            bodies.append(p.loadURDF(command["urdf"], command["position"], command["orientation"],
                                     useFixedBase=command["fixed"]))
        elif kind == "constraint":
            joint = p.JOINT_FIXED if command["fixed"] else p.JOINT_POINT2POINT
            constraint = p.createConstraint(
                parentBodyUniqueId=command["parent"], parentLinkIndex=command["parent_link"],
                childBodyUniqueId=command["child"], childLinkIndex=command["child_link"],
                jointType=joint, jointAxis=(0, 0, 0),
                parentFramePosition=command["parent_position"],
                parentFrameOrientation=command["parent_orientation"],
                childFramePosition=command["child_position"],
                childFrameOrientation=command["child_orientation"])
            if command["max_force"] is not None:
                p.changeConstraint(constraint, maxForce=command["max_force"])
            constraints.append(constraint)
        elif kind == "release":
            p.removeConstraint(constraints[command["constraint"]])
        elif kind == "joint":
            p.resetJointState(command["body"], command["link"], command["position"])
        elif kind == "motor":
            p.setJointMotorControl2(command["body"], command["link"], p.POSITION_CONTROL,
                                    targetPosition=command["target"],
                                    positionGain=command["gain"], force=command["force"])
        elif kind == "step":
            for _ in range(command["count"]):
                p.stepSimulation()
                poses.append([list(a) + list(b) for a, b in
                              (p.getBasePositionAndOrientation(body) for body in bodies)])
                contacts.append([[c[2], c[4], c[8]] for c in
                                 (p.getContactPoints(bodyA=scene["watch"]) or [])])
        else:
            raise ValueError(kind)
    p.disconnect()
    return {"poses": poses, "contacts": contacts}


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        print("RESULT" + json.dumps(run(json.load(file))))
