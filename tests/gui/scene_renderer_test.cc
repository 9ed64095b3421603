#include "gui/scene_renderer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/env.h"
#include "core/error.h"
#include "core/registry.h"
#include "gui/body_color.h"
#include "gui/gl.h"
#include "renderers/mesh.h"
#include "renderers/rasterizer.h"
#include "tests/gui/display.h"

namespace rookery::gui {
namespace {

// A box on a floor, seen from above at an angle.
Scene BoxOnFloor() {
  Scene scene;
  SceneBody floor, box;
  floor.id = 3;
  floor.name = "floor";
  Visual plane;
  plane.mesh = PlaneMesh(4, 4);
  plane.material.rgb = {0.5f, 0.5f, 0.5f};
  plane.material.casts_shadow = false;
  floor.visuals.push_back(plane);
  box.id = 7;
  box.name = "box";
  box.movable = true;
  box.X_WB = Pose::FromXyYaw(0, 0, 0.1, 0.3);
  Visual cube;
  cube.mesh = BoxMesh({0.2, 0.2, 0.2});
  cube.material.rgb = {0.8f, 0.2f, 0.1f};
  box.visuals.push_back(cube);
  scene.bodies = {floor, box};
  scene.light.direction = {-1, -1, 2};
  return scene;
}

// Looks at `target` from `eye`, z upwards.
Camera LookAt(const Vec3& eye, const Vec3& target, int width = 320, int height = 240) {
  const Vec3 forward = Normalized(target - eye), right = Normalized(Cross(forward, {0, 0, 1}));
  const Vec3 down = Cross(forward, right);
  Camera camera;
  camera.width = width;
  camera.height = height;
  camera.fx = camera.fy = 0.9 * width;
  camera.cx = 0.5 * (width - 1);
  camera.cy = 0.5 * (height - 1);
  camera.X_WC = {eye, QuatFromMatrix({right.x, down.x, forward.x, right.y, down.y, forward.y,
                                      right.z, down.z, forward.z})};
  return camera;
}

std::array<int, 3> PixelAt(const Array& image, int x, int y) {
  const auto* const p = image.As<uint8_t>().data() + 3 * (y * image.shape()[1] + x);
  return {p[0], p[1], p[2]};
}

double MeanDifference(const Array& a, const Array& b) {
  EXPECT_EQ(a.shape(), b.shape());
  const auto pa = a.As<uint8_t>(), pb = b.As<uint8_t>();
  double sum = 0;
  for (size_t i = 0; i < pa.size(); ++i) sum += std::abs(int{pa[i]} - int{pb[i]});
  return sum / static_cast<double>(pa.size());
}

// Pixels that differ by more than `by` in some channel, as a share.
double ShareOfChanged(const Array& a, const Array& b, int by) {
  const auto pa = a.As<uint8_t>(), pb = b.As<uint8_t>();
  int64_t changed = 0;
  for (size_t i = 0; i < pa.size(); i += 3) {
    for (size_t c = 0; c < 3; ++c) {
      if (std::abs(int{pa[i + c]} - int{pb[i + c]}) <= by) continue;
      ++changed;
      break;
    }
  }
  return static_cast<double>(changed) / (static_cast<double>(pa.size()) / 3);
}

// One window for all: what it draws on is of no interest.
testing::HiddenWindow& Window() {
  static testing::HiddenWindow window(64, 64);
  return window;
}

class SceneRendererTest : public ::testing::Test {
 protected:
  SceneRendererTest() { Window(); }
  void TearDown() override { EXPECT_EQ(glGetError(), static_cast<GLenum>(GL_NO_ERROR)); }

  SceneRenderer& renderer() {
    if (renderer_ == nullptr) renderer_ = std::make_unique<SceneRenderer>();
    return *renderer_;
  }
  Array Draw(const Scene& scene, const Camera& camera, const SceneStyle& style = {}) {
    renderer().Render(scene, camera, style);
    EXPECT_EQ(glGetError(), static_cast<GLenum>(GL_NO_ERROR));
    return renderer().Pixels();
  }
  // As the rasteriser draws it: where nothing is, is white.
  static SceneStyle Plain() {
    SceneStyle style;
    style.background = {1, 1, 1};
    return style;
  }
  void ExpectRasterizersPicture(const Scene& scene, const Camera& camera);

