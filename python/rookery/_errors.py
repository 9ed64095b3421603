"""What is raised, each also an error of Gymnasium's that means the same."""

from __future__ import annotations

import re

import gymnasium
from gymnasium.error import ClosedEnvironmentError, NameNotFound, ResetNeeded, VersionNotFound

from rookery import _core
from rookery._core import UserError


class UnknownName(UserError, NameNotFound):
    """No environment has such a name."""


class UnknownVersion(UserError, VersionNotFound):
    """The environment exists, in another version."""


class NotReset(UserError, ResetNeeded):
    """An episode has to begin first."""


class Closed(UserError, ClosedEnvironmentError):
    """The environment has been closed."""


class NoSuchRenderMode(UserError, gymnasium.error.UnsupportedMode):
    """There is no such way to render."""


# Atari ids of Gym, before ALE had a namespace: "PongNoFrameskip-v4", "Pong-ramDeterministic-v0".
_OLD_ATARI = re.compile(r"(?:ALE/)?(\w+?)(-ram)?(NoFrameskip|Deterministic)?-v([04])")
_SKIPS = {"NoFrameskip": "frameskip=1", "Deterministic": "frameskip=4", None: "frameskip=(2, 5)"}


def _as_told_now(name: str) -> str | None:
    """The id and options that an old name stands for."""
    old = _OLD_ATARI.fullmatch(name)
    if old is None:
        return None
    game, ram, skip, version = old.groups()
    try:
        now = _core.find(f"ALE/{game}-v5")
    except UserError:
        return None
    options = [_SKIPS[skip], f"repeat_action_probability={0.25 if version == '0' else 0}"]
    return f"{now} with {', '.join(options + ['obs_type=ram'] * (ram is not None))}"


def find(name: str) -> str:
    """The id that a name means; case, hyphens, version and family may be left out."""
    if not isinstance(name, str):
        raise UserError(f"environment {name!r}: expected a name such as 'CartPole-v1'")
    try:
        return _core.find(name)
    except UserError as error:
        text = str(error)
    told = _as_told_now(name)
    if told is not None:
        text = f"unknown environment '{name}'; it is {told}"
    stem, version = re.fullmatch(r"(.*?)(-v\d+)?", name, re.DOTALL).groups()
    if version:
        try:
            there = _core.find(stem)
        except UserError:
            pass
        else:
            raise UnknownVersion(text if told else f"unknown environment '{name}'; there is {there}")
    raise UnknownName(text)


def seed_of(seed: object, what: str) -> int:
    """A seed that rookery's generators take."""
    whole = hasattr(seed, "__index__") and not isinstance(seed, bool)
    if not whole or not 0 <= seed.__index__() < 2**64:
        raise UserError(f"{what}: seed = {seed!r} is no whole number in [0, 2**64 - 1]")
    return seed.__index__()
