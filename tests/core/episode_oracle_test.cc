// Episodes and their index as h5py sees them, read the way robomimic reads data sets.
#include <gtest/gtest.h>

#include <sstream>

#include "core/episode_store.h"
#include "core/hash.h"
#include "tests/core/sample_episode.h"
#include "tests/peers_python.h"

namespace rookery {
namespace {

// robomimic's SequenceDataset: opens with swmr and libver latest, sorts demo_<i> by number, takes
// num_samples from attributes, obs and next_obs with [()] and by slices. Prints one line per
// value: name, dtype, shape, bytes in hexadecimal.
constexpr char kScript[] = R"(
import json, sys
import h5py, numpy as np
for swmr in (False, True):
    f = h5py.File(sys.argv[1], 'r', swmr=swmr, libver='latest')
    args = json.loads(f['data'].attrs['env_args'])
    assert args['env_type'] == 2, args
    demos = list(f['data'].keys())
    demos = [demos[i] for i in np.argsort([int(d[5:]) for d in demos])]
    print('total', int(f['data'].attrs['total']), args['env_name'], args['env_kwargs']['cubes'])
    for demo in demos:
        ep = f['data/' + demo]
        a = ep.attrs
        n = int(a['num_samples'])
        print(demo, n, int(a['seed']), a['agent'], a['env_id'], bool(a['success']),
              np.float64(a['return']).tobytes().hex(), json.loads(a['versions'])['bullet'])
        assert json.loads(a['env_config'])['note'] == '\u00b5 "quoted"'
        assert ep['states'].shape == (n, 0) and ep['dones'].shape == (n,)
        assert (ep['dones'][()] == (ep['terminated'][()] | ep['truncated'][()])).all()
        def show(name, x):
            x = np.asarray(x)
            print(name.replace(' ', '_'), x.dtype, 'x'.join(map(str, x.shape)), x.tobytes().hex())
        for group in ('obs', 'next_obs', 'action_parts', 'infos'):
            for key in ep[group].keys():
                data = ep[group + '/' + key]
                whole = data[()]
                show(group + '/' + key, whole)
                if n > 1:
                    assert data[1:].tobytes() == whole[1:].tobytes(), 'slices differ'
                    assert data[n - 1].tobytes() == whole[n - 1].tobytes(), 'rows differ'
        for key in ('actions', 'rewards', 'hashes', 'random_state'):
            show(key, ep[key][()])
    f.close()
)";

std::string Hex(const std::string& bytes) {
  std::string out;
  for (const char c : bytes) {
    out += "0123456789abcdef"[static_cast<uint8_t>(c) >> 4];
    out += "0123456789abcdef"[static_cast<uint8_t>(c) & 15];
  }
  return out;
}

template <typename T>
std::string Raw(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

std::string Row(std::string name, const std::string& dtype, Shape shape, const std::string& bytes) {
  for (char& c : name) c = c == ' ' ? '_' : c;
  std::string dims;
  for (const int64_t extent : shape) dims += (dims.empty() ? "" : "x") + std::to_string(extent);
  return name + " " + dtype + " " + dims + " " + Hex(bytes) + "\n";
}

std::string Stacked(const std::string& group, const std::vector<ArrayMap>& list, size_t first,
                    size_t rows) {
  std::string text;
  for (const auto& [name, array] : list[0]) {
    Shape shape = array.shape();
    shape.insert(shape.begin(), static_cast<int64_t>(rows));
    std::string bytes;
    for (size_t t = first; t < first + rows; ++t) {
      const Array& row = list[t].at(name);
      bytes.append(static_cast<const char*>(row.data()), row.nbytes());
    }
    text += Row(group + "/" + name, DTypeName(array.dtype()), shape, bytes);
  }
  return text;
}

std::string Expected(const std::string& demo, const Episode& episode) {
  const auto n = static_cast<size_t>(episode.steps());
  std::ostringstream out;
  out << demo << " " << n << " " << episode.seed << " oracle Test/Sample-v0 True "
      << Hex(Raw(std::vector<double>{episode.Return()})) << " 3.2.7\n";
  out << Stacked("obs", episode.observations, 0, n)
      << Stacked("next_obs", episode.observations, 1, n)
      << Stacked("action_parts", episode.actions, 0, n)
      << Stacked("infos", episode.infos, 0, n + 1);
  std::vector<double> flat;
  for (const ArrayMap& action : episode.actions) {
    for (const auto& [name, array] : action) {
      for (int64_t i = 0; i < array.size(); ++i) flat.push_back(array.AsDouble(i));
    }
  }
  const auto steps = static_cast<int64_t>(n);
  out << Row("actions", "float64", {steps, static_cast<int64_t>(flat.size() / n)}, Raw(flat))
      << Row("rewards", "float64", {steps}, Raw(episode.rewards))
      << Row("hashes", "uint64", {steps + 1}, Raw(episode.hashes))
      << Row("random_state", "uint8", {static_cast<int64_t>(episode.random_state.size())},
             episode.random_state);
  return out.str();
}

TEST(EpisodeOracle, H5pyReadsThemAsRobomimicDoes) {
  const std::string python = testing::PeersPython("h5py");
  if (python.empty()) GTEST_SKIP() << testing::kNoPeers;
  const testing::TempFolder folder;
  EpisodeStore store(folder.path());
  std::string expected;
  int64_t total = 0;
  for (int i = 0; i < 12; ++i) {  // more than ten, so that the order of names matters
    const Episode episode =
        testing::SampleEpisode(UINT64_MAX - static_cast<uint64_t>(i), 1 + i % 3);
    store.Add(episode);
    expected += Expected("demo_" + std::to_string(i), episode);
    total += episode.steps();
  }
  store.WriteIndex();
  expected = "total " + std::to_string(total) + " Test/Sample-v0 4\n" + expected;
  const std::string printed =
      testing::RunPython(python, kScript, "'" + folder.path() + "/dataset.hdf5'");
  const std::string twice = expected + expected;
  std::istringstream ours(twice), theirs(printed);
  for (std::string a, b; std::getline(ours, a);) {
    ASSERT_TRUE(std::getline(theirs, b)) << "h5py printed too little; next: " << a.substr(0, 80);
    ASSERT_EQ(b, a);
  }
  EXPECT_EQ(printed.size(), twice.size());
  // One file alone is a data set as well.
  const std::string alone = testing::RunPython(python, kScript, "'" + store.path(0) + "'");
  EXPECT_EQ(alone.substr(0, 31), "total 1 Test/Sample-v0 4\ndemo_0");
}

}  // namespace
}  // namespace rookery
