"""The Python package, against Gymnasium and stable-baselines3: run by CTest as oracle tests.

usage: python_module.py [unittest's arguments]; PYTHONPATH holds the built package.
"""

import copy
import json
import os
import pickle
import shutil
import subprocess
import tempfile
import threading
import time
import unittest
import unittest.mock
import warnings

import gymnasium
import numpy as np
import rookery
from gymnasium.utils.env_checker import check_env as gymnasium_check
from gymnasium.vector import AutoresetMode, SyncVectorEnv

# Light environments to go through in detail; every one is checked by the checkers.
IDS = ["CartPole-v1", "Pendulum-v1", "MountainCar-v0", "CartPoleSwingUpHarder-v0", "Ant-v5"]
# What the checkers say of spaces that are as they are: the peers' own, or those of a published agent.
KNOWN = {
    "A Box observation space m": ("Ant-v5", "CartPole-v1", "CartPoleSwingUpHarder-v0"),
    "For Box action spaces, we recommend": ("Pendulum-v1", "Ravens/"),
    "Your action space has dtype float64": ("CartPoleSwingUpHarder-v0",),
    "We recommend you to use a symmetric and normalized Box action space": ("CarRacing-v3", "Pendulum-v1"),
}


def ids(light_only=False):
    return [facts["id"] for facts in rookery.list_environments() if not (light_only and facts["heavy"])]


def sample_of_families(names, each=2):
    """A few of each family: a hundred games are one kind of environment."""
    kept = {}
    for name in names:
        kept.setdefault(name.split("/")[0] if "/" in name else name, []).append(name)
    return [name for family in kept.values() for name in family[:each]]


def setUpModule():
    """A display for render_mode "human", where there is none."""
    if os.environ.get("DISPLAY") or shutil.which("Xvfb") is None:
        return
    read, write = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-nolisten", "tcp"],
                              pass_fds=[write], stderr=subprocess.DEVNULL)
    unittest.addModuleCleanup(server.wait)
    unittest.addModuleCleanup(server.terminate)
    os.close(write)
    with os.fdopen(read) as number:
        os.environ["DISPLAY"] = ":" + number.readline().strip()


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
                known = [text for text, names in KNOWN.items() if name.startswith(names)]
                said = [str(warning.message) for warning in caught]
                self.assertEqual([text for text in said if not any(one in text for one in known)], [])

    def test_gymnasium(self):
        self.check(gymnasium_check)

    def test_stable_baselines3(self):
        try:
            from stable_baselines3.common.env_checker import check_env
        except ImportError as error:
            self.skipTest(f"no stable-baselines3: {error}")
        self.check(lambda env: check_env(env, warn=True), alone=True)


