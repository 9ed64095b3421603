// Exported data sets as the libraries they are for read them, compared with the recording.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/apps/program.h"
#include "tests/peers_python.h"

namespace rookery::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kNoReaders[] =
    "no Python with the readers: run scripts/install_dependencies --readers";

constexpr char kNoArrow[] = "this rookery was built without Arrow";

// The recording: episodes[i] has obs, next_obs, actions, rewards, sentences.
constexpr char kRecording[] = R"(
import glob, json, sys
import h5py, numpy as np
recorded = sorted(glob.glob(sys.argv[1] + '/episode_*.hdf5'))
class Episode: pass
episodes = []
for path in recorded:
    with h5py.File(path) as f:
        demo, e = f['data/demo_0'], Episode()
        e.obs = {k: v[()] for k, v in demo['obs'].items()}
        e.next_obs = {k: v[()] for k, v in demo['next_obs'].items()}
        e.infos = {k: v[()] for k, v in demo['infos'].items()}
        e.actions, e.rewards = demo['actions'][()], demo['rewards'][()]
        e.dones, e.seed = demo['dones'][()], int(demo.attrs['seed'])
        e.sentences = json.loads(demo.attrs['annotations'])
        episodes.append(e)
assert len(episodes) == 3 and sum(len(e.actions) for e in episodes) > 3
)";

// Modules that a reader imports and does not call when reading.
constexpr char kStandIns[] = R"(
import importlib.abc, importlib.machinery, sys
from unittest.mock import MagicMock
class StandIns(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    names = {'accelerate', 'termcolor', 'egl_probe', 'imageio', 'tensorboardX', 'matplotlib',
             'diffusers', 'transformers'}
    def find_spec(self, name, path, target=None):
        if name.split('.')[0] in self.names:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
    def create_module(self, spec):
        module = MagicMock()
        module.__path__, module.__spec__ = [], spec
        return module
    def exec_module(self, module): pass
sys.meta_path.append(StandIns())
)";

class ExportOracle : public ::testing::Test {
 protected:
  // Three episodes, exported; what `script` prints of `arguments`: the recording and the export.
  std::string Read(const std::string& format, const std::string& name, const std::string& package,
                   const std::string& script) {
    const std::string python = PeersPython(package);
    if (python.empty()) return kNoReaders;
    RunExpecting(0, {"demos", "Ravens/PlaceRedInGreen-v0", "--episodes", "3", "--out", demos_});
    const std::string out = folder_.path() + "/" + name;
    const Ended ended = Program({"export", demos_, "--to", format, "--out", out}).Wait();
    if (ended.err.find("built without Arrow") != std::string::npos) return kNoArrow;
    EXPECT_EQ(ended.code, 0) << ended.err;
    return RunPython(python, kRecording + (kStandIns + script), "'" + demos_ + "' '" + out + "'");
  }

 private:
  TempFolder folder_;
  const std::string demos_ = folder_.path() + "/demos";
};

TEST_F(ExportOracle, RobomimicReadsIt) {
  const std::string printed = Read("robomimic", "red.hdf5", "torch, h5py, robomimic", R"(
import robomimic.utils.obs_utils as ObsUtils
from robomimic.utils.dataset import SequenceDataset
from robomimic.utils.file_utils import get_env_metadata_from_dataset
names = sorted(episodes[0].obs)
ObsUtils.initialize_obs_utils_with_obs_specs({'obs': {'low_dim': names, 'rgb': []}})
def read(filter_key):
    return SequenceDataset(sys.argv[2], obs_keys=names, dataset_keys=('actions', 'rewards', 'dones'),
                           load_next_obs=True, hdf5_cache_mode=None, filter_by_attribute=filter_key)
assert get_env_metadata_from_dataset(sys.argv[2])['env_name'] == 'Ravens/PlaceRedInGreen-v0'
data = read(None)
assert len(data) == sum(len(e.actions) for e in episodes), len(data)
at = 0
for e in episodes:
    for t in range(len(e.actions)):
        item = data[at]
        at += 1
        assert (item['actions'][0] == e.actions[t]).all() and item['rewards'][0] == e.rewards[t]
        assert item['dones'][0] == e.dones[t]
        for name in names:
            assert (item['obs'][name][0] == e.obs[name][t]).all(), name
            assert (item['next_obs'][name][0] == e.next_obs[name][t]).all(), name
assert read('train').demos == ['demo_0', 'demo_1'] and read('valid').demos == ['demo_2']
with h5py.File(sys.argv[2]) as f:
    for i, e in enumerate(episodes):
        assert [s.decode() for s in f[f'data/demo_{i}/sentences'][()]] == e.sentences
print('read all')
)");
  if (printed == kNoReaders) GTEST_SKIP() << kNoReaders;
  EXPECT_THAT(printed, HasSubstr("read all"));
}

