"""The Python package's recordings and agents, ours and stable-baselines3's: run by CTest as oracle
tests.

usage: python_agents.py [unittest's arguments]; PYTHONPATH holds the built package.
"""

import pathlib
import subprocess
import tempfile
import unittest

import gymnasium
import numpy as np
import rookery


class Episodes(unittest.TestCase):
    def test_recorded_ones_come_back(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "episodes"
            env = rookery.make("CartPole-v1", wrap=f"record:folder={path}")
            rewards = []
            for seed in range(3):
                first = env.reset(seed=seed)[0].copy()
                total = 0.0
                while True:
                    _, reward, terminated, truncated, _ = env.step(0)
                    total += reward
                    if terminated or truncated:
                        break
                rewards.append(total)
            del env
            episodes = list(rookery.read_episodes(path))
            self.assertEqual([e.rewards.sum() for e in episodes], rewards)
            self.assertEqual([e.seed for e in episodes], [0, 1, 2])
            np.testing.assert_array_equal(episodes[-1].observations["state"][0], first)
            self.assertEqual([e.seed for e in rookery.read_episodes(folder)], [0, 1, 2])
            self.assertEqual(len(episodes[0].actions["action"]), len(episodes[0]))
            self.assertEqual(len(episodes[0].observations["state"]), len(episodes[0]) + 1)

    def test_are_found_below_a_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            for i in (9, 10):
                env = rookery.make("CartPole-v1", wrap=f"record:folder={folder}/rec/{i}")
                env.reset(seed=i)
                while not env.step(0)[2]:
                    pass
                env.close()
            self.assertEqual([e.seed for e in rookery.read_episodes(folder + "/rec")], [9, 10])
            pathlib.Path(folder, "empty").mkdir()
            for name, text in [("none", "no folder of episodes at .*none"), ("empty", "no episodes in .*empty or below; expected")]:
                with self.assertRaisesRegex(rookery.UserError, text):
                    rookery.read_episodes(f"{folder}/{name}")
            self.assertFalse(pathlib.Path(folder, "none").exists())


class Agents(unittest.TestCase):
    def test_a_trained_one_acts_as_in_the_program(self):
        """A few steps of training, then the same actions here as in `rookery eval`."""
        program = pathlib.Path(rookery.__file__).parents[2] / "rookery"
        if not (pathlib.Path(rookery.__file__).parent / "agents.so").exists():
            self.skipTest("this build is without learners")
        run = lambda *words: subprocess.run([program, *words], check=True, capture_output=True)
        with tempfile.TemporaryDirectory() as folder:
            task = "Ravens/BlockInsertion-v0"
            run("demos", task, "--episodes", "1", "--out", folder + "/demos")
            run("train", "transporter", "--env", task, "--episodes-dir", folder + "/demos",
                "--steps", "2", "--out", folder + "/run")
            run("eval", task, "--checkpoint", folder + "/run", "--episodes", "2", "--out", folder + "/eval")
            agent = rookery.load_agent(folder + "/run")
            self.assertGreater(agent.num_parameters, 1000)
            for episode in rookery.read_episodes(folder + "/eval/episodes"):
                env = rookery.make(agent.env_id, **agent.env_options)
                observation, _ = env.reset(seed=episode.seed)
                agent.reset(episode.seed)
                for t in range(len(episode)):
                    action = agent.act(observation)
                    for name, array in action.items():
                        np.testing.assert_array_equal(array, episode.actions[name][t])
                    observation = env.step(action)[0]


class Learning(unittest.TestCase):
    def test_ppo_learns(self):
        try:
            from stable_baselines3 import PPO
        except ImportError as error:
            self.skipTest(f"no stable-baselines3: {error}")
        model = PPO("MlpPolicy", gymnasium.make("rookery/CartPole-v1"), seed=0, device="cpu", n_steps=1024, batch_size=64)
        model.learn(60000)
        env = rookery.make("CartPole-v1")
        returns = []
        for seed in range(10):
            observation, _ = env.reset(seed=seed)
            total, over = 0.0, False
            while not over:
                action, _ = model.predict(observation, deterministic=True)
                observation, reward, terminated, truncated, _ = env.step(action)
                total += reward
                over = terminated or truncated
            returns.append(total)
        self.assertGreater(np.mean(returns), 400, returns)


if __name__ == "__main__":
    unittest.main(verbosity=2)
