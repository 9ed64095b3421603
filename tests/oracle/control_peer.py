"""Repeats episodes in Gymnasium and prints what every step gave.

Usage: control_peer.py EPISODES.json
EPISODES.json: [{"id", "arguments", "attributes", "seed", "options", "actions": [...]}, ...]
Output: [[{"state", "reward", "terminated", "truncated"} of the reset and each step] ...]
An action that is a list becomes a float32 array.
"""

import json
import sys

import gymnasium
import numpy as np


def step_facts(observation, reward=0.0, terminated=False, truncated=False):
    assert observation.dtype == np.float32, observation.dtype
    return {"state": [float(x) for x in observation], "reward": float(reward),
            "terminated": bool(terminated), "truncated": bool(truncated)}


def run(episode):
    env = gymnasium.make(episode["id"], disable_env_checker=True, **episode["arguments"])
    for name, value in episode["attributes"].items():
        assert hasattr(env.unwrapped, name), name
        setattr(env.unwrapped, name, value)
    observation, _ = env.reset(seed=episode["seed"], options=episode["options"] or None)
    facts = [step_facts(observation)]
    for action in episode["actions"]:
        if isinstance(action, list):
            action = np.array(action, dtype=np.float32)
        facts.append(step_facts(*env.step(action)[:4]))
    env.close()
    return facts


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        print("RESULT" + json.dumps([run(episode) for episode in json.load(file)]))
