// `rookery bench render`: the rasteriser beside PyBullet's CPU renderer, on the same scene.
#include "apps/bench.h"

#ifdef ROOKERY_WITH_BULLET

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>

#include "core/assets.h"
#include "core/error.h"
#include "core/thread_pool.h"
#include "envs/tabletop/cameras.h"
#include "envs/tabletop/observer.h"
#include "envs/tabletop/ur5.h"
#include "renderers/rasterizer.h"

namespace rookery::bench {
namespace {

constexpr double kSecondsPerRepetition = 0.5;
constexpr double kGroundSize_m = 200;  // edge of plane/plane.urdf

nlohmann::json ToJson(const Vec3& v) { return {v.x, v.y, v.z}; }
nlohmann::json ToJson(const Quat& q) { return {q.x, q.y, q.z, q.w}; }

// Draws with scratch memory of its own. Something moves between any two frames, as in an episode,
// so that nothing of the last frame can be kept.
class Drawer {
 public:
  Drawer(const Scene& scene, int threads)
      : scene_(scene), pool_(threads), rasterizer_(&pool_), observer_(true, threads) {}

  void Draw(const Camera& camera) {
    Move();
    rasterizer_.Render(scene_, camera, {}, &frame_);
  }
  void Observe() {
    Move();
    observer_.Observe(scene_, &observation_);
  }

 private:
  void Move() {
    there_ = !there_;
    scene_.bodies.back().X_WB.p.x += there_ ? 1e-4 : -1e-4;
  }