class Human(unittest.TestCase):
    def test_a_window_shows_resets_and_steps(self):
        env = rookery.make("CartPole-v1", render_mode="human")
        start = time.monotonic()
        env.reset(seed=1)
        for i in range(10):
            env.step(i % 2)
        self.assertGreater(time.monotonic() - start, 9 / env.metadata["render_fps"])
        self.assertIsNone(env.render())
        twin = copy.deepcopy(env)  # without the window
        env.close()
        self.assertTrue(env._window.closed)
        twin.close()

    def test_a_closed_window_stays_closed(self):
        env = rookery.make("CartPole-v1", render_mode="human")
        env.reset(seed=1)
        env._window._process.kill()
        for _ in range(5):
            env.step(1)
        self.assertTrue(env._window.closed)
        env.step(1)

    def test_no_display_is_said_in_one_line(self):
        with unittest.mock.patch.dict(os.environ, {"DISPLAY": ":987", "WAYLAND_DISPLAY": ""}):
            env = rookery.make("CartPole-v1", render_mode="human")
            with self.assertRaisesRegex(rookery.Failure, "display.*'rgb_array' needs no display"):
                env.reset(seed=1)


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
        with self.assertRaisesRegex(gymnasium.error.UnsupportedMode, "ansi"):
            rookery.make("CartPole-v1", render_mode="ansi")
        with self.assertRaisesRegex(gymnasium.error.UnsupportedMode, "human"):
            rookery.make_vec("CartPole-v1", num_envs=2, render_mode="human")
        pendulum = rookery.make("Pendulum-v1")
        pendulum.reset(seed=0)
        with self.assertRaises(rookery.UserError):
            pendulum.step(np.array([np.nan], np.float32))

    def test_actions_that_are_no_such_numbers_are_refused(self):
        env = rookery.make("CartPole-v1")
        env.reset(seed=0)
        state = env.save()
        for action, text in [
            (0.9, "action = 0.9 is float64 \\(\\), expected int64 \\(\\) in \\[0, 1\\]"),
            (np.float32(1), "action = 1. is float32"),
            (float("nan"), "action = nan is float64"),
            ("a", "action = 'a' is str"),
            (None, "action = None is NoneType"),
            (2**70, "action = 1180591620717411303424 is int"),
            ([[0], [0, 1]], "is list"),
        ]:
            with self.subTest(action), self.assertRaisesRegex(rookery.UserError, "^action of CartPole-v1: .*" + text):
                env.step(action)
        self.assertEqual(env.save(), state)
        for action in (1, np.int64(0), np.uint8(1), np.array(0), True):
            env.step(action)
        pendulum = rookery.make("Pendulum-v1")
        pendulum.reset(seed=0)
        with self.assertRaisesRegex(rookery.UserError, "action of Pendulum-v1: action = 'a' is str, expected float32 \\(1\\)"):
            pendulum.step("a")
        pendulum.step([1])
        poses = rookery.make("BlockInsertion-v0")
        poses.reset(seed=0)
        with self.assertRaisesRegex(rookery.UserError, "action of Ravens/BlockInsertion-v0: 3 is no dict; expected one of pose0, pose1"):
            poses.step(3)

    def test_time_limits(self):
        def length(env):
            env.reset(seed=0)
            for steps in range(1, 700):
                if env.step(np.zeros(1, np.float32))[3]:
                    return steps
            return None

        name = "rookery/Pendulum-v1"
        self.assertEqual(length(gymnasium.make(name)), 200)
        self.assertEqual(gymnasium.make(name).spec.max_episode_steps, 200)
        for make in (gymnasium.make, lambda name, **options: rookery.make(name.split("/")[1], **options)):
            self.assertEqual(length(make(name, max_episode_steps=500)), 500)
            self.assertEqual(length(make(name, max_episode_steps=7, wrap="sensor_noise")), 7)
            self.assertEqual(length(make(name, max_episode_steps=90, wrap="time_limit:steps=17")), 17)
            self.assertIsNone(length(make(name, max_episode_steps=-1)))
        for make in (gymnasium.make_vec, lambda name, **options: rookery.make_vec(name.split("/")[1], **options)):
            env = make(name, num_envs=2, max_episode_steps=300)
            env.reset(seed=0)
            ends = [env.step(np.zeros((2, 1), np.float32))[3].all() for _ in range(300)]
            self.assertEqual((sum(ends), ends[-1]), (1, True))
        for bad in (0, -2, 1.5, "a"):
            with self.assertRaisesRegex(rookery.UserError, "max_episode_steps = .*expected a number of steps"):
                rookery.make("Pendulum-v1", max_episode_steps=bad)
        # What records an episode sees how it ends.
        with tempfile.TemporaryDirectory() as folder:
            env = gymnasium.make(name, wrap=f"record:folder={folder}")
            self.assertEqual(length(env), 200)
            self.assertEqual([len(e) for e in rookery.read_episodes(folder)], [200])

    def test_specs_are_the_peers(self):
        names = [name.removeprefix("rookery/") for name in gymnasium.registry if name.startswith("rookery/")]
        shared = [name for name in names if name in gymnasium.registry]
        self.assertGreaterEqual(len(shared), 7)
        for name in shared:
            ours, peer = gymnasium.spec("rookery/" + name), gymnasium.spec(name)
            self.assertEqual(ours.reward_threshold, peer.reward_threshold, name)
            self.assertEqual(ours.max_episode_steps, peer.max_episode_steps, name)
        env = rookery.make("CartPole-v1", sutton_barto_reward=True)
        self.assertEqual((env.spec.max_episode_steps, env.spec.reward_threshold), (500, 475))
        again = gymnasium.make(env.spec)
        again.reset(seed=0)
        self.assertEqual(again.step(0)[1], 0)

    def test_infos_are_plain(self):
        for name in ["Ant-v5", "Pong-v5", "BlockInsertion-v0"]:
            env = rookery.make(name)
            infos = [env.reset(seed=0)[1], env.step(env.action_space.sample())[4]]
            for info in infos:
                scalars = {key: value for key, value in info.items() if np.ndim(value) == 0}
                self.assertGreater(len(scalars), 0)
                json.dumps(scalars)
                hash(tuple(scalars.values()))
        self.assertIs(type(infos[1]["success"]), bool)

    def test_options_as_the_peers_take_them(self):
        tuples = rookery.make("Ant-v5", healthy_z_range=(0.3, 0.9), contact_force_range=(-2, 2))
        ends = rookery.make(
            "Ant-v5", healthy_z_range_low=0.3, healthy_z_range_high=0.9, contact_force_range_low=-2, contact_force_range_high=2
        )
        default = rookery.make("Ant-v5", healthy_z_range=None, ctrl_cost_weight=None)
        self.assertEqual(tuples._settings, ends._settings)
        self.assertEqual(default._settings, [])
        with self.assertRaisesRegex(rookery.UserError, "healthy_z_range = 0.3 is no pair"):
            rookery.make("Ant-v5", healthy_z_range=0.3)
        stacked = [{"name": "sensor_noise", "channels": 2}, "frame_stack:frames=3"]
        self.assertEqual(rookery.make("Pendulum-v1", wrap=stacked).observation_space.shape, (3, 5))
        self.assertEqual(rookery.make("Pendulum-v1", wrap={"name": "frame_stack"}).observation_space.shape, (4, 3))
        with self.assertRaisesRegex(rookery.UserError, "wrap: {'frames': 3} is no wrapper; expected"):
            rookery.make("Pendulum-v1", wrap=[{"frames": 3}])

    def test_seeds(self):
        env, many = rookery.make("CartPole-v1"), rookery.make_vec("CartPole-v1", 2)
        env.reset(seed=2**64 - 1)
        for seed in (2**70, -1, 0.5, "a"):
            with self.assertRaisesRegex(rookery.UserError, "CartPole-v1: seed = .* is no whole number"):
                env.reset(seed=seed)
            with self.assertRaisesRegex(rookery.UserError, "environment 1 of 2: CartPole-v1: seed = "):
                many.reset(seed=[0, seed])

    def test_life_cycle(self):
        env = rookery.make("CartPole-v1", render_mode="rgb_array")
        with self.assertRaisesRegex(gymnasium.error.ResetNeeded, "before render"):
            env.render()
        env.reset(seed=0)
        env.close()
        env.close()
        for call in (lambda: env.step(0), env.reset, env.render, env.save):
            with self.assertRaisesRegex(rookery.UserError, "CartPole-v1 has been closed") as caught:
                call()
            self.assertIsInstance(caught.exception, gymnasium.error.ClosedEnvironmentError)

    def test_copies_go_on_alike(self):
        names = ["CartPole-v1", "Ant-v5", "CarRacing-v3", "BlockInsertion-v0", "Pong-v5"]
        for name in names:
            for again in (copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))):
                with self.subTest(name):
                    fresh = again(rookery.make(name, max_episode_steps=3))
                    np.testing.assert_equal(fresh.reset(seed=1), rookery.make(name).reset(seed=1))
                    env = gymnasium.make("rookery/" + name, render_mode="rgb_array")
                    env.reset(seed=3)
                    env.action_space.seed(3)
                    twin = again(env)
                    for _ in range(3):
                        action = env.action_space.sample()
                        np.testing.assert_equal(twin.action_space.sample(), action)
                        result = env.step(action)
                        np.testing.assert_equal(twin.step(action), result)
                        if result[2] or result[3]:
                            break
                    np.testing.assert_array_equal(env.render(), twin.render())
        many = rookery.make_vec("CartPole-v1", 3, 2, settings=[{}, {"sutton_barto_reward": True}, {}])
        many.reset(seed=0)
        twin = copy.deepcopy(many)
        for _ in range(30):
            np.testing.assert_equal(many.step(np.ones(3, int)), twin.step(np.ones(3, int)))

    def test_documentation(self):
        text = rookery.make("CarRacing-v3").__doc__
        for part in ("CarRacing-v3: drive around", "Observation\n  image", "Action\n  action", "solved from 900", "lap_complete_percent"):
            self.assertIn(part, text)
        self.assertEqual(rookery.describe("car-racing"), text)
        for kind in (rookery.RookeryEnv, rookery.RookeryVectorEnv):
            for method in (kind.reset, kind.step, kind.render, kind.save, kind.load):
                self.assertTrue(method.__doc__)
                self.assertIn("return", method.__annotations__)
        self.assertTrue(rookery.UserError.__doc__ and rookery.Failure.__doc__)

    def test_names_that_are_unknown(self):
        for name, error, text in [
            ("CartPol-v1", gymnasium.error.NameNotFound, "did you mean CartPole-v1"),
            ("CartPole-v7", gymnasium.error.VersionNotFound, "there is CartPole-v1"),
            ("PongNoFrameskip-v4", gymnasium.error.NameNotFound, "it is ALE/Pong-v5 with frameskip=1, repeat_action_probability=0$"),
            ("Breakout-ramDeterministic-v0", gymnasium.error.NameNotFound,
             "ALE/Breakout-v5 with frameskip=4, repeat_action_probability=0.25, obs_type=ram"),
            ("Pong-v4", gymnasium.error.VersionNotFound, "ALE/Pong-v5 with frameskip=\\(2, 5\\)"),
        ]:
            for call in (rookery.make, rookery.make_vec, rookery.find, rookery.settings, rookery.describe):
                with self.subTest(name), self.assertRaisesRegex(rookery.UserError, text) as caught:
                    call(name)
                self.assertIsInstance(caught.exception, error)

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
            self.compare_infos(a[4], b[4])
            if mode == AutoresetMode.DISABLED and done.any():
                a = ours.reset(options={"reset_mask": done.copy()})
                b = peer.reset(options={"reset_mask": done.copy()})
                np.testing.assert_array_equal(a[0], b[0])
                self.compare_infos(a[1], b[1])
        self.assertGreater(ends, 5)

    def compare_infos(self, a, b):
        self.assertEqual(a.keys(), b.keys())
        for name in a:
            if isinstance(a[name], dict):
                self.compare_infos(a[name], b[name])
            elif name == "final_obs":
                np.testing.assert_equal(list(a[name]), list(b[name]))
            else:
                np.testing.assert_array_equal(a[name], b[name], name)

    def test_through_gymnasium(self):
        env = gymnasium.make_vec("rookery/CartPole-v1", num_envs=3, vectorization_mode="vector_entry_point", num_threads=2)
        self.assertEqual(env.reset(seed=0)[0].shape, (3, 4))
        self.assertIsInstance(env.unwrapped, rookery.RookeryVectorEnv)

    def test_each_has_its_own_settings_and_options(self):
        own = [{"gravity": 5.0}, {}, {"gravity": 15.0}]
        many = rookery.make_vec("Pendulum-v1", 3, 2, settings=[{"g": one.get("gravity")} for one in own])
        starts = [{"x_init": 0.1}, {}, {"x_init": 0.2, "y_init": 0.01}]
        observations = many.reset(seed=4, options=starts)[0]
        single = [rookery.make("Pendulum-v1", g=one.get("gravity")) for one in own]
        for i, env in enumerate(single):
            np.testing.assert_array_equal(observations[i], env.reset(seed=4 + i, options=starts[i])[0])
        action = np.full((3, 1), 0.5, np.float32)
        observations = many.step(action)[0]
        for i, env in enumerate(single):
            np.testing.assert_array_equal(observations[i], env.step(action[i])[0])
        masked = many.reset(seed=4, options={"reset_mask": np.array([True, False, True]), "each": starts})[0]
        np.testing.assert_array_equal(masked[0], single[0].reset(seed=4, options=starts[0])[0])
        np.testing.assert_array_equal(masked[1], observations[1])
        with self.assertRaisesRegex(rookery.UserError, "settings: expected a list of 3, .*not 2 of them"):
            rookery.make_vec("Pendulum-v1", 3, settings=[{}, {}])
        with self.assertRaisesRegex(rookery.UserError, "options: expected a list of 3"):
            many.reset(options=[{}])
        with self.assertRaisesRegex(rookery.UserError, "environment 1 differs"):
            rookery.make_vec("Pendulum-v1", 2, settings=[{}, {"wrap": "frame_stack"}])

    def test_frames_per_second_are_the_environments(self):
        for name in ("CartPole-v1", "Ant-v5"):
            self.assertEqual(rookery.make_vec(name, 2).metadata["render_fps"], gymnasium.make(name).metadata["render_fps"])

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
        for actions in ([0.9, -0.5, 0], np.array([0, np.nan, 1])):
            with self.assertRaisesRegex(rookery.UserError, "action of CartPole-v1: action = .* is float64 \\(3\\), expected int64 \\(3\\)"):
                env.step(actions)
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


