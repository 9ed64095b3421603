"""Gymnasium's Ant-v5 beside ours: its compiled model, or what it does with given actions.

Usage: ant_peer.py model ARRAYS...     prints the named arrays of mjModel (opt.NAME: of mjOption)
       ant_peer.py episode CALLS.json  {"options", "qpos", "qvel", "actions"} -> every result
       ant_peer.py reset SEED          observation of a reset
       ant_peer.py speed STEPS         steps per second of processor time, of the environment and of bare mj_step
"""

import json
import sys
import time

import gymnasium
import mujoco
import numpy as np


def make(**options):
    # No wrappers: they check and count.
    return gymnasium.make("Ant-v5", **options).unwrapped


def model(names):
    compiled = make().model
    out = {}
    for name in names:
        holder = compiled
        for part in name.split("."):
            holder = getattr(holder, part)
        out[name] = np.asarray(holder, dtype=float).ravel().tolist()
    return out


def as_tuples(options):
    for name in ("healthy_z_range", "contact_force_range"):
        if name in options:
            options[name] = tuple(options[name])
    return options


def episode(calls):
    env = make(**as_tuples(calls["options"]))
    env.reset(seed=0)
    mujoco.mj_resetData(env.model, env.data)
    env.set_state(np.array(calls["qpos"]), np.array(calls["qvel"]))
    out = {"reset": env._get_obs().tolist(), "steps": []}
    for action in calls["actions"]:
        observation, reward, terminated, _, info = env.step(np.array(action, dtype=np.float32))
        out["steps"].append({"observation": observation.tolist(), "reward": float(reward),
                             "terminated": bool(terminated),
                             "info": {k: float(v) for k, v in info.items()}})
    return out


def reset(seed):
    env = make()
    observation, info = env.reset(seed=seed)
    return {"observation": observation.tolist(), "qpos": env.data.qpos.tolist(),
            "info": {k: float(v) for k, v in info.items()}}


def speed(steps):
    env = make()
    env.reset(seed=0)
    actions = np.random.default_rng(0).uniform(-1, 1, (steps, 8)).astype(np.float32)
    begin = time.process_time()
    for i, action in enumerate(actions):
        if env.step(action)[2] or i % 1000 == 999:
            env.reset()
    return steps / (time.process_time() - begin)


if __name__ == "__main__":
    kind, arguments = sys.argv[1], sys.argv[2:]
    if kind == "model":
        result = model(arguments)
    elif kind == "episode":
        with open(arguments[0], encoding="utf-8") as file:
            result = episode(json.load(file))
    elif kind == "reset":
        result = reset(int(arguments[0]))
    else:
        result = {"steps_per_s": speed(int(arguments[0]))}
    print("RESULT" + json.dumps(result))
