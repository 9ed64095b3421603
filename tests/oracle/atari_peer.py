"""Plays ale-py's Gymnasium environment as a JSON file says and writes what it saw.

Usage: atari_peer.py CASES.json OUT

CASES.json: [{"game": "pong", "seed": 3, "kwargs": {...}, "preprocess": null | {...},
"stack": null | {"stack_size": 4, "padding_type": "reset"}, "actions": [...]}]
OUT has for each case, for the reset and every step, a line:
  CRC32 of the observation, reward, terminated, truncated, lives, episode frames, frames, CRC32 of
  the memory, CRC32 of the screen's colours
After an episode's end the next action is not taken; a reset without a seed takes its place.
"""

import json
import sys
import warnings
import zlib

import ale_py
import gymnasium as gym
import numpy as np

warnings.filterwarnings("ignore")
gym.register_envs(ale_py)


def crc(array):
    return zlib.crc32(np.ascontiguousarray(array).tobytes())


def make(case):
    kwargs = dict(case["kwargs"])
    if "frameskip" in kwargs and isinstance(kwargs["frameskip"], list):
        kwargs["frameskip"] = tuple(kwargs["frameskip"])
    env = gym.make(case["id"], disable_env_checker=True, **kwargs)
    if case["preprocess"] is not None:
        options = dict(case["preprocess"])
        if isinstance(options.get("screen_size"), list):
            options["screen_size"] = tuple(options["screen_size"])
        env = gym.wrappers.AtariPreprocessing(env, **options)
    if case["stack"] is not None:
        env = gym.wrappers.FrameStackObservation(env, **case["stack"])
    return env


def play(case, out):
    env = make(case)
    ale = env.unwrapped.ale

    def write(observation, reward, terminated, truncated, info):
        if isinstance(observation, dict):
            hashes = "%d+%d" % (crc(observation["image"]), crc(observation["sound"]))
        else:
            hashes = "%d" % crc(observation)
        print(hashes, "%g" % reward, int(terminated), int(truncated), info["lives"],
              info["episode_frame_number"], info["frame_number"], crc(ale.getRAM()),
              crc(ale.getScreenRGB()), file=out)

    observation, info = env.reset(seed=case["seed"])
    write(observation, 0, False, False, info)
    done = False
    for action in case["actions"]:
        if done:
            observation, info = env.reset()
            write(observation, 0, False, False, info)
            done = False
            continue
        if isinstance(action, list):
            action = np.array(action, dtype=np.float32)
        observation, reward, terminated, truncated, info = env.step(action)
        write(observation, reward, terminated, truncated, info)
        done = terminated or truncated
    env.close()


with open(sys.argv[1]) as file, open(sys.argv[2], "w") as out:
    for case in json.load(file):
        play(case, out)
        print("end", file=out)