TEST_F(ExportOracle, MinariReadsIt) {
  const std::string printed = Read("minari", "red-v0", "minari, h5py", R"(
import os
os.environ['MINARI_DATASETS_PATH'] = os.path.dirname(sys.argv[2])
import minari
data = minari.load_dataset('red-v0')
assert data.total_episodes == 3 and data.total_steps == sum(len(e.actions) for e in episodes)
for e, read, meta in zip(episodes, data.iterate_episodes(), data.storage.get_episode_metadata(range(3))):
    assert meta['seed'] == e.seed and (read.actions == e.actions).all()
    assert (read.rewards == e.rewards).all()
    assert ((read.terminations | read.truncations) == e.dones.astype(bool)).all()
    for name in e.obs:
        assert (read.observations[name][:-1] == e.obs[name]).all(), name
        assert (read.observations[name][1:] == e.next_obs[name]).all(), name
    assert (read.infos['success'] == e.infos['success']).all()
    assert [s.decode() for s in read.infos['sentence']] == e.sentences
    for t, action in enumerate(read.actions):
        assert data.action_space.contains(action), action
        assert data.observation_space.contains({k: v[t] for k, v in read.observations.items()})
assert data.action_space.shape == (14,)
print('read all')
)");
  if (printed == kNoReaders) GTEST_SKIP() << kNoReaders;
  EXPECT_THAT(printed, HasSubstr("read all"));
}

TEST_F(ExportOracle, LeRobotReadsIt) {
  // This torchvision has lost its video reader, which LeRobot asks for: av decodes, as it did.
  const std::string printed = Read("lerobot", "red", "lerobot, datasets, torch, av", R"(
import os
os.environ['HF_HUB_OFFLINE'] = '1'
import av, torch, torchvision
class VideoReader:
    def __init__(self, path, stream): self.container = av.open(path)
    def seek(self, seconds, keyframes_only):
        self.container.seek(int(seconds * av.time_base), any_frame=False, backward=True)
        return self
    def __iter__(self):
        for frame in self.container.decode(video=0):
            rgb = torch.from_numpy(frame.to_ndarray(format='rgb24')).permute(2, 0, 1)
            yield {'pts': float(frame.pts * frame.time_base), 'data': rgb}
torchvision.io.VideoReader, torchvision.set_video_backend = VideoReader, lambda name: None
from lerobot.datasets.lerobot_dataset import LeRobotDataset
data = LeRobotDataset('local/red', root=sys.argv[2], video_backend='pyav')
assert data.num_episodes == 3 and data.num_frames == sum(len(e.actions) for e in episodes)
picture, height = 'observation.images.heightmap_rgb', 'observation.heightmap_height'
assert data.features['action']['names'][7] == 'pose1.x'
at, worst = 0, 0
for index, e in enumerate(episodes):
    for t in range(len(e.actions)):
        item = data[at]
        at += 1
        assert int(item['episode_index']) == index and int(item['frame_index']) == t
        assert (item['action'].numpy() == e.actions[t].astype(np.float32)).all()
        assert item['next.reward'].numpy() == np.float32(e.rewards[t])
        assert bool(item['next.done']) == bool(e.dones[t])
        assert (item[height].numpy() == e.obs['heightmap.height'][t]).all()
        assert item['task'] == e.sentences[t]
        want = e.obs['heightmap.rgb'][t].astype(float) / 255
        got = item[picture].permute(1, 2, 0).numpy()
        assert got.shape == want.shape
        worst = max(worst, float(abs(got - want).mean()))
# The encoder loses colour detail.
assert worst < 0.02, worst
stats = data.meta.stats
actions = np.concatenate([e.actions for e in episodes])
assert np.allclose(stats['action']['mean'], actions.mean(0), atol=1e-9)
assert np.allclose(stats['action']['std'], actions.std(0), atol=1e-9)
heights = np.concatenate([e.obs['heightmap.height'] for e in episodes])
assert np.allclose(stats[height]['max'], heights.max(0))
assert stats[picture]['mean'].shape == (3, 1, 1)
print('read all')
)");
  if (printed == kNoReaders || printed == kNoArrow) GTEST_SKIP() << printed;
  EXPECT_THAT(printed, HasSubstr("read all"));
}

}  // namespace
}  // namespace rookery::testing
