"""Every environment under Gymnasium's own make(), in the namespace "rookery"."""

from __future__ import annotations

import gymnasium

from rookery import _core
from rookery._atari import class_of

# Worlds whose time limit follows from options: it stays within.
_OWN_LIMIT = ("atari", "tabletop")


def register() -> None:
    """"rookery/CartPole-v1", "rookery/BlockInsertion-v0": ids without their family."""
    for facts in _core.list_environments():
        name = "rookery/" + facts["id"].split("/")[-1]
        if name in gymnasium.registry:
            continue
        timed = facts["max_steps"] > 0 and facts["world"] not in _OWN_LIMIT
        gymnasium.register(
            name,
            entry_point="rookery._env:timed_by_gymnasium" if timed else "rookery:" + class_of(facts["id"]).__name__,
            vector_entry_point="rookery:RookeryVectorEnv",
            reward_threshold=facts["solved_return"],
            max_episode_steps=facts["max_steps"] if timed else None,
            kwargs={"name": facts["id"]},
        )
