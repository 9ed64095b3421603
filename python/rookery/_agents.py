"""Trained agents."""

from __future__ import annotations

import json
import os
import pathlib
from typing import Any

import numpy as np

from rookery import _core
from rookery._spaces import Arrays


class Agent:
    """An agent from its checkpoint, ready to act on the environment it was trained on."""

    def __init__(self, checkpoint: str | os.PathLike[str]):
        # Learners bring LibTorch with them: they are loaded when they are asked for.
        module = pathlib.Path(__file__).with_name("agents.so")
        if not module.exists():
            raise _core.UserError("this build of rookery is without learners (ROOKERY_AGENTS)")
        _core.load_module(str(module))
        self._agent = _core.Agent(os.fspath(checkpoint))
        facts = self._agent.spec()
        self._observation = Arrays(facts["observation"], f"observation of {facts['id']}")
        self._action = Arrays(facts["action"], f"action of {facts['id']}")
        self.name: str = self._agent.name
        self.env_id: str = facts["id"]
        self.env_options: dict[str, Any] = json.loads(self._agent.env_config)
        self.step: int = self._agent.step
        self.num_parameters: int = self._agent.parameters
        self.observation_space = self._observation.space
        self.action_space = self._action.space
        self.reset()

    def reset(self, seed: int = 0) -> None:
        """Begins an episode; the seed starts the agent's own random numbers."""
        self._agent.begin(seed)

    def act(self, observation: Any, explore: bool = False) -> Any:
        """An action for the observation; None when the agent has none to offer."""
        action = self._agent.act(self._observation.from_gym(observation), explore)
        return None if action is None else self._action.to_gym(action)

    def explanation(self) -> dict[str, np.ndarray]:
        """Why the last action was chosen: heat maps and the like, by name."""
        return self._agent.explanation()


def load_agent(checkpoint: str | os.PathLike[str]) -> Agent:
    """An agent from a checkpoint file, or from the folder of a training run."""
    return Agent(checkpoint)
