#include "gui/gl_meshes.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <string>
#include <tuple>

#include "core/error.h"
#include "gui/body_color.h"
#include "gui/gl_shaders.h"

namespace rookery::gui {
namespace {

void CheckMesh(const std::shared_ptr<const Mesh>& mesh, const SceneBody& body) {
  const std::string who = "body " + std::to_string(body.id) + " '" + body.name + "': ";
  if (mesh == nullptr) throw UserError(who + "a visual without a mesh");
  if (mesh->vertices.size() % 3 != 0 || mesh->normals.size() != mesh->vertices.size() ||
      mesh->indices.size() % 3 != 0) {
    throw UserError(who + "a mesh of " + std::to_string(mesh->vertices.size()) + " coordinates, " +
                    std::to_string(mesh->normals.size()) + " of normals and " +
                    std::to_string(mesh->indices.size()) +
                    " indices; expected as many normals as vertices and three indices a triangle");
  }
  const size_t vertices = mesh->vertices.size() / 3;
  for (const uint32_t index : mesh->indices) {
    if (index >= vertices) {
      throw UserError(who + "a mesh has " + std::to_string(vertices) +
                      " vertices but names number " + std::to_string(index));
    }
  }
}

bool IsFlat(const Mesh& mesh) {
  const auto same = [&mesh](uint32_t a, uint32_t b) {
    return std::equal(&mesh.normals[3 * a], &mesh.normals[3 * a] + 3, &mesh.normals[3 * b]);
  };
  for (size_t i = 0; i < mesh.indices.size(); i += 3) {
    const uint32_t first = mesh.indices[i];
    if (!same(first, mesh.indices[i + 1]) || !same(first, mesh.indices[i + 2])) return false;
  }
  return true;
}

GlMesh Upload(const std::shared_ptr<const Mesh>& mesh) {
  GlMesh out;
  out.of = mesh;
  const size_t n = mesh->vertices.size() / 3;
  std::vector<float> interleaved(6 * n);
  std::array<float, 3> low, high;
  low.fill(std::numeric_limits<float>::max());
  high.fill(std::numeric_limits<float>::lowest());
  for (size_t i = 0; i < n; ++i) {
    for (size_t k = 0; k < 3; ++k) {
      const float at = mesh->vertices[3 * i + k];
      interleaved[6 * i + k] = at;
      interleaved[6 * i + 3 + k] = mesh->normals[3 * i + k];
      low[k] = std::min(low[k], at);
      high[k] = std::max(high[k], at);
    }
  }
  if (n > 0) {
    float squared = 0;
    for (size_t k = 0; k < 3; ++k) {
      out.center[k] = 0.5f * (low[k] + high[k]);
      squared += 0.25f * (high[k] - low[k]) * (high[k] - low[k]);
    }
    out.radius = std::sqrt(squared);
  }
  out.count = static_cast<GLsizei>(mesh->indices.size());
  out.flat = IsFlat(*mesh);
  out.vertex_array = MakeVertexArray();
  out.vertices = MakeBuffer();
  out.indices = MakeBuffer();
  glBindVertexArray(out.vertex_array);
  glBindBuffer(GL_ARRAY_BUFFER, out.vertices);
  glBufferData(GL_ARRAY_BUFFER, static_cast<GLsizeiptr>(interleaved.size() * sizeof(float)),
               interleaved.data(), GL_STATIC_DRAW);
  constexpr GLsizei kStride = 6 * sizeof(float);
  glEnableVertexAttribArray(kAtPosition);
  glVertexAttribPointer(kAtPosition, 3, GL_FLOAT, GL_FALSE, kStride, nullptr);
  glEnableVertexAttribArray(kAtNormal);
  glVertexAttribPointer(kAtNormal, 3, GL_FLOAT, GL_FALSE, kStride,
                        reinterpret_cast<const void*>(3 * sizeof(float)));
  for (const GLuint place : {kAtRows, kAtRows + 1, kAtRows + 2, kAtUnscale, kAtColor, kAtId}) {
    glEnableVertexAttribArray(place);
    glVertexAttribDivisor(place, 1);
  }
  glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, out.indices);
  if (n <= 65536) {
    out.index_type = GL_UNSIGNED_SHORT;
    const std::vector<uint16_t> small(mesh->indices.begin(), mesh->indices.end());
    glBufferData(GL_ELEMENT_ARRAY_BUFFER, static_cast<GLsizeiptr>(small.size() * sizeof(uint16_t)),
                 small.data(), GL_STATIC_DRAW);
  } else {
    glBufferData(GL_ELEMENT_ARRAY_BUFFER,
                 static_cast<GLsizeiptr>(mesh->indices.size() * sizeof(uint32_t)),
                 mesh->indices.data(), GL_STATIC_DRAW);
  }
  return out;
}

// [0, 1] in whole steps of 1/255, rounded down as the rasteriser does.
float WholeColor(float value) {
  return std::floor(std::clamp(255.0f * value, 0.0f, 255.0f)) / 255.0f;
}

void SetRows(const Pose& pose, const std::array<float, 3>& scale, float rows[3][4]) {
  const std::array<double, 9> r = RotationMatrix(pose.q);
  for (size_t i = 0; i < 3; ++i) {
    for (size_t k = 0; k < 3; ++k) {
      rows[i][k] = static_cast<float>(r[3 * i + k] * static_cast<double>(scale[k]));
    }
    rows[i][3] = static_cast<float>(pose.p[static_cast<int>(i)]);
  }
}

bool SameBytes(const GlInstance& a, const GlInstance& b, size_t bytes) {
  return std::memcmp(&a, &b, bytes) == 0;
}

}  // namespace

