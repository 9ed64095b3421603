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
#include "tests/gui/scene_drawing.h"

namespace rookery::gui {
namespace {

class SceneRendererTest : public SceneDrawing {
 protected:
  void ExpectRasterizersPicture(const Scene& scene, const Camera& camera) {
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
};

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

TEST_F(SceneRendererTest, WiresStandOutFromTheBackground) {
  for (const float shade : {0.12f, 0.96f}) {  // a body in the colour of what is behind it
    Scene scene = BoxOnFloor();
    scene.bodies.erase(scene.bodies.begin());
    scene.bodies[0].visuals[0].material.rgb = {shade, shade, shade};
    SceneStyle style;
    style.background = {shade, shade, shade};
    style.wireframe = true;
    const Array image = Draw(scene, LookAt({0.5, -0.7, 0.6}, {0, 0, 0.1}), style);
    const auto p = image.As<uint8_t>();
    const auto seen = std::count_if(p.begin(), p.end(), [&](uint8_t v) {
      return std::abs(static_cast<float>(v) / 255 - shade) > 0.3f;
    });
    EXPECT_GT(seen, 3 * 300) << shade;
  }
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
