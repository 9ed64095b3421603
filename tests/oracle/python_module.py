"""The Python package, against Gymnasium and stable-baselines3: run by CTest as oracle tests.

usage: python_module.py [unittest's arguments]; PYTHONPATH holds the built package.
"""

import pathlib
import subprocess
import tempfile
import threading
import time
import unittest
import warnings

import gymnasium
import numpy as np
import rookery
from gymnasium.utils.env_checker import check_env as gymnasium_check
from gymnasium.vector import AutoresetMode, SyncVectorEnv

# Light environments to go through in detail; every one is checked by the checkers.
IDS = ["CartPole-v1", "Pendulum-v1", "MountainCar-v0", "CartPoleSwingUpHarder-v0"]
# What the checkers say of spaces without bounds, images and actions that are as they are.
KNOWN = (
    "A Box observation space m",
    "For Box action spaces, we recommend",
    "Your action space has dtype float64",
    "We recommend you to use a symmetric and normalized Box action space",
)


def ids(light_only=False):
    return [facts["id"] for facts in rookery.list_environments() if not (light_only and facts["heavy"])]


def sample_of_families(names, each=2):
    """A few of each family: a hundred games are one kind of environment."""
    kept = {}
    for name in names:
        kept.setdefault(name.split("/")[0] if "/" in name else name, []).append(name)
    return [name for family in kept.values() for name in family[:each]]


class Checkers(unittest.TestCase):
    def check(self, checker, alone=False):
        for name in sample_of_families(ids(light_only=True)):
            with self.subTest(name), warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                gym_id = "rookery/" + name.split("/")[-1]
                env = gymnasium.make(gym_id, render_mode="rgb_array").unwrapped
                if alone and isinstance(env.action_space, gymnasium.spaces.Dict):
                    continue  # stable-baselines3 has no actions of several arrays
                checker(env)
                unknown = [str(w.message) for w in caught if not any(known in str(w.message) for known in KNOWN)]
                self.assertEqual(unknown, [])

    def test_gymnasium(self):
        self.check(gymnasium_check)

    def test_stable_baselines3(self):
        try:
            from stable_baselines3.common.env_checker import check_env
        except ImportError as error:
            self.skipTest(f"no stable-baselines3: {error}")
        self.check(lambda env: check_env(env, warn=True), alone=True)


class Single(unittest.TestCase):
    def test_every_environment_is_registered(self):
        for name in ids():
            self.assertIn("rookery/" + name.split("/")[-1], gymnasium.registry)

    def test_equals_gymnasium(self):
        for name in ["CartPole-v1", "Acrobot-v1", "MountainCar-v0"]:
            ours, peer = gymnasium.make("rookery/" + name), gymnasium.make(name)
            for seed in (0, 5):
                a, b = ours.reset(seed=seed)[0], peer.reset(seed=seed)[0]
                np.testing.assert_array_equal(a, b)
                peer.action_space.seed(seed)
                for _ in range(100):
                    action = peer.action_space.sample()
                    a, b = ours.step(action), peer.step(action)
                    np.testing.assert_allclose(a[0], b[0], atol=1e-6)
                    self.assertEqual(a[1:4], b[1:4])
                    if a[2] or a[3]:
                        break

    def test_lives_beside_packages_with_the_same_engines(self):
        """Our Box2D, MuJoCo and Bullet must not take the place of theirs."""
        for name in ("CarRacing-v3", "Ant-v5"):
            ours, peer = rookery.make(name), gymnasium.make(name)
            ours.reset(seed=1), peer.reset(seed=1)
            peer.action_space.seed(1)
            for _ in range(30):
                action = peer.action_space.sample()
                self.assertAlmostEqual(ours.step(action)[1], peer.step(action)[1], 6)

    def test_observations_that_are_held_stay(self):
        env = rookery.make("CartPole-v1")
        held = [env.reset(seed=1)[0]]
        copies = [held[0].copy()]
        for i in range(10):
            observation = env.step(i % 2)[0]
            held.append(observation)
            copies.append(observation.copy())
        np.testing.assert_array_equal(held, copies)

    def test_save_and_load(self):
        env = rookery.make("Pendulum-v1", wrap=["sensor_noise:channels=2", "frame_stack:frames=3"])
        env.reset(seed=3)
        state = env.save()
        action = np.array([0.5], np.float32)
        first = [env.step(action)[0].copy() for _ in range(20)]
        env.load(state)
        np.testing.assert_array_equal(first, [env.step(action)[0] for _ in range(20)])
        self.assertEqual(first[0].shape, (3, 5))

    def test_bad_input_is_named(self):
        with self.assertRaisesRegex(ValueError, "did you mean CartPole-v1"):
            rookery.make("CartPol-v1")
        with self.assertRaisesRegex(ValueError, "unknown setting 'gravty'"):
            rookery.make("Pendulum-v1", gravty=3)
        env = rookery.make("CartPole-v1")
        with self.assertRaisesRegex(gymnasium.error.ResetNeeded, "call reset"):
            env.step(0)
        env.reset(seed=0)
        with self.assertRaisesRegex(rookery.UserError, "action = 7 is outside"):
            env.step(7)
        with self.assertRaisesRegex(rookery.UserError, "expected int64 \\(\\)"):
            env.step(np.zeros(3))
        with self.assertRaisesRegex(rookery.UserError, "unknown reset option 'hight'"):
            env.reset(seed=0, options={"hight": 0.1})
        with self.assertRaisesRegex(gymnasium.error.UnsupportedMode, "human"):
            rookery.make("CartPole-v1", render_mode="human")
        pendulum = rookery.make("Pendulum-v1")
        pendulum.reset(seed=0)
        with self.assertRaises(rookery.UserError):
            pendulum.step(np.array([np.nan], np.float32))

    def test_renders(self):
        env = rookery.make("CartPole-v1", render_mode="rgb_array")
        env.reset(seed=1)
        picture = env.render()
        self.assertEqual((picture.dtype, picture.ndim, picture.shape[2]), (np.uint8, 3, 3))
        self.assertGreater(picture.std(), 1)