const GlMesh* GlMeshes::Get(const std::shared_ptr<const Mesh>& mesh, const SceneBody& body) {
  const auto found = meshes_.find(mesh.get());
  // A new mesh may have the address of one that is gone.
  if (found != meshes_.end() && found->second.of.lock() == mesh) return &found->second;
  CheckMesh(mesh, body);
  GlMesh& entry = meshes_[mesh.get()];
  entry = Upload(mesh);
  entry.serial = ++uploads_;
  return &entry;
}

void GlMeshes::ForgetUnused() {
  std::erase_if(meshes_, [](const auto& entry) { return entry.second.of.expired(); });
}

bool GlBatch::Set(const Scene& scene, bool segmentation, GlMeshes* meshes) {
  entries_.clear();
  for (const SceneBody& body : scene.bodies) {
    for (const Visual& visual : body.visuals) {
      Entry entry;
      entry.group.mesh = meshes->Get(visual.mesh, body);
      entry.group.serial = entry.group.mesh->serial;
      const auto& scale = visual.scale;
      entry.group.mirrored = (scale[0] < 0) != ((scale[1] < 0) != (scale[2] < 0));
      SetRows(body.X_WB * visual.X_BV, scale, entry.instance.rows);
      const std::array<float, 3> color = segmentation ? BodyColor(body.id) : visual.material.rgb;
      for (size_t k = 0; k < 3; ++k) {
        entry.instance.unscale[k] = 1 / (scale[k] * scale[k]);
        entry.instance.rgb[k] = WholeColor(color[k]);
        entry.group.odd_rgb[k] = WholeColor(visual.material.checker_rgb[k]);
      }
      entry.instance.id = static_cast<float>(body.id);
      const float tile = visual.material.checker_tile_m;
      if (tile > 0 && !segmentation) {
        float rows[3][4];
        SetRows(body.X_WB.Inverse(), {1, 1, 1}, rows);
        for (size_t i = 0; i < 2; ++i) {
          for (size_t k = 0; k < 4; ++k) entry.group.tile[i][k] = rows[i][k] / tile;
        }
      } else {
        entry.group.odd_rgb = {};
      }
      entry.caster = visual.material.casts_shadow;
      entry.size = entry.group.mesh->radius *
                   std::max({std::abs(scale[0]), std::abs(scale[1]), std::abs(scale[2])});
      entries_.push_back(entry);
    }
  }
  // Large things last: they mostly lie behind the small ones and are then not shaded.
  std::unordered_map<const GlMesh*, float> largest;
  for (const Entry& entry : entries_) {
    float& size = largest[entry.group.mesh];
    size = std::max(size, entry.size);
  }
  std::stable_sort(entries_.begin(), entries_.end(), [&](const Entry& a, const Entry& b) {
    const auto key = [&largest](const Entry& e) {
      return std::tuple(largest[e.group.mesh], e.group.serial, e.group.mirrored, e.group.tile,
                        e.group.odd_rgb, !e.caster);
    };
    return key(a) < key(b);
  });

  std::swap(instances_, instances_before_);
  std::swap(groups_, groups_before_);
  instances_.clear();
  groups_.clear();
  for (const Entry& entry : entries_) {
    GlGroup* group = groups_.empty() ? nullptr : &groups_.back();
    if (group == nullptr || group->mesh != entry.group.mesh ||
        group->mirrored != entry.group.mirrored || group->tile != entry.group.tile ||
        group->odd_rgb != entry.group.odd_rgb) {
      group = &groups_.emplace_back(entry.group);
      group->first = static_cast<int>(instances_.size());
    }
    ++group->count;
    group->casters += entry.caster ? 1 : 0;
    instances_.push_back(entry.instance);
  }

  const bool same_groups = groups_ == groups_before_;
  bool same = same_groups;
  casters_changed_ = !same_groups;
  for (const GlGroup& group : groups_) {
    for (int i = group.first; i < group.first + group.count && same_groups; ++i) {
      const auto k = static_cast<size_t>(i);
      const GlInstance &now = instances_[k], &before = instances_before_[k];
      same &= SameBytes(now, before, sizeof(GlInstance));
      if (i < group.first + group.casters) {
        casters_changed_ |= !SameBytes(now, before, sizeof(now.rows));
      }
    }
  }
  if (same) return false;
  if (buffer_ == 0) buffer_ = MakeBuffer();
  glBindBuffer(GL_ARRAY_BUFFER, buffer_);
  glBufferData(GL_ARRAY_BUFFER, static_cast<GLsizeiptr>(instances_.size() * sizeof(GlInstance)),
               instances_.data(), GL_STREAM_DRAW);
  return true;
}

