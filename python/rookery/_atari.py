"""Atari games as ale-py's AtariEnv shows them to wrappers."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.utils import seeding

from rookery._core import UserError
from rookery._env import RookeryEnv
from rookery._errors import find


class Console:
    """The part of ale_py.ALEInterface that wrappers of other libraries use."""

    def __init__(self, env: RookeryAtariEnv):
        self._env = env

    def _reading(self, name: str) -> np.ndarray:
        return self._env._core_env().reading(name)

    def lives(self) -> int:
        return int(self._reading("lives"))

    def game_over(self, *, with_truncation: bool = True) -> bool:
        return bool(self._reading("game_over")) or (with_truncation and self.game_truncated())

    def game_truncated(self) -> bool:
        return bool(self._reading("truncated"))

    def getFrameNumber(self) -> int:
        return int(self._reading("frame_number"))

    def getEpisodeFrameNumber(self) -> int:
        return int(self._reading("episode_frame_number"))

    def getMinimalActionSet(self) -> list[int]:
        return self._reading("minimal_actions").tolist()

    def getLegalActionSet(self) -> list[int]:
        return self._reading("legal_actions").tolist()

    def getRAMSize(self) -> int:
        return len(self._reading("ram"))

    def getScreenDims(self) -> tuple[int, int]:
        return self._reading("gray").shape

    def getRAM(self, out: np.ndarray | None = None) -> np.ndarray:
        return _into(out, self._reading("ram"))

    def getScreenRGB(self, out: np.ndarray | None = None) -> np.ndarray:
        return _into(out, self._env._core_env().render())

    def getScreenGrayscale(self, out: np.ndarray | None = None) -> np.ndarray:
        return _into(out, self._reading("gray"))


def _into(out: np.ndarray | None, array: np.ndarray) -> np.ndarray:
    if out is None:
        return array
    out[...] = array
    return out


class RookeryAtariEnv(RookeryEnv):
    """ALE/<Game>-v5, with what ale-py's environment has besides Gymnasium's interface."""

    @property
    def ale(self) -> Console:
        return Console(self)

    @property
    def _frameskip(self) -> int | tuple[int, ...]:
        """Frames that an action lasts, or the range that they are drawn from."""
        if self.options.get("preprocess"):
            return int(self.options.get("frame_skip") or 4)
        skip = str(self.options.get("frameskip") or 4).strip("()[]").split(",")
        return int(skip[0]) if len(skip) == 1 else tuple(map(int, skip))

    def get_action_meanings(self) -> list[str]:
        """The name of each action: "NOOP", "FIRE", ..."""
        names = self.facts["action"][0]["choices"]
        if not names:
            raise UserError(f"{self._id}: continuous actions have no names")
        return list(names)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        result = super().reset(seed=seed, options=options)
        if seed is not None:
            # Wrappers draw from it: as ale-py's, they get the first half of the seed.
            self._np_random, _ = seeding.np_random(int(np.random.SeedSequence(seed).generate_state(1)[0]))
        return result


def make(name: str, render_mode: str | None = None, **options: Any) -> RookeryEnv:
    """An environment by its name ("CartPole-v1", "block-insertion").

    `options` are its own (`settings(name)`), among them wrap: "frame_stack:frames=4", a dict
    {"name": "frame_stack", "frames": 4} or a list of those; max_episode_steps (-1: no limit); and
    render_width in pixels. The documentation of what comes back (`env.__doc__`, or
    `describe(name)`) says what it observes, takes and pays."""
    return class_of(name)(name, render_mode, **options)


def class_of(name: str) -> type[RookeryEnv]:
    """Of the environment that `make` makes."""
    return RookeryAtariEnv if find(name).startswith("ALE/") else RookeryEnv
