"""Recorded episodes as NumPy arrays."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator

import numpy as np

from rookery import _core


@dataclasses.dataclass(frozen=True)
class Episode:
    """T steps: T actions, rewards and flags, T + 1 observations and infos (the first are those of
    the reset)."""

    env_id: str
    env_config: str
    instruction: str
    agent: str
    seed: int
    observations: dict[str, np.ndarray]
    infos: dict[str, np.ndarray]
    actions: dict[str, np.ndarray]
    rewards: np.ndarray
    terminated: np.ndarray
    truncated: np.ndarray
    annotations: list[str]

    def __len__(self) -> int:
        return len(self.rewards)


def read_episode(path: str | os.PathLike[str]) -> Episode:
    """One file that rookery wrote."""
    return Episode(**_core.read_episode(os.fspath(path)))


def read_episodes(folder: str | os.PathLike[str]) -> Iterator[Episode]:
    """Every episode of a folder, in the order they were recorded."""
    for path in _core.episode_files(os.fspath(folder)):
        yield read_episode(path)