void GlBatch::DrawGroup(const GlGroup& group, int first, int count) const {
  glBindVertexArray(group.mesh->vertex_array);
  glBindBuffer(GL_ARRAY_BUFFER, buffer_);
  const size_t base = static_cast<size_t>(first) * sizeof(GlInstance);
  const auto attribute = [base](GLuint place, GLint size, size_t offset) {
    glVertexAttribPointer(place, size, GL_FLOAT, GL_FALSE, sizeof(GlInstance),
                          reinterpret_cast<const void*>(base + offset));
  };
  for (GLuint i = 0; i < 3; ++i) attribute(kAtRows + i, 4, 4 * sizeof(float) * i);
  attribute(kAtUnscale, 3, offsetof(GlInstance, unscale));
  attribute(kAtColor, 3, offsetof(GlInstance, rgb));
  attribute(kAtId, 1, offsetof(GlInstance, id));
  glFrontFace(group.mirrored ? GL_CW : GL_CCW);
  glDrawElementsInstanced(GL_TRIANGLES, group.mesh->count, group.mesh->index_type, nullptr, count);
}

void GlBatch::DrawBody(int id) const {
  for (const GlGroup& group : groups_) {
    for (int i = group.first; i < group.first + group.count; ++i) {
      if (instances_[static_cast<size_t>(i)].id == static_cast<float>(id)) DrawGroup(group, i, 1);
    }
  }
}

bool GlBatch::BoundsOf(int id, Vec3* low, Vec3* high) const {
  bool any = false;
  for (const GlGroup& group : groups_) {
    for (int i = group.first; i < group.first + group.count; ++i) {
      const GlInstance& instance = instances_[static_cast<size_t>(i)];
      if (instance.id != static_cast<float>(id)) continue;
      for (int r = 0; r < 3; ++r) {
        const float* const row = instance.rows[r];
        double center = static_cast<double>(row[3]), squared = 0;
        for (size_t k = 0; k < 3; ++k) {
          center += static_cast<double>(row[k] * group.mesh->center[k]);
          squared += static_cast<double>(row[k] * row[k]);
        }
        const double reach = static_cast<double>(group.mesh->radius) * std::sqrt(squared);
        (*low)[r] = any ? std::min((*low)[r], center - reach) : center - reach;
        (*high)[r] = any ? std::max((*high)[r], center + reach) : center + reach;
      }
      any = true;
    }
  }
  return any;
}

}  // namespace rookery::gui
