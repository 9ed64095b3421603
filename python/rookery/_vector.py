"""Many environments at once, as gymnasium.vector.VectorEnv, and send/recv besides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space

from rookery import _core
from rookery._env import options_of, settings_of
from rookery._spaces import Arrays

_MODES = {
    AutoresetMode.NEXT_STEP: "next_step",
    AutoresetMode.SAME_STEP: "same_step",
    AutoresetMode.DISABLED: "disabled",
}


def _mode(mode: AutoresetMode | str) -> AutoresetMode:
    for known, name in _MODES.items():
        if mode in (known, name, known.value):
            return known
    raise _core.UserError(f"autoreset mode '{mode}' is not one of {', '.join(_MODES.values())}")


class RookeryVectorEnv(gymnasium.vector.VectorEnv):
    """`num_envs` environments on `num_threads` threads. Batches are NumPy views of rookery's own
    memory, which stays as it is for as long as somebody holds it."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 30}

    def __init__(
        self,
        name: str,
        num_envs: int,
        num_threads: int = 1,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        batch_size: int | None = None,
        pin_threads: bool = False,
        render_mode: str | None = None,
        **options: Any,
    ):
        if render_mode not in (None, "rgb_array"):
            raise gymnasium.error.UnsupportedMode(
                f"render_mode {render_mode!r} of {name}: supported are None and 'rgb_array'"
            )
        self.autoreset_mode = _mode(autoreset_mode)
        self._vector = _core.VectorEnv(
            name, settings_of(options), num_envs, num_threads, batch_size or 0, _MODES[self.autoreset_mode], pin_threads
        )
        facts = self._vector.spec()
        self.facts: dict[str, Any] = facts
        self.num_envs = num_envs
        self.batch_size = batch_size or num_envs
        self.render_mode = render_mode
        self._observation = Arrays(facts["observation"])
        self._action = Arrays(facts["action"])
        self.single_observation_space = self._observation.space
        self.single_action_space = self._action.space
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._reset_options = self._vector.reset_options()
        self.metadata = {**self.metadata, "autoreset_mode": self.autoreset_mode}
        self._all = np.ones(num_envs, bool)
        self._seeded = False
        self._closed = False

    def _seeds(self, seed: int | Sequence[int | None] | None) -> list[int]:
        if seed is None:
            if not self._seeded:
                return [int(s) for s in np.random.default_rng().integers(2**63, size=self.num_envs)]
            return []
        if isinstance(seed, (int, np.integer)):
            seed = [int(seed) + i for i in range(self.num_envs)]
        if any(s is None for s in seed):
            raise _core.UserError("a list of seeds needs one for each environment")
        return [int(s) for s in seed]

    def _infos(self, arrays: dict[str, np.ndarray], mask: np.ndarray) -> dict[str, Any]:
        infos: dict[str, Any] = {}
        for name, array in arrays.items():
            infos[name] = array
            infos["_" + name] = mask
        return infos

    def _open(self) -> None:
        if self._closed:
            raise gymnasium.error.ClosedEnvironmentError("the vector environment has been closed")

    def reset(self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None):
        self._open()
        options = dict(options or {})
        mask = options.pop("reset_mask", None)
        if mask is not None:
            if not isinstance(mask, np.ndarray) or mask.dtype != bool or mask.shape != (self.num_envs,):
                raise _core.UserError(f"reset_mask: expected a bool array of shape ({self.num_envs},)")
        seeds = self._seeds(seed)
        self._seeded = True
        if seed is not None:
            self._np_random, self._np_random_seed = gymnasium.utils.seeding.np_random(seeds[0])
        batch = self._vector.reset(
            seeds, options_of(options, self._reset_options), [] if mask is None else mask.tolist()
        )
        who = self._all if mask is None else mask.copy()
        return self._observation.to_gym(batch["observation"]), self._infos(batch["info"], who)

    def step(self, actions: Any):
        self._open()
        return self._result(self._vector.step(self._action.from_gym(actions)))

    def _result(self, batch: dict[str, Any]):
        infos = self._infos(batch["info"], self._all[: len(batch["reward"])])
        if "ended" in batch and batch["ended"].any():
            ended = batch["ended"]
            last = np.empty(len(ended), object)
            for i in np.flatnonzero(ended):
                rows = {name: array[i] for name, array in batch["final_observation"].items()}
                last[i] = self._observation.to_gym(rows)
            infos["final_obs"], infos["_final_obs"] = last, ended
            infos["final_info"] = self._infos(batch["final_info"], ended)
            infos["_final_info"] = ended
        return (
            self._observation.to_gym(batch["observation"]),
            batch["reward"],
            batch["terminated"],
            batch["truncated"],
            infos,
        )

    def send_reset(self, seed: int | Sequence[int] | None = None) -> None:
        """Resets all; results come through recv(), batch_size at a time."""
        self._open()
        self._vector.send_reset(self._seeds(seed))
        self._seeded = True

    def send(self, actions: Any, env_ids: np.ndarray) -> None:
        """Actions for the environments named, which then step behind the caller's back."""
        self._open()
        self._vector.send(self._action.from_gym(actions), [int(i) for i in env_ids])

    def recv(self):
        """The batch_size results that come first: what step() returns, with info "env_id"."""
        self._open()
        batch = self._vector.recv()
        result = self._result(batch)
        result[-1]["env_id"] = batch["env_id"]
        return result

    def save(self, with_random: bool = True) -> bytes:
        """The complete state of all environments."""
        return self._vector.save(with_random)

    def load(self, state: bytes) -> None:
        """Goes on exactly as the saved environments would have."""
        self._vector.load(state)
        self._seeded = True

    def render(self) -> tuple[np.ndarray, ...] | None:
        """A picture of each environment; None without a render_mode."""
        if self.render_mode is None:
            return None
        return tuple(self._vector.render(i) for i in range(self.num_envs))

    def close_extras(self, **kwargs: Any) -> None:
        self._closed = True


def make_vec(name: str, num_envs: int = 1, num_threads: int = 1, **options: Any) -> RookeryVectorEnv:
    """Many of an environment. Beside its own options: autoreset_mode ("next_step", "same_step",
    "disabled"), batch_size (of recv), pin_threads, render_mode."""
    return RookeryVectorEnv(name, num_envs, num_threads, **options)
