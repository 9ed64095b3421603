"""rookery's environments and agents in Python, as Gymnasium has them.

    import rookery
    env = rookery.make("CartPole-v1")
    vec = rookery.make_vec("CartPole-v1", num_envs=64, num_threads=2)

or through Gymnasium, as "rookery/CartPole-v1".
"""

from rookery import _core
from rookery._core import Failure, UserError
from rookery._agents import Agent, load_agent
from rookery._atari import RookeryAtariEnv, make
from rookery._env import RookeryEnv, describe, list_environments, settings
from rookery._episodes import Episode, read_episode, read_episodes
from rookery._errors import find
from rookery._register import register
from rookery._vector import RookeryVectorEnv, make_vec

__all__ = [
    "Agent",
    "Episode",
    "Failure",
    "RookeryAtariEnv",
    "RookeryEnv",
    "RookeryVectorEnv",
    "UserError",
    "describe",
    "find",
    "list_environments",
    "load_agent",
    "make",
    "make_vec",
    "read_episode",
    "read_episodes",
    "register",
    "settings",
]

_core.load_plugins()
register()
