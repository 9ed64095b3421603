// Includes point only downward: core <- renderers <- envs <- tasks; agents and gui stand beside.
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>

#include "tests/architecture/source_tree.h"

namespace rookery::testing {
namespace {

// What a room may include besides itself. Rooms that are not named here may not exist.
const std::map<std::string, std::set<std::string>> kMayInclude = {
    {"core", {}},
    {"renderers", {"core"}},
    {"envs", {"core", "renderers"}},
    {"tasks", {"core", "renderers", "envs"}},
    {"agents", {"core"}},
    {"gui", {"core", "renderers"}},
    {"apps", {"core", "renderers", "envs", "tasks", "agents", "gui"}},
    {"python", {"core", "renderers", "envs", "tasks", "agents", "gui"}},
    {"ros", {"core", "renderers", "envs", "tasks", "agents"}},
    {"tests", {"core", "renderers", "envs", "tasks", "agents", "gui", "apps"}},
};

// Why `from` may not include `to`, or "".
std::string Refusal(const std::string& from, const std::string& to) {
  const auto rule = kMayInclude.find(from);
  if (rule == kMayInclude.end()) return "the room " + from + "/ has no rule";
  if (from == to || rule->second.count(to)) return "";
  return from + "/ may not include " + to + "/";
}

TEST(Includes, RulesRefuseWhatTheyShould) {
  EXPECT_EQ(Refusal("tasks", "envs"), "");
  EXPECT_EQ(Refusal("apps", "agents"), "");
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"core", "renderers"},
                                                        {"envs", "tasks"},
                                                        {"agents", "envs"},
                                                        {"agents", "renderers"},
                                                        {"gui", "envs"},
                                                        {"tasks", "apps"},
                                                        {"core", "tests"},
                                                        {"utils", "core"}}) {
    EXPECT_NE(Refusal(from, to), "") << from << " -> " << to;
  }
}

TEST(Includes, TheParserSeesThem) {
  const SourceFile file{"core/x.cc",
                        {"#include \"core/array.h\"", "  #  include <vector>  // why",
                         "// #include \"apps/peer.h\"", "#include SOMETHING"}};
  const std::vector<Include> includes = IncludesOf(file);
  ASSERT_EQ(includes.size(), 2u);
  EXPECT_EQ(includes[0].name, "core/array.h");
  EXPECT_TRUE(includes[0].quoted);
  EXPECT_EQ(includes[1].name, "vector");
  EXPECT_FALSE(includes[1].quoted);
  EXPECT_EQ(includes[1].line, 2u);
}

TEST(Includes, PointDownwardAndFromTheRoot) {
  int seen = 0;
  for (const SourceFile& file : SourceTree()) {
    if (!file.IsCpp()) continue;
    for (const Include& include : IncludesOf(file)) {
      if (!include.quoted) continue;
      ++seen;
      const std::string where = file.path + ":" + std::to_string(include.line);
      EXPECT_NE(FindSource(include.name), nullptr)
          << where << ": \"" << include.name << "\" is no path from the root of the repository";
      const std::string room = include.name.substr(0, include.name.find('/'));
      const std::string refusal = Refusal(file.room(), room);
      EXPECT_EQ(refusal, "") << where << " includes \"" << include.name << "\"";
    }
  }
  EXPECT_GT(seen, 200) << "the tree was not read";
}

TEST(Includes, PrivateHeadersStayInTheirFolder) {
  for (const SourceFile& file : SourceTree()) {
    EXPECT_TRUE((file.folder() + "/").starts_with(file.PrivateTo())) << file.path;
    if (!file.IsCpp() || file.IsTest()) continue;
    for (const Include& include : IncludesOf(file)) {
      const SourceFile* header = include.quoted ? FindSource(include.name) : nullptr;
      if (header == nullptr || !header->IsPrivateHeader()) continue;
      EXPECT_TRUE((file.folder() + "/").starts_with(header->PrivateTo() + "/"))
          << file.path << ":" << include.line << " includes a header private to "
          << header->PrivateTo();
      EXPECT_FALSE(file.IsPublicHeader())
          << file.path << " is public and includes the private " << header->path;
    }
  }
}

// Who includes a public header compiles no engine: standard library, JSON and ours only.
TEST(Includes, PublicHeadersNeedNoEngine) {
  const std::regex standard("[a-z_0-9]+"), json("nlohmann/[a-z_]+\\.hpp");
  int headers = 0;
  for (const SourceFile& file : SourceTree()) {
    if (!file.IsPublicHeader()) continue;
    ++headers;
    for (const Include& include : IncludesOf(file)) {
      if (include.quoted) continue;
      // Exporters write HDF5 too, through core's handles.
      if (file.path == "core/hdf5_file.h" && include.name == "hdf5.h") continue;
      EXPECT_TRUE(std::regex_match(include.name, standard) || std::regex_match(include.name, json))
          << file.path << ":" << include.line << ": <" << include.name
          << "> in a public header. Keep it in the .cc file, or in a header that begins with "
             "'// Private to "
          << file.folder() << "'.";
    }
  }
  EXPECT_GT(headers, 20);
}

// Engines are known to one room each.
TEST(Includes, EnginesStayInTheirRooms) {
  const struct {
    std::regex include;
    std::set<std::string> rooms;
  } kEngines[] = {
      {std::regex("(torch|ATen|c10)/.*"), {"agents"}},
      {std::regex("(bt|Bullet|LinearMath|SharedMemory|Importers|b3|URDF).*"), {"envs"}},
      {std::regex("mujoco/.*"), {"envs"}},
      {std::regex("box2d/.*"), {"envs"}},
      {std::regex("ale/.*"), {"envs", "cmake"}},  // the player of its profile
      {std::regex("(GL|GLES|EGL|GLFW|epoxy|imgui|implot).*"), {"gui", "renderers"}},
      {std::regex("CLI/.*"), {"apps", "gui"}},
      {std::regex("hdf5\\.h"), {"core"}},
  };
  for (const SourceFile& file : SourceTree()) {
    if (!file.IsCpp() || file.IsTest()) continue;
    for (const Include& include : IncludesOf(file)) {
      if (include.quoted) continue;
      for (const auto& engine : kEngines) {
        if (!std::regex_match(include.name, engine.include)) continue;
        EXPECT_TRUE(engine.rooms.count(file.room()))
            << file.path << ":" << include.line << " includes <" << include.name << ">";
      }
    }
  }
}

TEST(Includes, NoCycles) {
  // Depth-first search over headers; `path` is the chain that is being followed.
  std::map<std::string, int> state;  // 1 = on the path, 2 = done
  std::vector<std::string> path;
  const auto visit = [&](const auto& self, const SourceFile& file) -> void {
    state[file.path] = 1;
    path.push_back(file.path);
    for (const Include& include : IncludesOf(file)) {
      const SourceFile* next = include.quoted ? FindSource(include.name) : nullptr;
      if (next == nullptr) continue;
      if (state[next->path] == 1) {
        ADD_FAILURE() << "headers include each other: " << file.path << " and " << next->path;
      } else if (state[next->path] == 0) {
        self(self, *next);
      }
    }
    path.pop_back();
    state[file.path] = 2;
  };
  for (const SourceFile& file : SourceTree()) {
    if (file.IsHeader() && state[file.path] == 0) visit(visit, file);
  }
}

}  // namespace
}  // namespace rookery::testing
