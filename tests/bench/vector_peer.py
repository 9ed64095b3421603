"""Vector environments of other libraries, and rookery's own Python module, for `rookery bench vector`.

Speaks the protocol of apps/peer.h. Requests:
  {"command": "make", "library": "envpool" | "gymnasium" | "ale" | "rookery", "id": ..., "envs": n,
   "threads": n, "options": {...}, "python_path": folder of the package rookery}
      -> {"number": of the environment}
  {"command": "run", "number": n, "seconds": at least} -> {"seconds": per step of one environment}
Random actions, drawn before; every environment is stepped synchronously.
"""

import importlib.metadata
import platform
import sys
import time
import warnings

from peer_protocol import say, serve, silence_c_stdout

silence_c_stdout()
warnings.simplefilter("ignore")
try:
    import numpy as np
    import envpool
    import gymnasium
    import ale_py
    from ale_py.vector_env import AtariVectorEnv
except ImportError as error:
    say({"missing": error.name})
    sys.exit()
gymnasium.register_envs(ale_py)

BATCHES = 64  # of actions, used in turn


class Runner:
    def __init__(self, library, id, envs, threads, options):
        self.envs = envs
        ids = np.arange(envs)
        if library == "envpool":
            env = envpool.make_gymnasium(id, num_envs=envs, num_threads=threads, seed=1, **options)
            self.step = lambda action: env.step(action, ids)
            space = env.action_space
            sample = lambda: np.stack([space.sample() for _ in range(envs)])
        elif library == "ale":
            env = AtariVectorEnv(id, envs, num_threads=threads, **options)
            self.step, sample = env.step, env.action_space.sample
        elif library == "gymnasium":
            kind = gymnasium.vector.AsyncVectorEnv if threads > 1 else gymnasium.vector.SyncVectorEnv
            env = kind([lambda: gymnasium.make(id, **options) for _ in range(envs)])
            self.step, sample = env.step, env.action_space.sample
        else:
            import rookery

            env = rookery.make_vec(id, envs, threads, **options)
            self.step, sample = env.step, env.action_space.sample
        self.env = env
        env.reset()
        self.actions = [np.asarray(sample()) for _ in range(BATCHES)]
        self.next = 0

    def run(self, seconds):
        start = time.perf_counter()
        batches = elapsed = 0
        while elapsed < seconds:
            for _ in range(8):
                self.step(self.actions[self.next])
                self.next = (self.next + 1) % BATCHES
            batches += 8
            elapsed = time.perf_counter() - start
        return elapsed / batches / self.envs


class VectorPeer:
    def __init__(self):
        self.runners = []

    def make(self, request):
        if request["python_path"] not in sys.path:
            sys.path.append(request["python_path"])
        try:
            runner = Runner(*(request[name] for name in ("library", "id", "envs", "threads", "options")))
        except Exception as error:  # whatever another library raises is its answer
            return {"error": f"{request['library']} {request['id']}: {error}"}
        self.runners.append(runner)
        return {"number": len(self.runners) - 1}

    def run(self, request):
        return {"seconds": self.runners[request["number"]].run(request["seconds"])}


def main():
    names = ("numpy", "gymnasium", "envpool", "ale-py", "mujoco", "box2d")
    versions = {name: importlib.metadata.version(name) for name in names}
    peer = VectorPeer()
    say({"versions": {"Python": platform.python_version(), **versions}})
    serve({"make": peer.make, "run": peer.run})


if __name__ == "__main__":
    main()
