"""Recorded episodes as NumPy arrays."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import re
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


def _natural(path: pathlib.Path) -> list[tuple[int, str]]:
    """Numbers in order of their value: out/9 before out/10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", str(path))]


def read_episode(path: str | os.PathLike[str]) -> Episode:
    """One file that rookery wrote."""
    return Episode(**_core.read_episode(os.fspath(path)))


def read_episodes(folder: str | os.PathLike[str]) -> Iterator[Episode]:
    """Every episode of a folder, in the order they were recorded. Of a folder that holds none itself,
    those of the folders in it: a run's, or one for each environment."""
    top = pathlib.Path(folder)
    if not top.is_dir():
        raise _core.UserError(f"no folder of episodes at {top} (`rookery demos` makes one)")
    files = _core.episode_files(str(top))
    if not files:
        inner = sorted((path for path in top.rglob("*") if path.is_dir()), key=_natural)
        files = [file for path in inner for file in _core.episode_files(str(path))]
    if not files:
        raise _core.UserError(f"no episodes in {top} or below; expected files such as episode_000000_seed_0.hdf5")
    return map(read_episode, files)
