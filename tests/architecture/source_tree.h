// The repository as text, for tests that read it.
#ifndef ROOKERY_TESTS_ARCHITECTURE_SOURCE_TREE_H_
#define ROOKERY_TESTS_ARCHITECTURE_SOURCE_TREE_H_

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/paths.h"

namespace rookery::testing {

struct SourceFile {
  std::string path;  // from the root: "core/array.h"
  std::vector<std::string> lines;

  std::string room() const { return path.substr(0, path.find('/')); }
  std::string folder() const {
    const size_t slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
  }
  bool IsHeader() const { return path.ends_with(".h"); }
  bool IsCpp() const { return IsHeader() || path.ends_with(".cc") || path.ends_with(".cu"); }
  bool IsTest() const { return room() == "tests"; }
  // Headers that only one folder (and those in it) may include and that are not installed: they
  // are called ..._impl.h, or begin with "// Private to <folder>". "" for others.
  std::string PrivateTo() const {
    constexpr std::string_view kMark = "// Private to ";
    if (!IsHeader()) return "";
    if (!lines.empty() && lines[0].starts_with(kMark)) {
      const std::string rest = lines[0].substr(kMark.size());
      std::string named = rest.substr(0, rest.find_first_of(" :.,;"));
      while (!named.empty() && named.back() == '/') named.pop_back();
      return named;
    }
    return path.ends_with("_impl.h") ? folder() : "";
  }
  bool IsPrivateHeader() const { return !PrivateTo().empty(); }
  // Headers that other projects include.
  bool IsPublicHeader() const {
    constexpr const char* kRooms[] = {"core", "renderers", "envs", "tasks"};
    return IsHeader() && !IsPrivateHeader() &&
           std::find(std::begin(kRooms), std::end(kRooms), room()) != std::end(kRooms);
  }
};

struct Include {
  std::string name;
  bool quoted = false;  // "ours" or <theirs>
  size_t line = 0;      // from 1
};

inline std::vector<Include> IncludesOf(const SourceFile& file) {
  std::vector<Include> out;
  for (size_t i = 0; i < file.lines.size(); ++i) {
    std::istringstream words(file.lines[i]);
    std::string hash, name;
    words >> hash;
    if (hash == "#") {
      words >> name;
      hash += name;
    }
    if (hash != "#include" || !(words >> name) || name.size() < 3) continue;
    if (name[0] != '"' && name[0] != '<') continue;
    out.push_back({name.substr(1, name.find_first_of("\">", 1) - 1), name[0] == '"', i + 1});
  }
  return out;
}

// All text files of the repository, by path; build folders, runs and hidden folders but .ci are
// left out.
inline const std::vector<SourceFile>& SourceTree() {
  static const std::vector<SourceFile> files = [] {
    namespace fs = std::filesystem;
    const fs::path root = SourceFolder();
    const std::vector<std::string> skipped = {"build", "runs", "out", "__pycache__"};
    std::vector<SourceFile> out;
    fs::recursive_directory_iterator it(root), end;
    for (; it != end; ++it) {
      const std::string name = it->path().filename().string();
      if (it->is_directory()) {
        const bool hidden = name[0] == '.' && name != ".ci";
        const bool skip = std::find(skipped.begin(), skipped.end(), name) != skipped.end() ||
                          fs::exists(it->path() / "CMakeCache.txt");
        if (hidden || skip) it.disable_recursion_pending();
        continue;
      }
      if (name == ".git") continue;  // of a second work tree
      std::ifstream in(it->path(), std::ios::binary);
      std::stringstream text;
      text << in.rdbuf();
      if (text.str().find('\0') != std::string::npos) continue;  // no text
      SourceFile file{fs::relative(it->path(), root).generic_string(), {}};
      for (std::string line; std::getline(text, line);) file.lines.push_back(line);
      out.push_back(std::move(file));
    }
    std::sort(out.begin(), out.end(),
              [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
    return out;
  }();
  return files;
}

inline const SourceFile* FindSource(const std::string& path) {
  for (const SourceFile& file : SourceTree()) {
    if (file.path == path) return &file;
  }
  return nullptr;
}

}  // namespace rookery::testing

#endif  // ROOKERY_TESTS_ARCHITECTURE_SOURCE_TREE_H_
