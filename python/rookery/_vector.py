"""Many environments at once, as gymnasium.vector.VectorEnv, and send/recv besides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space

from rookery import _core
from rookery._core import UserError
from rookery._env import Core, check_render_mode, options_of, settings_of
from rookery._errors import NotReset, find, seed_of

_MODES = {
    AutoresetMode.NEXT_STEP: "next_step",
    AutoresetMode.SAME_STEP: "same_step",
    AutoresetMode.DISABLED: "disabled",
}


def _mode(mode: AutoresetMode | str) -> AutoresetMode:
    for known, name in _MODES.items():
        if mode in (known, name, known.value):
            return known
    raise UserError(f"autoreset mode '{mode}' is not one of {', '.join(_MODES.values())}")


class RookeryVectorEnv(Core, gymnasium.vector.VectorEnv):
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
        max_episode_steps: int | None = None,
        settings: Sequence[dict[str, Any]] | None = None,
        **options: Any,
    ):
        self._id = find(name)
        check_render_mode(render_mode, self._id, "rgb_array")
        self.autoreset_mode = _mode(autoreset_mode)
        self.num_envs = num_envs
        self.num_threads = num_threads
        self.batch_size = batch_size or num_envs
        self.pin_threads = pin_threads
        self.render_mode = render_mode
        own = [{}] if settings is None else _one_each("settings", settings, num_envs)
        self._own_settings = [settings_of(self._id, {**options, **one}) for one in own]
        self._settings = self._own_settings[0]
        self._begin(self._id, max_episode_steps)
        self.single_observation_space = self._observation.space
        self.single_action_space = self._action.space
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.metadata = {**self.metadata, "autoreset_mode": self.autoreset_mode}
        self._all = np.ones(num_envs, bool)

    def _open(self) -> Any:
        mode = _MODES[self.autoreset_mode]
        return _core.VectorEnv(
            self._id, self._own_settings, self.num_envs, self.num_threads, self.batch_size, mode, self.pin_threads
        )

    def _seeds(self, seed: int | Sequence[int] | None) -> list[int]:
        if seed is None:
            if not self._seeded:
                return [int(s) for s in np.random.default_rng().integers(2**63, size=self.num_envs)]
            return []
        if hasattr(seed, "__index__"):
            first = seed_of(seed, self._id)
            seed = [first + i for i in range(self.num_envs)]
        _one_each("seed", seed, self.num_envs)
        if any(s is None for s in seed):
            raise UserError("a list of seeds needs one for each environment")
        return [seed_of(s, f"environment {i} of {self.num_envs}: {self._id}") for i, s in enumerate(seed)]

    def _infos(self, arrays: dict[str, np.ndarray], mask: np.ndarray) -> dict[str, Any]:
        """Infos with their masks; zeros where the mask is False, as Gymnasium has them."""
        infos: dict[str, Any] = {}
        whole = not arrays or mask.all()
        for name, array in arrays.items():
            if not whole:
                array = array.copy()
                array[~mask] = 0
            infos[name] = array
            infos["_" + name] = mask
        return infos

    def reset(
        self,
        *,
        seed: int | Sequence[int] | None = None,
        options: dict[str, Any] | Sequence[dict[str, Any]] | None = None,
    ) -> tuple[Any, dict[str, Any]]:
        """Begins episodes: first observations and infos, with a first axis for the environment.

        A seed is of the first environment (the next get seed + 1, ...) or a list has one for each.
        `options` are start values by name for all, or a list of such dicts, one for each; among
        them "reset_mask", which environments are reset, and "each", that list beside a mask."""
        env = self._core_env()
        shared, each = ({}, options) if _is_list(options) else (dict(options or {}), None)
        mask = shared.pop("reset_mask", None)
        if mask is not None:
            if not isinstance(mask, np.ndarray) or mask.dtype != bool or mask.shape != (self.num_envs,):
                raise UserError(f"reset_mask: expected a bool array of shape ({self.num_envs},)")
        each = shared.pop("each", each)
        each = [{}] if each is None else _one_each("options", each, self.num_envs)
        given = [options_of({**shared, **one}, self._reset_options) for one in each]
        seeds = self._seeds(seed)
        if seed is not None:
            self._np_random, self._np_random_seed = gymnasium.utils.seeding.np_random(seeds[0])
        batch = env.reset(seeds, given, [] if mask is None else mask.tolist())
        self._seeded = self._started = True
        who = self._all if mask is None else mask.copy()
        return self._observation.to_gym(batch["observation"]), self._infos(batch["info"], who)

    def step(self, actions: Any) -> tuple[Any, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        """One step of all: observations, rewards, terminations, truncations, infos. Actions that do
        not fit are refused; an error of one environment names it, and the others have stepped."""
        env = self._core_env()
        return self._result(env.step(self._action.from_gym(actions, self.num_envs)))

    def _result(self, batch: dict[str, Any]) -> tuple[Any, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
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
        self._core_env().send_reset(self._seeds(seed))
        self._seeded = self._started = True

    def send(self, actions: Any, env_ids: np.ndarray) -> None:
        """Actions for the environments named, which then step behind the caller's back."""
        env, ids = self._core_env(), [int(i) for i in env_ids]
        env.send(self._action.from_gym(actions, len(ids)), ids)

    def recv(self) -> tuple[Any, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        """The batch_size results that come first: what step() returns, with info "env_id"."""
        batch = self._core_env().recv()
        result = self._result(batch)
        result[-1]["env_id"] = batch["env_id"]
        return result

    def render(self) -> tuple[np.ndarray, ...] | None:
        """A picture of each environment; None without a render_mode."""
        env = self._core_env()
        if self.render_mode is None:
            return None
        if not self._started:
            raise NotReset(f"{self._id}: call reset() before render()")
        return tuple(env.render(i) for i in range(self.num_envs))

    def close_extras(self, **kwargs: Any) -> None:
        self._env = None


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _one_each(what: str, values: Any, n: int) -> Sequence[Any]:
    if not (_is_list(values) or isinstance(values, np.ndarray)) or len(values) != n:
        count = f"{len(values)} of them" if hasattr(values, "__len__") else repr(values)
        raise UserError(f"{what}: expected a list of {n}, one for each environment, not {count}")
    return values


def make_vec(name: str, num_envs: int = 1, num_threads: int = 1, **options: Any) -> RookeryVectorEnv:
    """Many of an environment, with the options of `make`.

    Beside them: autoreset_mode ("next_step", "same_step", "disabled"), batch_size (of recv),
    pin_threads, render_mode, and settings: a list of dicts, the options of each environment that
    are its own. `{env}` in an option is the environment's number."""
    return RookeryVectorEnv(name, num_envs, num_threads, **options)
