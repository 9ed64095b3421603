// OBJ files.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/atomic_file.h"
#include "core/error.h"
#include "renderers/mesh.h"
#include "renderers/mesh_builder.h"

namespace rookery {
namespace {

constexpr std::string_view kBlank = " \t\r\v\f";

// What one corner of a face names; -1 = none.
struct Corner {
  int64_t position = -1, normal = -1;
};

class ObjReader {
 public:
  explicit ObjReader(const std::string& path) : path_(path) {}

  MeshPtr Read() {
    const std::string text = ReadFile(path_);
    std::string joined;  // a line that ends in a backslash goes on in the next one
    for (size_t begin = 0; begin < text.size();) {
      size_t end = text.find('\n', begin);
      if (end == std::string::npos) end = text.size();
      std::string_view line(text.data() + begin, end - begin);
      begin = end + 1;
      ++line_;
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.ends_with('\\') && begin < text.size()) {
        joined.append(line.substr(0, line.size() - 1)).push_back(' ');
        continue;
      }
      if (joined.empty()) {
        ReadLine(line);
      } else {
        joined.append(line);
        ReadLine(joined);
        joined.clear();
      }
    }
    if (triangles_ == 0) throw UserError(path_ + ": no triangles");
    return out_.Build();
  }

 private:
  [[noreturn]] void Fail(const std::string& what) const {
    throw UserError(path_ + ":" + std::to_string(line_) + ": " + what);
  }

  static std::string_view NextWord(std::string_view* line) {
    const size_t begin = line->find_first_not_of(kBlank);
    if (begin == std::string_view::npos) {
      *line = {};
      return {};
    }
    line->remove_prefix(begin);
    const size_t end = std::min(line->find_first_of(kBlank), line->size());
    const std::string_view word = line->substr(0, end);
    line->remove_prefix(end);
    return word;
  }

  void ReadLine(std::string_view line) {
    line = line.substr(0, line.find('#'));
    const std::string_view keyword = NextWord(&line);
    if (keyword == "v") {
      positions_.push_back(ReadVector(&line, "vertex"));
    } else if (keyword == "vn") {
      normals_.push_back(ReadVector(&line, "normal"));
    } else if (keyword == "f") {
      ReadFace(line);
    }
    // Texture coordinates, groups, materials, lines and curves do not concern us.
  }

  Vec3 ReadVector(std::string_view* line, const char* what) {
    Vec3 out;
    for (int i = 0; i < 3; ++i) {
      std::string_view word = NextWord(line);
      if (word.starts_with('+')) word.remove_prefix(1);
      double value = 0;
      const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
      if (word.empty() || error != std::errc() || end != word.data() + word.size() ||
          !std::isfinite(value)) {
        Fail(std::string("a ") + what + " needs three numbers, got '" + std::string(word) + "'");
      }
      out[i] = value;
    }
    return out;
  }

  // "7", "7/1", "7//2", "7/1/2"; negative numbers count from the last one.
  Corner ReadCorner(std::string_view word) {
    Corner corner;
    const std::string whole(word);
    for (int part = 0; part < 3 && !word.empty(); ++part) {
      const size_t slash = word.find('/');
      const std::string_view number = word.substr(0, slash);
      const bool more = slash != std::string_view::npos;
      word = more ? word.substr(slash + 1) : std::string_view();
      if (part == 1 || number.empty()) {
        if (part == 0) Fail("a face corner needs a vertex: '" + whole + "'");
        continue;
      }
      const auto count = static_cast<int64_t>(part == 0 ? positions_.size() : normals_.size());
      int64_t index = 0;
      const auto [end, error] =
          std::from_chars(number.data(), number.data() + number.size(), index);
      if (error != std::errc() || end != number.data() + number.size()) {
        Fail("'" + whole + "' is not a face corner (v, v/vt, v//vn or v/vt/vn)");
      }
      const int64_t found = index > 0 ? index - 1 : count + index;
      if (index == 0 || found < 0 || found >= count) {
        Fail("face corner '" + whole + "' names " + (part == 0 ? "vertex " : "normal ") +
             std::to_string(index) + " of " + std::to_string(count));
      }
      (part == 0 ? corner.position : corner.normal) = found;
    }
    return corner;
  }

  void ReadFace(std::string_view line) {
    std::vector<Corner> corners;
    for (std::string_view word; !(word = NextWord(&line)).empty();) {
      corners.push_back(ReadCorner(word));
    }
    if (corners.size() < 3) {
      Fail("a face needs at least 3 corners, got " + std::to_string(corners.size()));
    }
    for (size_t k = 1; k + 1 < corners.size(); ++k) {
      AddTriangle({corners[0], corners[k], corners[k + 1]});
    }
  }

  void AddTriangle(const std::array<Corner, 3>& corners) {
    std::array<Vec3, 3> p;
    bool has_normals = true;
    for (size_t i = 0; i < 3; ++i) {
      p[i] = positions_[static_cast<size_t>(corners[i].position)];
      has_normals = has_normals && corners[i].normal >= 0;
    }
    const Vec3 flat = Cross(p[1] - p[0], p[2] - p[0]);
    if (Norm(flat) == 0) return;  // no area: nothing to see
    std::array<uint32_t, 3> vertices;
    for (size_t i = 0; i < 3; ++i) {
      if (!has_normals) {
        vertices[i] = out_.AddVertex(p[i], flat);
        continue;
      }
      const int64_t key = (corners[i].position << 32) + corners[i].normal;
      const auto [found, fresh] = shared_.try_emplace(key, 0);
      if (fresh) {
        found->second = out_.AddVertex(p[i], normals_[static_cast<size_t>(corners[i].normal)]);
      }
      vertices[i] = found->second;
    }
    out_.AddTriangle(vertices[0], vertices[1], vertices[2]);
    ++triangles_;
  }

  const std::string path_;
  int64_t line_ = 0, triangles_ = 0;
  std::vector<Vec3> positions_, normals_;
  std::unordered_map<int64_t, uint32_t> shared_;  // position << 32 + normal -> vertex
  internal::MeshBuilder out_;
};

}  // namespace

MeshPtr LoadObj(const std::string& path) { return ObjReader(path).Read(); }

}  // namespace rookery
