#include "renderers/mesh.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>

#include "core/error.h"
#include "tests/temp_folder.h"

namespace rookery {
namespace {

using Position = std::array<float, 3>;

Position At(const std::vector<float>& values, uint32_t i) {
  return {values[3 * i], values[3 * i + 1], values[3 * i + 2]};
}
Vec3 Double(const Position& p) {
  return {static_cast<double>(p[0]), static_cast<double>(p[1]), static_cast<double>(p[2])};
}

// Six times the volume enclosed by counter-clockwise triangles is the sum of triple products.
double Volume(const Mesh& mesh) {
  double sum = 0;
  for (size_t i = 0; i < mesh.indices.size(); i += 3) {
    const Vec3 a = Double(At(mesh.vertices, mesh.indices[i]));
    const Vec3 b = Double(At(mesh.vertices, mesh.indices[i + 1]));
    const Vec3 c = Double(At(mesh.vertices, mesh.indices[i + 2]));
    sum += Dot(a, Cross(b, c));
  }
  return sum / 6;
}

// Edges, by position, that are not walked once in each direction: 0 for a closed surface.
int OpenEdges(const Mesh& mesh) {
  std::map<std::pair<Position, Position>, int> walked;
  for (size_t i = 0; i < mesh.indices.size(); i += 3) {
    for (size_t k = 0; k < 3; ++k) {
      const Position a = At(mesh.vertices, mesh.indices[i + k]);
      const Position b = At(mesh.vertices, mesh.indices[i + (k + 1) % 3]);
      EXPECT_NE(a, b) << "degenerate triangle";
      ++walked[{a, b}];
      --walked[{b, a}];
    }
  }
  int open = 0;
  for (const auto& [edge, count] : walked) open += count != 0 ? 1 : 0;
  return open;
}

void ExpectGoodNormals(const Mesh& mesh) {
  ASSERT_EQ(mesh.normals.size(), mesh.vertices.size());
  for (uint32_t i = 0; i < mesh.vertices.size() / 3; ++i) {
    EXPECT_NEAR(Norm(Double(At(mesh.normals, i))), 1, 1e-6);
  }
  for (size_t i = 0; i < mesh.indices.size(); i += 3) {
    const Vec3 a = Double(At(mesh.vertices, mesh.indices[i]));
    const Vec3 b = Double(At(mesh.vertices, mesh.indices[i + 1]));
    const Vec3 c = Double(At(mesh.vertices, mesh.indices[i + 2]));
    const Vec3 facing = Cross(b - a, c - a);
    for (size_t k = 0; k < 3; ++k) {
      EXPECT_GT(Dot(facing, Double(At(mesh.normals, mesh.indices[i + k]))), 0);
    }
  }
}

TEST(Mesh, Box) {
  const MeshPtr box = BoxMesh({0.1, 0.2, 0.3});
  EXPECT_EQ(box->indices.size(), 36u);
  EXPECT_EQ(OpenEdges(*box), 0);
  EXPECT_NEAR(Volume(*box), 0.006, 1e-9);
  ExpectGoodNormals(*box);
  for (uint32_t i = 0; i < 24; ++i) {
    const Position p = At(box->vertices, i);
    EXPECT_FLOAT_EQ(std::abs(p[0]), 0.05f);
    EXPECT_FLOAT_EQ(std::abs(p[1]), 0.1f);
    EXPECT_FLOAT_EQ(std::abs(p[2]), 0.15f);
  }
}

TEST(Mesh, RoundOnesAreClosedAndHaveTheirVolume) {
  struct Case {
    MeshPtr mesh;
    double volume;
  };
  const double r = 0.05, h = 0.3;
  const double ball = 4.0 / 3 * kPi * r * r * r, tube = kPi * r * r * h;
  for (const auto& [mesh, volume] :
       {Case{CylinderMesh(r, h, 256), tube}, Case{CapsuleMesh(r, h, 256), tube + ball},
        Case{SphereMesh(r, 256), ball}}) {
    EXPECT_EQ(OpenEdges(*mesh), 0);
    EXPECT_NEAR(Volume(*mesh) / volume, 1, 1e-3);
    ExpectGoodNormals(*mesh);
  }
  EXPECT_EQ(OpenEdges(*CylinderMesh(1, 1, 3)), 0);
  EXPECT_EQ(OpenEdges(*SphereMesh(1, 3)), 0);
}

TEST(Mesh, PlaneFacesUp) {
  const MeshPtr plane = PlaneMesh(2, 4);
  EXPECT_EQ(plane->indices.size(), 6u);
  ExpectGoodNormals(*plane);
  for (uint32_t i = 0; i < 4; ++i) EXPECT_EQ(At(plane->normals, i), (Position{0, 0, 1}));
}

TEST(Mesh, LatheOfARectangleIsATube) {
  // Inner wall down, outer wall up: a closed profile with sharp edges.
  const std::vector<std::pair<double, double>> profile = {{0.02, 0.1}, {0.02, 0},  {0.02, 0},
                                                          {0.03, 0},   {0.03, 0},  {0.03, 0.1},
                                                          {0.03, 0.1}, {0.02, 0.1}};
  const MeshPtr tube = LatheMesh(profile, 128);
  EXPECT_EQ(OpenEdges(*tube), 0);
  EXPECT_NEAR(Volume(*tube), kPi * (0.0009 - 0.0004) * 0.1, 2e-7);
  ExpectGoodNormals(*tube);
  // Sharp: every normal is along an axis or radial.
  for (uint32_t i = 0; i < tube->vertices.size() / 3; ++i) {
    const float z = std::abs(At(tube->normals, i)[2]);
    EXPECT_TRUE(z == 0 || z == 1) << z;
  }
}

TEST(Mesh, SmoothClosedLatheIsATorus) {
  std::vector<std::pair<double, double>> circle;
  for (int i = 0; i < 64; ++i) {
    circle.emplace_back(0.1 + 0.02 * std::cos(2 * kPi * i / 64), 0.02 * std::sin(2 * kPi * i / 64));
  }
  circle.push_back(circle.front());
  const MeshPtr torus = LatheMesh(circle, 128);
  EXPECT_EQ(OpenEdges(*torus), 0);
  EXPECT_NEAR(Volume(*torus), 2 * kPi * kPi * 0.1 * 0.02 * 0.02, 2e-6);
  // The outermost point's normal, from edges on both sides of the seam, is radial.
  EXPECT_NEAR(At(torus->normals, 0)[0], 1, 1e-6);
}

TEST(Mesh, BadSizesAreRefused) {
  EXPECT_THROW(BoxMesh({0.1, 0, 0.1}), UserError);
  EXPECT_THROW(CylinderMesh(-1, 1), UserError);
  EXPECT_THROW(CylinderMesh(1, 1, 2), UserError);
  EXPECT_THROW(SphereMesh(NAN), UserError);
  EXPECT_THROW(PlaneMesh(0, 1), UserError);
  const std::vector<std::pair<double, double>> point = {{1, 0}}, negative = {{1, 0}, {-1, 1}};
  EXPECT_THROW(LatheMesh(point), UserError);
  EXPECT_THROW(LatheMesh(negative), UserError);
}

class ObjTest : public ::testing::Test {
 protected:
  MeshPtr Load(const std::string& text) { return LoadObj(folder_.Write("mesh.obj", text)); }
  std::string ErrorOf(const std::string& text) {
    try {
      Load(text);
    } catch (const UserError& error) {
      return error.what();
    }
    return "no error";
  }
  testing::TempFolder folder_;
};

TEST_F(ObjTest, QuadWithFlatNormals) {
  const MeshPtr mesh = Load(
      "# a square\r\nmtllib x.mtl\r\no square\r\nv 0 0 0\r\nv 1 0 0 1.0\r\nv 1 1 0\r\nv 0 1 0\r\n"
      "g side\r\nusemtl red\r\nf 1 2 3 4 # whole\r\n");
  EXPECT_EQ(mesh->indices.size(), 6u);
  for (uint32_t i = 0; i < 6; ++i) EXPECT_EQ(At(mesh->normals, i), (Position{0, 0, 1}));
}

TEST_F(ObjTest, NormalsTexturesNegativeIndicesAndContinuedLines) {
  const MeshPtr mesh = Load(
      "v 0 0 0\nv 1 0 0\nv 0 +1 0\nvt 0 0\nvn 0 0 2\nvn 1 0 0\n"
      "f 1/1/1 2/1/1 \\\n 3/1/2\nf -3//-2 -2//-2 -1//-2\n");
  ASSERT_EQ(mesh->indices.size(), 6u);
  EXPECT_EQ(At(mesh->normals, mesh->indices[0]), (Position{0, 0, 1}));
  EXPECT_EQ(At(mesh->normals, mesh->indices[2]), (Position{1, 0, 0}));
  // Corners with the same vertex and normal are one vertex.
  EXPECT_EQ(mesh->indices[0], mesh->indices[3]);
  EXPECT_NE(mesh->indices[2], mesh->indices[5]);
}

TEST_F(ObjTest, ErrorsNameFileAndLine) {
  const std::string head = "v 0 0 0\nv 1 0 0\nv 0 1 0\n";
  EXPECT_NE(ErrorOf(head + "f 1 2 9\n").find("mesh.obj:4: face corner '9' names vertex 9 of 3"),
            std::string::npos);
  EXPECT_NE(ErrorOf(head + "f 1 2\n").find("mesh.obj:4: "), std::string::npos);
  EXPECT_NE(ErrorOf(head + "f 1 2 x\n").find("'x'"), std::string::npos);
  EXPECT_NE(ErrorOf(head + "f 1//1 2//1 3//1\n").find("normal 1 of 0"), std::string::npos);
  EXPECT_NE(ErrorOf("v 0 0\n").find("mesh.obj:1: a vertex needs three numbers"), std::string::npos);
  EXPECT_NE(ErrorOf("v 0 0 inf\n").find("mesh.obj:1"), std::string::npos);
  EXPECT_NE(ErrorOf("").find("no triangles"), std::string::npos);
  EXPECT_THROW(LoadObj(folder_.path() + "/missing.obj"), UserError);
}

}  // namespace
}  // namespace rookery
