"""One environment, as gymnasium.Env."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium.error import ResetNeeded

from rookery import _core
from rookery._spaces import Arrays


def list_environments() -> list[dict[str, Any]]:
    """Facts of every registered environment: id, summary, source, status, max_steps,
    heavy (its episodes take seconds)."""
    return _core.list_environments()


def find(name: str) -> str:
    """The id that a name means; case, hyphens, version and family may be left out."""
    return _core.find(name)


def settings(name: str) -> list[dict[str, str]]:
    """The options that `make` takes for an environment: name, type, default, unit, help."""
    return _core.settings(name)


def settings_of(options: dict[str, Any]) -> list[str]:
    """Options as "key=value"; wrappers may be a list."""
    out = []
    for key, value in options.items():
        if key == "wrap" and not isinstance(value, str):
            value = "+".join(value)
        if isinstance(value, (bool, np.bool_)):
            value = "true" if value else "false"
        out.append(f"{key}={value}")
    return out


def options_of(options: dict[str, Any] | None, known: Sequence[str]) -> dict[str, np.ndarray]:
    """Reset options as arrays: numbers become float64, whole numbers int64."""
    out = {}
    for key, value in (options or {}).items():
        array = np.asarray(value)
        if array.dtype.kind in "iu":
            array = array.astype(np.int64)
        elif array.dtype.kind == "f":
            array = array.astype(np.float64)
        elif array.dtype.kind != "b":
            raise _core.UserError(f"reset option '{key}' is no number; the environment takes {', '.join(known) or 'none'}")
        out[key] = np.ascontiguousarray(array).reshape(array.shape)
    return out


class RookeryEnv(gymnasium.Env):
    """A registered environment. Observations are NumPy views of rookery's own memory, which stays
    as it is for as long as somebody holds it."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 30}

    def __init__(self, name: str, render_mode: str | None = None, render_width: int = 640, **options: Any):
        if render_mode not in (None, "rgb_array"):
            raise gymnasium.error.UnsupportedMode(
                f"render_mode {render_mode!r} of {name}: supported are None and 'rgb_array'"
            )
        self._env = _core.Env(name, settings_of(options))
        facts = self._env.spec()
        self.facts: dict[str, Any] = facts
        self.render_mode = render_mode
        self.render_width = render_width
        self._observation = Arrays(facts["observation"])
        self._action = Arrays(facts["action"])
        self.observation_space = self._observation.space
        self.action_space = self._action.space
        self._reset_options = self._env.reset_options()
        self.metadata = {**self.metadata, "render_fps": int(round(facts["control_hz"])) or 30}
        self._seeded = False

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None):
        super().reset(seed=seed)
        if seed is None and not self._seeded:
            seed = int(self.np_random.integers(2**63))
        self._seeded = True
        observation, info = self._env.reset(seed, options_of(options, self._reset_options))
        return self._observation.to_gym(observation), info

    def step(self, action: Any):
        if self._env.needs_reset():
            raise ResetNeeded(f"{self.facts['id']}: call reset() before step()")
        observation, reward, terminated, truncated, info = self._env.step(self._action.from_gym(action))
        return self._observation.to_gym(observation), reward, terminated, truncated, info

    def render(self) -> np.ndarray | None:
        """uint8 (height, width, 3) of what there is to see; None without a render_mode."""
        if self.render_mode is None:
            return None
        return self._env.render(self.render_width)

    def save(self, with_random: bool = True) -> bytes:
        """The complete state; without the random state, load() keeps the generator it finds."""
        return self._env.save(with_random)

    def load(self, state: bytes) -> None:
        """Goes on exactly as the saved environment would have."""
        self._env.load(state)
        self._seeded = True

    def oracle_action(self) -> Any:
        """The scripted expert's next action; None when it gives up."""
        action = self._env.oracle_action()
        return None if action is None else self._action.to_gym(action)


def make(name: str, render_mode: str | None = None, **options: Any) -> RookeryEnv:
    """An environment by its name ("CartPole-v1", "block-insertion"), with its options
    (`settings(name)`), among them wrap: "frame_stack:frames=4" or a list of such texts."""
    return RookeryEnv(name, render_mode, **options)
