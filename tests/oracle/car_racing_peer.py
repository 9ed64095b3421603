"""Gymnasium's CarRacing-v3 on the episodes of a file.

car_racing_peer.py EPISODES.json FRAMES prints "RESULT" and JSON: for each episode its track (alpha,
beta, x, y of each point), the borders as {tile: side}, and for each step reward, terminated,
lap_finished and the car (x, y, angle, speed, turn rate, rolling speeds of the wheels); and writes
the 96 x 96 x 3 pictures of those episodes that ask for them, that of the reset first, to FRAMES.

EPISODES.json: [{"seed", "settings": {...}, "actions": [...], "frames": bool}]; without actions only
the track is made.
"""

import json
import os
import sys

os.environ["SDL_VIDEODRIVER"] = "dummy"

import gymnasium as gym  # noqa: E402
import numpy as np  # noqa: E402

episodes = json.load(open(sys.argv[1]))
frames = open(sys.argv[2], "wb")
results = []
for episode in episodes:
    env = gym.make("CarRacing-v3", disable_env_checker=True, **episode["settings"]).unwrapped
    picture, _ = env.reset(seed=episode["seed"])
    if episode["frames"]:
        frames.write(np.ascontiguousarray(picture).tobytes())
    # Borders are the polygons without a tile: they follow theirs.
    borders, tile = {}, -1
    for polygon, color in env.road_poly:
        if isinstance(color, tuple):
            x, y = env.track[tile][2:4]
            beta = env.track[tile][1]
            offset = (polygon[1][0] - x) * np.cos(beta) + (polygon[1][1] - y) * np.sin(beta)
            borders[tile] = int(np.sign(offset))
        else:
            tile += 1
    steps = []
    for action in episode["actions"]:
        if not isinstance(action, int):
            action = np.array(action, dtype=np.float32)
        picture, reward, terminated, _, info = env.step(action)
        if episode["frames"]:
            frames.write(np.ascontiguousarray(picture).tobytes())
        hull = env.car.hull
        steps.append({
            "reward": float(reward),
            "terminated": bool(terminated),
            "lap_finished": bool(info.get("lap_finished", False)),
            "car": [*hull.position, hull.angle, hull.linearVelocity.length, hull.angularVelocity,
                    *(float(w.omega) for w in env.car.wheels)],
        })
        if terminated:
            break
    results.append({"track": env.track, "borders": borders, "steps": steps})
print("RESULT", json.dumps(results))