class Vector(unittest.TestCase):
    def test_equals_sync_vector_env(self):
        for name in IDS:
            for mode in AutoresetMode:
                with self.subTest(name=name, mode=mode):
                    limit = {"wrap": "time_limit:steps=17"}
                    single = lambda: rookery.make(name, **limit)
                    peer = SyncVectorEnv([single] * 5, autoreset_mode=mode)
                    for threads in (1, 3):
                        ours = rookery.make_vec(name, 5, threads, autoreset_mode=mode, **limit)
                        self.assertEqual(ours.observation_space, peer.observation_space)
                        self.assertEqual(ours.action_space, peer.action_space)
                        self.assertEqual(ours.metadata["autoreset_mode"], mode)
                        self.compare(ours, peer, mode)

    def compare(self, ours, peer, mode):
        ours.reset(seed=3)
        peer.reset(seed=3)
        np.testing.assert_array_equal(ours.reset(seed=[9, 8, 7, 6, 5])[0], peer.reset(seed=[9, 8, 7, 6, 5])[0])
        peer.action_space.seed(0)
        ends = 0
        for _ in range(60):
            action = peer.action_space.sample()
            a, b = ours.step(action), peer.step(action)
            for i in range(4):
                np.testing.assert_array_equal(a[i], b[i])
            done = b[2] | b[3]
            ends += done.sum()
            self.assertEqual("final_obs" in a[4], "final_obs" in b[4])
            if "final_obs" in b[4]:
                np.testing.assert_array_equal(a[4]["_final_obs"], b[4]["_final_obs"])
                for i in np.flatnonzero(done):
                    np.testing.assert_array_equal(a[4]["final_obs"][i], b[4]["final_obs"][i])
            if mode == AutoresetMode.DISABLED and done.any():
                a = ours.reset(options={"reset_mask": done.copy()})
                b = peer.reset(options={"reset_mask": done.copy()})
                np.testing.assert_array_equal(a[0][done], b[0][done])
        self.assertGreater(ends, 5)

    def test_through_gymnasium(self):
        env = gymnasium.make_vec("rookery/CartPole-v1", num_envs=3, vectorization_mode="vector_entry_point", num_threads=2)
        self.assertEqual(env.reset(seed=0)[0].shape, (3, 4))
        self.assertIsInstance(env.unwrapped, rookery.RookeryVectorEnv)

    def test_send_and_receive(self):
        env = rookery.make_vec("CartPole-v1", 6, 2, batch_size=2)
        env.send_reset(seed=1)
        seen = np.zeros(6, int)
        for _ in range(100):
            observation, reward, terminated, truncated, info = env.recv()
            self.assertEqual(observation.shape, (2, 4))
            seen[info["env_id"]] += 1
            env.send(np.zeros(2, np.int64), info["env_id"])
        self.assertEqual(seen.sum(), 200)
        self.assertTrue((seen > 5).all(), seen)

    def test_save_and_load(self):
        env = rookery.make_vec("CartPole-v1", 4, 2)
        env.reset(seed=1)
        state = env.save()
        first = [env.step(np.ones(4, np.int64))[0].copy() for _ in range(30)]
        env.load(state)
        np.testing.assert_array_equal(first, [env.step(np.ones(4, np.int64))[0] for _ in range(30)])

    def test_bad_input_is_named(self):
        with self.assertRaisesRegex(ValueError, "autoreset mode 'sametime'"):
            rookery.make_vec("CartPole-v1", 2, autoreset_mode="sametime")
        env = rookery.make_vec("CartPole-v1", 3, autoreset_mode="disabled")
        env.reset(seed=0)
        with self.assertRaisesRegex(rookery.UserError, "environment 1 of 3: .*action = 4 is outside"):
            env.step(np.array([0, 4, 1]))
        with self.assertRaisesRegex(rookery.UserError, "expected int64 \\(3\\)"):
            env.step(np.zeros(2, np.int64))
        with self.assertRaisesRegex(rookery.UserError, "reset_mask: expected a bool array"):
            env.reset(options={"reset_mask": np.ones(2, bool)})
        with self.assertRaisesRegex(rookery.UserError, "names no environment"):
            env.reset(options={"reset_mask": np.zeros(3, bool)})
        env.close()
        env.close()
        with self.assertRaises(gymnasium.error.ClosedEnvironmentError):
            env.step(np.zeros(3, np.int64))

    def test_two_at_once_and_the_lock_is_released(self):
        def work(env, done):
            env.reset(seed=0)
            while not done.is_set():
                env.step(np.zeros(env.num_envs, np.int64))

        done = threading.Event()
        threads = [
            threading.Thread(target=work, args=(rookery.make_vec(name, 32, 2), done))
            for name in ("CartPole-v1", "MountainCar-v0")
        ]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        done.set()
        for thread in threads:
            thread.join(10)
            self.assertFalse(thread.is_alive())


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
            self.assertEqual(len(episodes[0].actions["action"]), len(episodes[0]))
            self.assertEqual(len(episodes[0].observations["state"]), len(episodes[0]) + 1)


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
