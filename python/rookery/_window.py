"""The window of render_mode "human": a process of its own that is sent pictures."""

from __future__ import annotations

import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from rookery._core import Failure

_PROGRAM = Path(__file__).parent / "rookery_show"


def program() -> Path:
    """Where the window's program is; Failure when this rookery was built without the viewer."""
    if not _PROGRAM.exists():
        raise Failure("render_mode 'human': this rookery was built without the viewer; 'rgb_array' gives the pictures")
    return _PROGRAM


class PictureWindow:
    """Shows one picture after the other, no faster than `fps`. A window that was closed stays so."""

    def __init__(self, title: str, width: int, height: int, fps: float):
        self._pause = 1 / fps
        self._next = 0.0
        words = [str(program()), title, str(width), str(height)]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        said = self._process.stdout.readline()
        if said != b"ready\n":
            reason = said.decode(errors="replace").strip() or "the window's program ended"
            self.close()
            raise Failure(f"render_mode 'human': {reason}; 'rgb_array' needs no display")

    @property
    def closed(self) -> bool:
        return self._process is None

    def show(self, picture: np.ndarray) -> None:
        """uint8 (height, width, 3)"""
        if self._process is None:
            return
        now = time.monotonic()
        if now < self._next:
            time.sleep(self._next - now)
        self._next = max(now, self._next) + self._pause
        height, width = picture.shape[:2]
        try:
            self._process.stdin.write(struct.pack("=ii", width, height))
            self._process.stdin.write(np.ascontiguousarray(picture).data)
            self._process.stdin.flush()
        except BrokenPipeError:
            self.close()

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        try:
            process.stdin.close()
        except BrokenPipeError:
            pass
        process.stdout.close()
        process.wait()

    def __del__(self) -> None:
        if not sys.is_finalizing() and getattr(self, "_process", None) is not None:
            self.close()
