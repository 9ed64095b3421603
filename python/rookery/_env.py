"""One environment, as gymnasium.Env."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium
import numpy as np

from rookery import _core
from rookery._core import UserError
from rookery._errors import Closed, NoSuchRenderMode, NotReset, find, seed_of
from rookery._spaces import Arrays
from rookery._window import PictureWindow


def list_environments() -> list[dict[str, Any]]:
    """Facts of every registered environment: id, summary, source, status, world, max_steps,
    solved_return (None where its source names none), heavy (its episodes take seconds)."""
    return _core.list_environments()


def settings(name: str) -> list[dict[str, str]]:
    """The options that `make` takes for an environment: name, type, default, unit, help."""
    return _core.settings(find(name))


def describe(name: str, **options: Any) -> str:
    """All that there is to know of an environment: observations, actions, rewards, options."""
    id = find(name)
    return _core.Env(id, settings_of(id, options)).describe()


@functools.cache
def _option_names(id: str) -> frozenset[str]:
    return frozenset(setting["name"] for setting in _core.settings(id))


def _text(value: Any) -> str:
    return str(bool(value)).lower() if isinstance(value, (bool, np.bool_)) else str(value)


def _wrapper(wrapper: Any) -> str:
    """One wrapper as "name:key=value,...", from such a text or from {"name": ..., key: value}."""
    if isinstance(wrapper, str):
        return wrapper
    if not isinstance(wrapper, Mapping) or "name" not in wrapper:
        raise UserError(
            f"wrap: {wrapper!r} is no wrapper; expected 'frame_stack:frames=4' or {{'name': 'frame_stack', 'frames': 4}}"
        )
    pairs = [f"{key}={_text(value)}" for key, value in wrapper.items() if key != "name"]
    return wrapper["name"] + (":" + ",".join(pairs) if pairs else "")


def settings_of(id: str, options: Mapping[str, Any]) -> list[str]:
    """Options as "key=value". None is the default; a pair for `name` sets name_low and name_high;
    wrappers may be a list."""
    out = []
    for key, value in options.items():
        ends = (key + "_low", key + "_high")
        if value is None:
            continue
        if key == "wrap":
            several = isinstance(value, Sequence) and not isinstance(value, str)
            out.append("wrap=" + "+".join(map(_wrapper, value if several else [value])))
        elif key not in _option_names(id) and _option_names(id).issuperset(ends):
            if np.shape(value) != (2,):
                raise UserError(f"{key} = {value!r} is no pair (low, high) ({id})")
            out += [f"{end}={_text(one)}" for end, one in zip(ends, value)]
        else:
            out.append(f"{key}={_text(value)}")
    return out


def wrapped_in(settings: Sequence[str], name: str) -> bool:
    """Is a wrapper of that name among the settings?"""
    wraps = [setting.removeprefix("wrap=") for setting in settings if setting.startswith("wrap=")]
    return any(part.split(":")[0] == name for wrap in wraps for part in wrap.split("+"))


def limit_of(max_episode_steps: int | None, settings: Sequence[str], own: int) -> int | None:
    """What max_episode_steps makes of a time limit: a number of steps, 0 for none, None for the one
    there is. Beside a wrapper time_limit the smaller counts."""
    if max_episode_steps is None:
        return None
    if isinstance(max_episode_steps, bool) or not hasattr(max_episode_steps, "__index__") or not (
        max_episode_steps == -1 or 0 < max_episode_steps < 2**31
    ):
        raise UserError(
            f"max_episode_steps = {max_episode_steps!r}: expected a number of steps from 1, -1 for no limit "
            "or None for the environment's own"
        )
    if own > 0 and wrapped_in(settings, "time_limit"):
        return None if max_episode_steps == -1 else min(own, max_episode_steps)
    return max(max_episode_steps, 0)


def options_of(options: Mapping[str, Any] | None, known: Sequence[str]) -> dict[str, np.ndarray]:
    """Reset options as arrays: numbers become float64, whole numbers int64."""
    out = {}
    for key, value in (options or {}).items():
        array = np.asarray(value)
        if array.dtype.kind in "iu":
            array = array.astype(np.int64)
        elif array.dtype.kind == "f":
            array = array.astype(np.float64)
        elif array.dtype.kind != "b":
            raise UserError(f"reset option '{key}' is no number; the environment takes {', '.join(known) or 'none'}")
        out[key] = np.ascontiguousarray(array).reshape(array.shape)
    return out


def check_render_mode(render_mode: str | None, id: str, *modes: str) -> None:
    if render_mode is not None and render_mode not in modes:
        known = " and ".join(["None", *map(repr, modes)])
        raise NoSuchRenderMode(f"render_mode {render_mode!r} of {id}: supported are {known}")


class Core:
    """What one environment and many have in common: the object of rookery beneath, that can be
    saved, copied, pickled and closed."""

    _env: Any  # _core.Env or _core.VectorEnv; None once closed

    def _open(self) -> Any:
        raise NotImplementedError

    def _begin(self, id: str, limit: int | None) -> None:
        """Opens it, with its time limit and its spaces."""
        self._limit = None
        self._env = self._open()
        self._limit = limit_of(limit, self._settings, self._env.spec()["max_steps"])
        if self._limit is not None:
            self._env.set_max_steps(self._limit)
        self.facts: dict[str, Any] = self._env.spec()
        self._observation = Arrays(self.facts["observation"], f"observation of {id}")
        self._action = Arrays(self.facts["action"], f"action of {id}")
        self._reset_options = self._env.reset_options()
        self.metadata = {**self.metadata, "render_fps": int(round(self.facts["control_hz"])) or 30}
        self._seeded = self._started = False

    def _core_env(self) -> Any:
        if self._env is None:
            raise Closed(f"{self.facts['id']} has been closed")
        return self._env

    def save(self, with_random: bool = True) -> bytes:
        """The complete state; without the random state, load() keeps the generators it finds."""
        return self._core_env().save(with_random)

    def load(self, state: bytes) -> None:
        """Goes on exactly as what was saved would have."""
        self._core_env().load(state)
        self._seeded = self._started = True

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        state["_env"] = None if self._env is None else self._env.save()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if state["_env"] is not None:
            self._env = self._open()
            if self._limit is not None:
                self._env.set_max_steps(self._limit)
            self._env.load(state["_env"])


class RookeryEnv(Core, gymnasium.Env):
    """A registered environment. Observations are NumPy views of rookery's own memory, which stays
    as it is for as long as somebody holds it."""

    metadata = {"render_modes": ["rgb_array", "human"], "render_fps": 30}

    def __init__(
        self,
        name: str,
        render_mode: str | None = None,
        render_width: int = 640,
        max_episode_steps: int | None = None,
        **options: Any,
    ):
        self._id = find(name)
        check_render_mode(render_mode, self._id, *self.metadata["render_modes"])
        self._window: PictureWindow | None = None
        self.options = options
        self._settings = settings_of(self._id, options)
        self.render_mode = render_mode
        self.render_width = render_width
        self._begin(self._id, max_episode_steps)
        self.observation_space = self._observation.space
        self.action_space = self._action.space
        self.__doc__ = self._env.describe()
        registered = gymnasium.registry.get("rookery/" + self._id.split("/")[-1])
        if registered is not None:
            kwargs = {**registered.kwargs, "render_mode": render_mode, **options}
            self.spec = dataclasses.replace(
                registered, kwargs=kwargs, max_episode_steps=self.facts["max_steps"] or None
            )

    def _open(self) -> Any:
        return _core.Env(self._id, self._settings)

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_window": None}  # a copy opens one of its own

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begins an episode: its first observation, and infos. A seed starts the random generator
        anew, without one it goes on; `options` are start values by name (`describe(name)`)."""
        env = self._core_env()
        if seed is not None:
            seed = seed_of(seed, self._id)
        super().reset(seed=seed)
        if seed is None and not self._seeded:
            seed = int(self.np_random.integers(2**63))
        observation, info = env.reset(seed, options_of(options, self._reset_options))
        self._seeded = self._started = True
        if self.render_mode == "human":
            self._show()
        return self._observation.to_gym(observation), info

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """One step: observation, reward, terminated (the task ended), truncated (the time limit
        ended it), infos. An action that does not fit is refused and changes nothing."""
        env = self._core_env()
        if env.needs_reset():
            raise NotReset(f"{self._id}: call reset() before step()")
        observation, reward, terminated, truncated, info = env.step(self._action.from_gym(action))
        if self.render_mode == "human":
            self._show()
        return self._observation.to_gym(observation), reward, terminated, truncated, info

    def render(self) -> np.ndarray | None:
        """uint8 (height, width, 3) of what there is to see; None without a render_mode, and with
        "human", which shows every reset and step in a window as fast as the environment's time goes
        (metadata["render_fps"])."""
        env = self._core_env()
        if self.render_mode is None:
            return None
        if not self._started:
            raise NotReset(f"{self._id}: call reset() before render()")
        if self.render_mode == "human":
            return None
        return env.render(self.render_width)

    def _show(self) -> None:
        if self._window is not None and self._window.closed:
            return
        picture = self._core_env().render(self.render_width)
        if picture is None:  # there is nothing to see
            return
        if self._window is None:
            height, width = picture.shape[:2]
            self._window = PictureWindow(self._id, width, height, self.metadata["render_fps"])
        self._window.show(picture)

    def close(self) -> None:
        """Gives everything back; what is asked of the environment after that is an error."""
        if self._window is not None:
            self._window.close()
        self._env = None

    def oracle_action(self) -> Any:
        """The scripted expert's next action; None when it gives up."""
        action = self._core_env().oracle_action()
        return None if action is None else self._action.to_gym(action)


def timed_by_gymnasium(**options: Any) -> RookeryEnv:
    """For gymnasium.make, whose TimeLimit takes the place of the environment's own limit. (A wrapper
    `record` has to see how episodes end: beside it the own limit stays.)"""
    wrap = settings_of(options["name"], {"wrap": options.get("wrap")})
    return RookeryEnv(max_episode_steps=None if wrapped_in(wrap, "record") else -1, **options)


timed_by_gymnasium.metadata = RookeryEnv.metadata