 private:
  std::unique_ptr<SceneRenderer> renderer_;
};

void SceneRendererTest::ExpectRasterizersPicture(const Scene& scene, const Camera& camera) {
  Frame frame;
  Rasterizer().Render(scene, camera, {}, &frame);
  const Array pixels = Draw(scene, camera, Plain());
  EXPECT_LT(MeanDifference(pixels, frame.rgb), 0.5);
  EXPECT_LT(ShareOfChanged(pixels, frame.rgb, 12), 0.01);

  // Away from edges, where the two may draw a pixel for either side.
  const auto ids = frame.segmentation.As<uint8_t>();
  const auto depths = frame.depth.As<float>();
  int compared = 0;
  for (int y = 5; y < camera.height - 5; y += camera.height / 12) {
    for (int x = 5; x < camera.width - 5; x += camera.width / 12) {
      const auto at = [&](int dx, int dy) {
        return static_cast<size_t>((y + dy) * camera.width + x + dx);
      };
      bool inside = true;
      for (const int d : {-1, 1}) {
        inside &= ids[at(0, 0)] == ids[at(d, 0)] && ids[at(0, 0)] == ids[at(0, d)];
        inside &= std::abs(depths[at(d, 0)] - depths[at(0, 0)]) < 0.01f;
        inside &= std::abs(depths[at(0, d)] - depths[at(0, 0)]) < 0.01f;
      }
      if (!inside) continue;
      ++compared;
      const int id = ids[at(0, 0)] == 255 ? -1 : int{ids[at(0, 0)]};
      EXPECT_EQ(renderer().BodyAt(x, y), id) << x << ", " << y;
      const std::optional<Vec3> point = renderer().PointAt(x, y);
      ASSERT_EQ(point.has_value(), id >= 0) << x << ", " << y;
      if (id < 0) continue;
      const double depth = static_cast<double>(depths[at(0, 0)]);
      const Vec3 expected = camera.X_WC * Vec3((x - camera.cx) / camera.fx * depth,
                                               (y - camera.cy) / camera.fy * depth, depth);
      EXPECT_LT(Norm(*point - expected), 0.002) << x << ", " << y;
    }
  }
  EXPECT_GT(compared, 30);
}

TEST_F(SceneRendererTest, DrawsABoxAsTheRasterizerDoes) {
  ExpectRasterizersPicture(BoxOnFloor(), LookAt({0.5, -0.7, 0.6}, {0, 0, 0.1}));
}

TEST_F(SceneRendererTest, DrawsRegisteredScenesAsTheRasterizerDoes) {
  const std::vector<std::string> names = {"Ravens/BlockInsertion-v0",
                                          "Ravens/PackingBoxes-v0",
                                          "Ravens/CableRing-v0",
                                          "Ravens/PalletizingBoxes-v0",
                                          "Ravens/TowersOfHanoi-v0",
                                          "Ravens/PlaceRedInGreen-v0",
                                          "Ravens/AssemblingKits-v0",
                                          "Ant-v5",
                                          "AntBullet-v0",
                                          "CartPole-v1",
                                          "Pendulum-v1"};
  int drawn = 0;
  for (const EnvEntry* entry : ListEnvs()) {
    if (std::find(names.begin(), names.end(), entry->id) == names.end()) continue;
    SCOPED_TRACE(entry->id);
    const std::unique_ptr<Env> env = MakeEnv(entry->id);
    StepResult result;
    env->Reset(5, &result);
    const Scene& scene = env->GetScene();
    ASSERT_FALSE(scene.bodies.empty());
    ASSERT_FALSE(scene.cameras.empty());
    ExpectRasterizersPicture(scene, scene.cameras[0]);
    ++drawn;
  }
  EXPECT_GT(drawn, 1);
}

TEST_F(SceneRendererTest, MirroredMeshesAreNotTurnedInsideOut) {
  Scene scene = BoxOnFloor();
  scene.bodies[1].visuals[0].scale = {-1, 1.5f, 1};
  ExpectRasterizersPicture(scene, LookAt({0.5, -0.7, 0.6}, {0, 0, 0.1}));
}

TEST_F(SceneRendererTest, OfSurfacesThatCoincideTheLaterIsSeen) {
  // Meshes that were uploaded first are drawn first: here that of the later one.
  Visual later;
  later.mesh = BoxMesh({0.1, 0.1, 0.1});
  later.scale = {2, 2, 2};
  later.material.rgb = {0, 0, 1};
  Scene scene = BoxOnFloor();
  const Camera camera = LookAt({0.5, -0.7, 0.6}, {0, 0, 0.1});
  std::vector<Visual>& visuals = scene.bodies[1].visuals;
  std::swap(visuals[0], later);
  Draw(scene, camera);
  std::swap(visuals[0], later);
  visuals.push_back(later);
  ExpectRasterizersPicture(scene, camera);
  const std::array<int, 3> pixel = PixelAt(renderer().Pixels(), 159, 119);
  EXPECT_EQ(pixel[0], 0);
  EXPECT_GT(pixel[2], 100);
}

TEST_F(SceneRendererTest, CheckerboardsAreTheRasterizers) {
  Scene scene = BoxOnFloor();
  Material& floor = scene.bodies[0].visuals[0].material;
  floor.checker_tile_m = 0.13f;
  floor.checker_rgb = {0.1f, 0.2f, 0.7f};
  ExpectRasterizersPicture(scene, LookAt({0.5, -0.7, 0.6}, {0, 0, 0.1}));
}

TEST_F(SceneRendererTest, ShadowsDarkenAndFollowWhatCastsThem) {
  Scene scene = BoxOnFloor();
  const Camera camera = LookAt({0.1, -0.2, 1.2}, {0.05, 0.05, 0});
  SceneStyle style = Plain();
  style.shadows = false;
  const Array bare = Draw(scene, camera, style);
  style.shadows = true;
  const Array shaded = Draw(scene, camera, style);
  const auto before = bare.As<uint8_t>(), after = shaded.As<uint8_t>();
  int darker = 0;
  for (size_t i = 0; i < before.size(); ++i) {
    EXPECT_LE(int{after[i]}, int{before[i]});
    darker += after[i] < before[i] ? 1 : 0;
  }
  EXPECT_GT(darker, 500);
  scene.bodies[1].X_WB.p.x += 0.3;
  EXPECT_GT(ShareOfChanged(Draw(scene, camera, style), shaded, 5), 0.01);
  scene.bodies[1].visuals[0].material.casts_shadow = false;
  const Array no_caster = Draw(scene, camera, style);
  style.shadows = false;
  EXPECT_LT(MeanDifference(no_caster, Draw(scene, camera, style)), 1e-9);
}

TEST_F(SceneRendererTest, WireframeShowsEdgesOnly) {
  const Scene scene = BoxOnFloor();
  const Camera camera = LookAt({0.5, -0.7, 0.6}, {0, 0, 0.1});
  SceneStyle style;
  style.background = {0, 0, 0};
  style.wireframe = true;
  const auto filled = [](const Array& image) {
    const auto p = image.As<uint8_t>();
    return static_cast<double>(
               std::count_if(p.begin(), p.end(), [](uint8_t v) { return v > 20; })) /
           static_cast<double>(p.size());
  };
  const Array wire = Draw(scene, camera, style);
  EXPECT_GT(filled(wire), 0.005);
  EXPECT_LT(filled(wire), 0.2);
  style.wireframe = false;
  EXPECT_GT(filled(Draw(scene, camera, style)), 0.5);
}

TEST_F(SceneRendererTest, SegmentationTellsBodiesApart) {
  const Scene scene = BoxOnFloor();
  const Camera camera = LookAt({0.5, -0.7, 0.6}, {0, 0, 0.1});
  SceneStyle style;
  style.segmentation = true;
  const Array image = Draw(scene, camera, style);
  // Its colour, up to the shading: the channels keep their ratios.
  const auto expect = [&](const std::array<int, 3>& pixel, int id) {
    const std::array<float, 3> color = BodyColor(id);
    const float most = *std::max_element(color.begin(), color.end());
    const float brightest = static_cast<float>(*std::max_element(pixel.begin(), pixel.end()));
    for (size_t c = 0; c < 3; ++c) {
      EXPECT_NEAR(static_cast<float>(pixel[c]) / brightest, color[c] / most, 0.03f) << id;
    }
  };
  ASSERT_EQ(renderer().BodyAt(159, 119), 7);
  expect(PixelAt(image, 159, 119), 7);
  ASSERT_EQ(renderer().BodyAt(20, 200), 3);
  expect(PixelAt(image, 20, 200), 3);
  for (int id = 0; id < 254; ++id) EXPECT_NE(BodyColor(id), BodyColor(id + 1));
}

// Four quarters of four colours.
SceneDecal Quarters() {
  SceneDecal decal;
  decal.rgba = Array(DType::kUInt8, {8, 8, 4});
  const auto p = decal.rgba.As<uint8_t>();
  for (size_t i = 0; i < 64; ++i) {
    const bool right = i % 8 >= 4, below = i / 8 >= 4;
    p[4 * i] = right ? 255 : 0;
    p[4 * i + 1] = below ? 255 : 0;
    p[4 * i + 2] = !right && !below ? 255 : 0;
    p[4 * i + 3] = 255;
  }
  decal.origin = {-0.4, -0.3, 0};
  decal.right = {0.8, 0, 0};
  decal.down = {0, 0.6, 0};
  return decal;
}

std::array<int, 2> PixelOf(const Camera& camera, const Vec3& point) {
  const Vec3 p = camera.X_WC.Inverse() * point;
  return {static_cast<int>(std::lround(p.x / p.z * camera.fx + camera.cx)),
          static_cast<int>(std::lround(p.y / p.z * camera.fy + camera.cy))};
}

TEST_F(SceneRendererTest, DecalsLieWhereTheyShould) {
  Scene scene = BoxOnFloor();
  const Camera camera = LookAt({0.1, -0.5, 1.2}, {0.05, 0.05, 0});
  const Array without = Draw(scene, camera);
  for (const double height : {0.0, 0.5}) {
    SceneDecal decal = Quarters();
    decal.height_m = height;
    renderer().Add(decal);
    const Array image = Draw(scene, camera);
    const auto at = [&](double x, double y, double z) {
      const auto [u, v] = PixelOf(camera, {x, y, z});
      return PixelAt(image, u, v);
    };
    EXPECT_EQ(at(-0.3, -0.2, 0), (std::array<int, 3>{0, 0, 255})) << height;
    EXPECT_EQ(at(0.3, -0.2, 0), (std::array<int, 3>{255, 0, 0})) << height;
    EXPECT_EQ(at(-0.3, 0.2, 0), (std::array<int, 3>{0, 255, 0})) << height;
    EXPECT_EQ(at(0.3, 0.2, 0), (std::array<int, 3>{255, 255, 0})) << height;
    // On the box's top it lies only when it is laid on what stands there.
    const auto [u, v] = PixelOf(camera, {0.05, 0.05, 0.2});
    ASSERT_EQ(renderer().BodyAt(u, v), 7);
    if (height > 0) {
      EXPECT_EQ(PixelAt(image, u, v), (std::array<int, 3>{255, 255, 0}));
    } else {
      EXPECT_EQ(PixelAt(image, u, v), PixelAt(without, u, v));
    }
    const auto outside = PixelOf(camera, {0.45, 0, 0});
    EXPECT_EQ(PixelAt(image, outside[0], outside[1]), PixelAt(without, outside[0], outside[1]));
  }
  EXPECT_LT(MeanDifference(Draw(scene, camera), without), 1e-9) << "they stay";
}

TEST_F(SceneRendererTest, LinesAndPointsAreHiddenWhenTheyAskForIt) {
  const Scene scene = BoxOnFloor();
  const Camera camera = LookAt({0, -1.2, 0.25}, {0, 0, 0.1});
  const std::array<float, 4> green = {0, 1, 0, 1};
  const auto through = PixelOf(camera, {0, 0, 0.1});  // the line passes behind the box here
  const auto beside = PixelOf(camera, {0.3, 0.3, 0.1});
  for (const bool always : {true, false}) {
    SceneLine line;
    line.from = {-0.5, 0.3, 0.1};
    line.to = {0.5, 0.3, 0.1};
    line.width_px = 7;
    line.color = green;
    line.always = always;
    renderer().Add(line);
    ScenePoint point;
    point.position = {0, 0.2, 0.1};
    point.size_px = 15;
    point.color = {1, 0, 1, 1};
    point.always = always;
    renderer().Add(point);
    const Array image = Draw(scene, camera);
    EXPECT_EQ(PixelAt(image, beside[0], beside[1]), (std::array<int, 3>{0, 255, 0}));
    EXPECT_EQ(PixelAt(image, through[0], through[1]) == (std::array<int, 3>{255, 0, 255}), always);
  }
  // One end behind the camera, and both.
  for (const double y : {-5.0, -2.0}) {
    SceneLine line;
    line.from = {0.02, -6, 0.2};
    line.to = {0.02, y == -5.0 ? 1.0 : y, 0.2};
    line.color = {0, 0, 1, 1};
    renderer().Add(line);
    const Array image = Draw(scene, camera);
    const auto at = PixelOf(camera, {0.02, -0.6, 0.2});
    EXPECT_EQ(PixelAt(image, at[0], at[1]) == (std::array<int, 3>{0, 0, 255}), y == -5.0);
  }
}

TEST_F(SceneRendererTest, StylesShowWhatTheyName) {
  Scene scene = BoxOnFloor();
  scene.contacts.push_back({3, 7, {0.1, -0.1, 0}, {0, 0, 10}});
  scene.frames.push_back({"goal", Pose(Vec3(0.3, 0.1, 0.05))});
  scene.workspace_low = {-0.3, -0.3, 0};
  scene.workspace_high = {0.3, 0.3, 0.3};
  scene.cameras.push_back(LookAt({-0.4, 0.4, 0.5}, {0, 0, 0}));
  const Camera camera = LookAt({0.6, -0.9, 0.8}, {0, 0, 0.1});
  const Array plain = Draw(scene, camera);
  for (bool SceneStyle::*member :
       {&SceneStyle::contacts, &SceneStyle::frames, &SceneStyle::frusta, &SceneStyle::workspace}) {
    SceneStyle style;
    style.*member = true;
    const double changed = ShareOfChanged(Draw(scene, camera, style), plain, 20);
    EXPECT_GT(changed, 0.0005);
    EXPECT_LT(changed, 0.06);
  }
  SceneStyle style;
  style.selected = 7;
  const Array selected = Draw(scene, camera, style);
  EXPECT_GT(ShareOfChanged(selected, plain, 60), 0.002);
  EXPECT_LT(ShareOfChanged(selected, plain, 60), 0.03);
  // The outline ends at the body: far from it nothing changes.
  EXPECT_EQ(PixelAt(selected, 10, 200), PixelAt(plain, 10, 200));
  style.selected = 200;
  EXPECT_LT(MeanDifference(Draw(scene, camera, style), plain), 1e-9) << "no such body";
}

TEST_F(SceneRendererTest, SeveralSamplesSmoothEdges) {
  const Scene scene = BoxOnFloor();
  const Camera camera = LookAt({0.5, -0.7, 0.6}, {0, 0, 0.1});
  SceneStyle style = Plain();
  const Array one = Draw(scene, camera, style);
  style.samples = 4;
  const Array four = Draw(scene, camera, style);
  EXPECT_GT(ShareOfChanged(one, four, 8), 0.0005);
  EXPECT_LT(MeanDifference(one, four), 1.0);
  renderer().Add(Quarters());
  style.selected = 7;
  Draw(scene, camera, style);
  EXPECT_EQ(renderer().BodyAt(159, 119), 7);
}

TEST_F(SceneRendererTest, MeshesLeaveWithThoseThatHeldThem) {
  const Camera camera = LookAt({0.5, -0.7, 0.6}, {0, 0, 0.1});
  Scene scene = BoxOnFloor();
  Draw(scene, camera);
  EXPECT_EQ(renderer().meshes(), 2);
  for (int round = 0; round < 50; ++round) {
    Scene other = BoxOnFloor();
    other.bodies[1].visuals[0].mesh = SphereMesh(0.05 + 0.002 * round);
    Draw(other, camera);
    EXPECT_LE(renderer().meshes(), 4);
  }
  Draw(scene, camera);
  EXPECT_EQ(renderer().meshes(), 2);
  EXPECT_EQ(renderer().BodyAt(159, 119), 7);
}

TEST_F(SceneRendererTest, TheSameIsNotDrawnAgainAndChangesAre) {
  Scene scene = BoxOnFloor();
  const Camera camera = LookAt({0.5, -0.7, 0.6}, {0, 0, 0.1});
  const Array first = Draw(scene, camera);
  EXPECT_LT(MeanDifference(Draw(scene, camera), first), 1e-9);
  scene.bodies[1].visuals[0].material.rgb = {0, 0, 1};
  const Array blue = Draw(scene, camera);
  EXPECT_GT(MeanDifference(blue, first), 1);
  scene.light.direction = {1, 1, 1};
  EXPECT_GT(MeanDifference(Draw(scene, camera), blue), 1);
}

TEST_F(SceneRendererTest, ResizesAndAnswersOutsideOfThePicture) {
  const Scene scene = BoxOnFloor();
  EXPECT_EQ(renderer().texture(), 0u);
  EXPECT_EQ(renderer().BodyAt(0, 0), -1);
  EXPECT_EQ(renderer().PointAt(0, 0), std::nullopt);
  for (const auto& [width, height] : {std::pair(320, 240), {1, 1}, {641, 359}, {320, 240}}) {
    const Camera camera = LookAt({0.5, -0.7, 0.6}, {0, 0, 0.1}, width, height);
    EXPECT_EQ(Draw(scene, camera).shape(), (Shape{height, width, 3}));
    EXPECT_NE(renderer().texture(), 0u);
    EXPECT_EQ(renderer().BodyAt(width, 0), -1);
    EXPECT_EQ(renderer().BodyAt(0, -1), -1);
    EXPECT_EQ(renderer().BodyAt(width / 2, height / 2), 7);
  }
}

TEST_F(SceneRendererTest, RefusesWhatCannotBeDrawnAndGoesOn) {
  Scene scene = BoxOnFloor();
  Camera camera = LookAt({0.5, -0.7, 0.6}, {0, 0, 0.1});
  const Array before = Draw(scene, camera);
  Camera flat = camera;
  flat.width = 0;
  EXPECT_THROW(renderer().Render(scene, flat, {}), UserError);
  auto broken = std::make_shared<Mesh>();
  broken->vertices = broken->normals = {0, 0, 1};
  broken->indices = {0, 0, 1};
  scene.bodies[1].visuals[0].mesh = broken;
  EXPECT_THROW(renderer().Render(scene, camera, {}), UserError);
  SceneDecal decal;
  decal.rgba = Array(DType::kUInt8, {4, 4, 3});
  renderer().Add(decal);
  EXPECT_THROW(renderer().Render(BoxOnFloor(), camera, {}), UserError);
  EXPECT_LT(MeanDifference(Draw(BoxOnFloor(), camera), before), 1e-9);
  // A world that has gone wrong: what is nowhere is not seen, the rest is.
  scene = BoxOnFloor();
  scene.bodies[1].X_WB.p.x = std::nan("");
  Draw(scene, camera);
  EXPECT_EQ(renderer().BodyAt(159, 119), 3);
}

TEST_F(SceneRendererTest, LeavesTheStateAsItFoundIt) {
  const std::vector<GLenum> switches = {GL_BLEND, GL_CULL_FACE, GL_DEPTH_TEST, GL_SCISSOR_TEST};
  const std::vector<GLenum> values = {GL_CURRENT_PROGRAM,
                                      GL_VERTEX_ARRAY_BINDING,
                                      GL_ARRAY_BUFFER_BINDING,
                                      GL_ACTIVE_TEXTURE,
                                      GL_DRAW_FRAMEBUFFER_BINDING,
                                      GL_READ_FRAMEBUFFER_BINDING,
                                      GL_TEXTURE_BINDING_2D,
                                      GL_DEPTH_FUNC,
                                      GL_CULL_FACE_MODE,
                                      GL_FRONT_FACE,
                                      GL_BLEND_SRC_RGB,
                                      GL_BLEND_DST_ALPHA,
                                      GL_UNPACK_ALIGNMENT,
                                      GL_PACK_ALIGNMENT,
                                      GL_DEPTH_WRITEMASK,
                                      GL_RENDERBUFFER_BINDING,
                                      GL_SAMPLER_BINDING};
  const auto state = [&] {
    std::vector<GLint> out;
    for (const GLenum name : switches) out.push_back(glIsEnabled(name));
    for (const GLenum name : values) {
      GLint value = 0;
      glGetIntegerv(name, &value);
      out.push_back(value);
    }
    for (const GLenum name : {GL_VIEWPORT, GL_SCISSOR_BOX, GL_POLYGON_MODE, GL_COLOR_WRITEMASK}) {
      GLint four[4] = {};
      glGetIntegerv(name, four);
      out.insert(out.end(), four, four + 4);
    }
    GLfloat color[4];
    glGetFloatv(GL_COLOR_CLEAR_VALUE, color);
    for (const GLfloat c : color) out.push_back(static_cast<GLint>(c * 1000));
    return out;
  };
  const GlTexture texture =
      MakeTexture(GL_RGBA8, 2, 2, GL_RGBA, GL_UNSIGNED_BYTE, nullptr, GL_LINEAR);
  const GlVertexArray array = MakeVertexArray();
  const GlBuffer buffer = MakeBuffer();
  glBindVertexArray(array);
  glBindBuffer(GL_ARRAY_BUFFER, buffer);
  glEnable(GL_BLEND);
  glEnable(GL_SCISSOR_TEST);
  glScissor(1, 2, 3, 4);
  glViewport(5, 6, 7, 8);
  glDepthFunc(GL_GREATER);
  glFrontFace(GL_CW);
  glCullFace(GL_FRONT);
  glDepthMask(GL_FALSE);
  glColorMask(GL_TRUE, GL_FALSE, GL_TRUE, GL_FALSE);
  glClearColor(0.1f, 0.2f, 0.3f, 0.4f);
  glBlendFuncSeparate(GL_ONE, GL_ZERO, GL_ZERO, GL_ONE);
  glPixelStorei(GL_PACK_ALIGNMENT, 8);
  glActiveTexture(GL_TEXTURE1);
  glBindTexture(GL_TEXTURE_2D, texture);
  const std::vector<GLint> before = state();

  const Scene scene = BoxOnFloor();
  const Camera camera = LookAt({0.5, -0.7, 0.6}, {0, 0, 0.1});
  SceneStyle style;
  style.selected = 7;
  style.samples = 4;
  style.frames = true;
  SceneDecal decal = Quarters();
  renderer().Add(decal);
  decal.height_m = 0.3;
  renderer().Add(decal);
  const Array odd = Draw(scene, camera, style);
  EXPECT_EQ(state(), before);
  renderer().BodyAt(100, 100);
  EXPECT_EQ(state(), before);
  style.wireframe = true;
  Draw(scene, camera, style);
  EXPECT_EQ(state(), before);
  // And nothing of that state got into the picture.
  glBindVertexArray(0);
  for (const GLenum name : {GL_BLEND, GL_SCISSOR_TEST}) glDisable(name);
  glDepthFunc(GL_LESS);
  glFrontFace(GL_CCW);
  glCullFace(GL_BACK);
  glDepthMask(GL_TRUE);
  glColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
  style.wireframe = false;
  renderer().Add(Quarters());
  renderer().Add(decal);
  EXPECT_LT(MeanDifference(Draw(scene, camera, style), odd), 1e-9);
}

}  // namespace
}  // namespace rookery::gui