class Atari(unittest.TestCase):
    def compare(self, wrap, **options):
        """Wrapped alike, ours and ale-py's show and pay the same."""
        try:
            import ale_py
        except ImportError as error:
            self.skipTest(f"no ale-py: {error}")
        gymnasium.register_envs(ale_py)
        for name in ("Breakout-v5", "Pong-v5"):
            ours, peer = (
                wrap(gymnasium.make(family + name, frameskip=1, repeat_action_probability=0.0, **options))
                for family in ("rookery/", "ALE/")
            )
            a, b = ours.reset(seed=7), peer.reset(seed=7)
            np.testing.assert_array_equal(a[0], b[0])
            peer.action_space.seed(0)
            for _ in range(150):
                action = peer.action_space.sample()
                a, b = ours.step(action), peer.step(action)
                np.testing.assert_array_equal(a[0], b[0])
                self.assertEqual(a[1:4], b[1:4])
                if a[2] or a[3]:
                    np.testing.assert_array_equal(ours.reset()[0], peer.reset()[0])

    def test_under_stable_baselines3(self):
        try:
            from stable_baselines3.common.atari_wrappers import AtariWrapper
        except ImportError as error:
            self.skipTest(f"no stable-baselines3: {error}")
        self.compare(AtariWrapper)

    def test_under_gymnasium(self):
        for gray in (True, False):
            wrap = lambda env: gymnasium.wrappers.AtariPreprocessing(env, terminal_on_life_loss=True, grayscale_obs=gray)
            self.compare(wrap)
        with self.assertRaisesRegex(ValueError, "Disable frame-skipping"):
            gymnasium.wrappers.AtariPreprocessing(gymnasium.make("rookery/Pong-v5"))

    def test_the_console_is_ale_pys(self):
        try:
            import ale_py
        except ImportError as error:
            self.skipTest(f"no ale-py: {error}")
        gymnasium.register_envs(ale_py)
        ours, peer = gymnasium.make("rookery/Seaquest-v5").unwrapped, gymnasium.make("ALE/Seaquest-v5").unwrapped
        ours.reset(seed=1), peer.reset(seed=1)
        for action in range(18):
            ours.step(action), peer.step(action)
        self.assertEqual(ours.get_action_meanings(), peer.get_action_meanings())
        self.assertEqual((ours._frameskip, rookery.make("Pong-v5", frameskip=(2, 5))._frameskip), (4, (2, 5)))
        for name in ("lives", "game_over", "game_truncated", "getFrameNumber", "getEpisodeFrameNumber", "getRAMSize",
                     "getScreenDims", "getRAM", "getScreenRGB", "getScreenGrayscale"):
            np.testing.assert_array_equal(getattr(ours.ale, name)(), getattr(peer.ale, name)(), name)
        for name in ("getMinimalActionSet", "getLegalActionSet"):
            self.assertEqual(getattr(ours.ale, name)(), [a.value for a in getattr(peer.ale, name)()])


if __name__ == "__main__":
    unittest.main(verbosity=2)
