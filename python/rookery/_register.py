"""Every environment under Gymnasium's own make(), in the namespace "rookery"."""

from __future__ import annotations

import gymnasium

from rookery import _core


def register() -> None:
    """"rookery/CartPole-v1", "rookery/BlockInsertion-v0": ids without their family."""
    for facts in _core.list_environments():
        name = "rookery/" + facts["id"].split("/")[-1]
        if name in gymnasium.registry:
            continue
        gymnasium.register(
            name,
            entry_point="rookery:RookeryEnv",
            vector_entry_point="rookery:RookeryVectorEnv",
            kwargs={"name": facts["id"]},
        )
