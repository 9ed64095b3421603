"""Gymnasium's spaces from rookery's specifications, and values to and from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.vector.utils import batch_space

from rookery._core import UserError


class PoseBox(spaces.Box):
    """A Box whose elements from `quaternion` on are a rotation: four numbers of norm 1."""

    def __init__(self, low: np.ndarray, high: np.ndarray, dtype: np.dtype, quaternion: int):
        super().__init__(low, high, low.shape, dtype)
        self.quaternion = quaternion

    def sample(self, mask: None = None, probability: None = None) -> np.ndarray:
        pose = super().sample()
        rotation = self.np_random.standard_normal((*self.shape[:-1], 4))
        rotation /= np.linalg.norm(rotation, axis=-1, keepdims=True)
        pose[..., self.quaternion : self.quaternion + 4] = rotation
        return pose


@batch_space.register(PoseBox)
def _batch_of_poses(space: PoseBox, n: int = 1) -> PoseBox:
    batch = [np.repeat(bound[None], n, 0) for bound in (space.low, space.high)]
    return PoseBox(*batch, space.dtype, space.quaternion)


def _space(spec: dict[str, Any]) -> spaces.Space:
    dtype = np.dtype(spec["dtype"])
    shape = tuple(spec["shape"])
    if spec["discrete"]:
        low = np.broadcast_to(np.asarray(spec["low"], np.int64).reshape(_fit(spec["low"], shape)), shape)
        high = np.broadcast_to(np.asarray(spec["high"], np.int64).reshape(_fit(spec["high"], shape)), shape)
        if shape == ():
            return spaces.Discrete(int(high - low) + 1, start=int(low))
        return spaces.MultiDiscrete(high - low + 1, dtype=dtype, start=low)
    if dtype == bool:
        return spaces.Box(0, 1, shape, dtype)
    info = np.finfo(dtype) if dtype.kind == "f" else np.iinfo(dtype)
    # An integer knows no infinity; a float's own greatest number is a bound like any other.
    least, greatest = (-np.inf, np.inf) if dtype.kind == "f" else (info.min, info.max)
    low, high = (
        np.clip(np.asarray(spec[name], np.float64), least, greatest).astype(dtype).reshape(_fit(spec[name], shape))
        for name in ("low", "high")
    )
    low, high = np.broadcast_to(low, shape).copy(), np.broadcast_to(high, shape).copy()
    if spec["quaternion"] >= 0:
        return PoseBox(low, high, dtype, spec["quaternion"])
    return spaces.Box(low, high, shape, dtype)


def _fit(values: list[float], shape: tuple[int, ...]) -> tuple[int, ...]:
    """One value is for all elements, else there is one for each."""
    return () if len(values) == 1 else shape


class Arrays:
    """The arrays of an observation or action (`what`, for messages): one alone is itself, several are
    a dict."""

    def __init__(self, specs: list[dict[str, Any]], what: str):
        self.what = what
        self.specs = {spec["name"]: spec for spec in specs}
        self.dtypes = {name: np.dtype(spec["dtype"]) for name, spec in self.specs.items()}
        self.single = specs[0]["name"] if len(specs) == 1 else None
        self.space: spaces.Space = (
            _space(specs[0]) if self.single else spaces.Dict({spec["name"]: _space(spec) for spec in specs})
        )
        # A scalar choice is a plain int where Gymnasium has one.
        self.scalar = isinstance(self.space, spaces.Discrete)

    def to_gym(self, arrays: dict[str, np.ndarray]) -> Any:
        if self.single is None:
            return arrays
        value = arrays[self.single]
        return value[()] if self.scalar and value.ndim == 0 else value

    def from_gym(self, value: Any, rows: int | None = None) -> dict[str, np.ndarray]:
        """Arrays in their dtypes; with a first axis when they are for many (`rows`)."""
        if self.single is not None:
            return {self.single: self._array(self.single, value, rows)}
        if not isinstance(value, Mapping):
            raise UserError(f"{self.what}: {value!r} is no dict; expected one of {', '.join(self.specs)}")
        return {name: self._array(name, one, rows) for name, one in value.items()}

    def _array(self, name: str, value: Any, rows: int | None) -> np.ndarray:
        dtype = self.dtypes.get(name)  # None: a name that is refused below
        try:
            array = np.asarray(value)
        except ValueError:  # rows of different lengths
            array = np.asarray(None)
        # As Gymnasium's spaces: no whole number is made of 0.9, and no number of a text.
        if dtype is not None and array.dtype != dtype:
            if array.dtype.kind not in ("biu" if dtype.kind in "biu" else "biuf"):
                raise UserError(self._misfit(name, value, array, rows))
            cast = array.astype(dtype)
            if dtype.kind in "iu" and (cast != array).any():
                raise UserError(self._misfit(name, value, array, rows))
            array = cast
        return np.ascontiguousarray(array).reshape(array.shape)

    def _misfit(self, name: str, value: Any, array: np.ndarray, rows: int | None) -> str:
        spec = self.specs[name]
        shape = ([] if rows is None else [rows]) + list(spec["shape"])
        bounds = f" in [{spec['low'][0]:g}, {spec['high'][0]:g}]" if len(spec["low"]) == len(spec["high"]) == 1 else ""
        given = np.array2string(array, threshold=8) if array.dtype.kind in "biuf" else repr(value)
        of = type(value).__name__ if array.dtype.kind not in "biufc" else f"{array.dtype} ({', '.join(map(str, array.shape))})"
        return (
            f"{self.what}: {name} = {given if len(given) <= 60 else given[:60] + '...'} is {of}, "
            f"expected {spec['dtype']} ({', '.join(map(str, shape))}){bounds}"
        )
