"""Gymnasium's spaces from rookery's specifications, and values to and from them."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.vector.utils import batch_space


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
    """The arrays of an observation or action: one alone is itself, several are a dict."""

    def __init__(self, specs: list[dict[str, Any]]):
        self.names = [spec["name"] for spec in specs]
        self.dtypes = {spec["name"]: np.dtype(spec["dtype"]) for spec in specs}
        self.single = self.names[0] if len(self.names) == 1 else None
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

    def from_gym(self, value: Any) -> dict[str, np.ndarray]:
        if self.single is not None:
            return {self.single: np.ascontiguousarray(value, self.dtypes[self.single]).reshape(np.shape(value))}
        return {
            name: np.ascontiguousarray(one, self.dtypes.get(name)).reshape(np.shape(one)) for name, one in value.items()
        }