  Scene scene_;
  ThreadPool pool_;
  Rasterizer rasterizer_;
  TabletopObserver observer_;
  Frame frame_;
  ArrayMap observation_;
  bool there_ = false;
};

// Where the model of a body lies in the assets, by the body's name in the scene.
std::string UrdfOf(const std::string& name) {
  static const std::map<std::string, std::string> urdfs = {
      {"plane", "plane/plane.urdf"},
      {"workspace", "workspace/workspace.urdf"},
      {"ur5", "ur5/ur5.urdf"},
      {"suction_base", "ur5/suction/suction_base.urdf"},
      {"suction_head", "ur5/suction/suction_head.urdf"},
      {"ell", "insertion/ell.urdf"},
      {"fixture", "insertion/fixture.urdf"}};
  const auto found = urdfs.find(name);
  ROOKERY_CHECK(found != urdfs.end());
  return found->second;
}

nlohmann::json Rgb(const std::array<float, 3>& rgb) {
  nlohmann::json out = nlohmann::json::array();
  for (const float channel : rgb) out.push_back(std::lround(255 * channel));
  return out;
}

// The scene as the peer builds it: the same models at the same places, the arm at home.
nlohmann::json SceneRequest(const Scene& scene, const Camera& camera) {
  nlohmann::json out = {{"command", "scene"}, {"checker", nullptr}};
  const std::string plane = FindAsset(UrdfOf("plane"));
  out["assets"] = plane.substr(0, plane.size() - UrdfOf("plane").size());
  static constexpr std::array<const char*, 6> kJoints = {
      "shoulder_pan_joint", "shoulder_lift_joint", "elbow_joint",
      "wrist_1_joint",      "wrist_2_joint",       "wrist_3_joint"};
  nlohmann::json home = nlohmann::json::object();
  for (size_t i = 0; i < kJoints.size(); ++i) home[kJoints[i]] = kUr5Home[i];
  for (const SceneBody& body : scene.bodies) {
    out["bodies"].push_back({{"id", body.id},
                             {"urdf", UrdfOf(body.name)},
                             {"position", ToJson(body.X_WB.p)},
                             {"orientation", ToJson(body.X_WB.q)},
                             {"joints", body.name == "ur5" ? home : nlohmann::json::object()}});
    for (const Visual& visual : body.visuals) {
      const Material& material = visual.material;
      if (material.checker_tile_m <= 0) continue;
      out["checker"] = {{"id", body.id},
                        {"tile", material.checker_tile_m},
                        {"size", kGroundSize_m},
                        {"rgb", {Rgb(material.rgb), Rgb(material.checker_rgb)}}};
    }
  }
  out["camera"] = {{"position", ToJson(camera.X_WC.p)},
                   {"orientation", ToJson(camera.X_WC.q)},
                   {"width", camera.width},
                   {"height", camera.height},
                   {"fy", camera.fy},
                   {"near", camera.near_m},
                   {"far", camera.far_m}};
  return out;
}

// How far the two programs' pictures of the scene agree, as a proof that they draw the same.
Table Agreement(const Scene& scene, const Camera& camera, PeerProcess* peer) {
  const nlohmann::json image = peer->Ask({{"command", "image"}});
  const auto rgb = image["rgb"].get<std::vector<int>>();
  const auto depth_um = image["depth_um"].get<std::vector<int64_t>>();
  const auto segmentation = image["segmentation"].get<std::vector<int>>();
  Rasterizer rasterizer;
  Frame frame;
  rasterizer.Render(scene, PyBulletView(camera), {}, &frame);
  const auto our_rgb = frame.rgb.As<uint8_t>();
  const auto our_depth = frame.depth.As<float>();
  const auto our_segmentation = frame.segmentation.As<uint8_t>();
  ROOKERY_CHECK_EQ(our_rgb.size(), rgb.size());
  ROOKERY_CHECK_EQ(our_depth.size(), depth_um.size());
  int64_t same_body = 0, same_depth = 0, difference = 0;
  const size_t pixels = our_depth.size();
  for (size_t i = 0; i < pixels; ++i) {
    same_body += our_segmentation[i] == segmentation[i] ? 1 : 0;
    same_depth += std::abs(our_depth[i] - 1e-6 * static_cast<double>(depth_um[i])) < 1e-3 ? 1 : 0;
  }
  for (size_t i = 0; i < rgb.size(); ++i) difference += std::abs(our_rgb[i] - rgb[i]);
  const auto percent = [](int64_t part, size_t whole) {
    return 100 * static_cast<double>(part) / static_cast<double>(whole);
  };
  return {
      .name = "agreement",
      .title = "agreement of the two pictures",
      .unit = "%",
      .columns = {"pixels"},
      .rows = {{"same body", {percent(same_body, pixels)}},
               {"depth within 1 mm", {percent(same_depth, pixels)}},
               {"mean colour difference, of full scale", {percent(difference, 255 * rgb.size())}}}};
}

}  // namespace

int Render(const Options& options, Output* out) {
  Report report{.benchmark = "render", .load_average = LoadAverage()};
  const std::unique_ptr<Env> env = MakeTask();
  StepResult first;
  env->Reset(1, &first);
  const Scene scene = env->GetScene();
  const Camera front = AgentCameras()[0];
  const Peer peer = StartPeer("render_peer.py", "--peers");
  std::function<double()> peer_frame;
  if (peer.process) {
    peer.process->Ask(SceneRequest(scene, front));
    report.tables.push_back(Agreement(scene, front, peer.process.get()));
    peer_frame = [&peer] {
      return peer.process
          ->Ask({{"command", "frames"}, {"seconds", kSecondsPerRepetition}})["seconds"]
          .get<double>();
    };
    report.peer_versions = peer.process->greeting()["versions"];
  }
  report.peer_name = "PyBullet's CPU renderer, one thread (it has no other way)";
  report.peer_note = peer.note;

  std::vector<std::unique_ptr<Drawer>> drawers;
  std::vector<Contest> contests;
  for (const int threads : ThreadCounts(options)) {
    Drawer* drawer = drawers.emplace_back(std::make_unique<Drawer>(scene, threads)).get();
    contests.push_back({.name = "frame_" + ThreadsKey(threads),
                        .what = "one 640x480 frame on " + ThreadsText(threads),
                        .threads = threads,
                        .ours =
                            [drawer, front] {
                              return SecondsPerCall(kSecondsPerRepetition,
                                                    [&] { drawer->Draw(front); });
                            },
                        .peer = peer_frame,
                        .wanted_ratio = threads == 1   ? 60.0
                                        : threads == 2 ? 100.0
                                                       : 0.0});
  }
  for (size_t i = 0; i < drawers.size(); ++i) {
    const int threads = contests[i].threads;
    contests.push_back(
        {.name = "observation_" + ThreadsKey(threads),
         .what = "three cameras and their fused heightmap on " + ThreadsText(threads),
         .threads = threads,
         .ours =
             [drawer = drawers[i].get()] {
               return SecondsPerCall(kSecondsPerRepetition, [&] { drawer->Observe(); });
             },
         .wanted_seconds = threads == 2 ? 0.015 : 0.0});
  }
  report.results = Measure(contests, options.repetitions);
  report.what = {
      "The scene of " + std::string(kTaskId) + " after Reset(1), seen by camera front.",
      "Frame: colour, depth and segmentation, 640x480, with shadows, from the same models at the "
      "same places;",
      "something moves between our frames. Observation: colour and depth of the front, left and "
      "right cameras, heightmap 320x160.",
      "One repetition is the mean over 0.5 s of frames. Times are wall time."};
  Write(report, options, out);
  return 0;
}

}  // namespace rookery::bench

#else  // ROOKERY_WITH_BULLET

namespace rookery::bench {

int Render(const Options&, Output*) {
  MakeTask();  // says what is missing
  return 1;
}

}  // namespace rookery::bench

#endif  // ROOKERY_WITH_BULLET
