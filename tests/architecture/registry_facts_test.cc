// What the registry says of itself, and that the README says the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "core/registry.h"
#include "core/registry_markdown.h"
#include "tests/architecture/source_tree.h"
#include "tests/paths.h"

namespace rookery::testing {
namespace {

constexpr char kBegin[] = "<!-- registry:begin -->", kEnd[] = "<!-- registry:end -->";

TEST(Readme, TablesAreThoseOfTheRegistry) {
#ifndef ROOKERY_BUILT_COMPLETELY
  GTEST_SKIP() << "an option is off in this build: the registry lacks what the README has";
#endif
  const SourceFile* readme = FindSource("README.md");
  ASSERT_NE(readme, nullptr);
  const auto begin = std::find(readme->lines.begin(), readme->lines.end(), kBegin);
  const auto end = std::find(readme->lines.begin(), readme->lines.end(), kEnd);
  ASSERT_NE(begin, readme->lines.end()) << "README.md has no line " << kBegin;
  ASSERT_LT(begin, end) << "README.md has no line " << kEnd << " after " << kBegin;
  std::string table;
  for (auto line = begin + 1; line != end; ++line) table += *line + "\n";
  EXPECT_EQ(table, RegistryMarkdown())
      << "put what `rookery list --markdown` prints between the two marks";
}

TEST(EnvironmentsPage, IsThatOfTheRegistry) {
#ifndef ROOKERY_BUILT_COMPLETELY
  GTEST_SKIP() << "an option is off in this build: the registry lacks what the page has";
#endif
  const SourceFile* page = FindSource("docs/environments.md");
  ASSERT_NE(page, nullptr);
  std::string text;
  for (const std::string& line : page->lines) text += line + "\n";
  EXPECT_EQ(text, EnvironmentsMarkdown())
      << "docs/environments.md is not what `rookery list --environments-page` prints";
}

TEST(Readme, TablesHaveARowForEveryEntry) {
  const std::string text = RegistryMarkdown();
  for (const EnvEntry* entry : ListEnvs()) {
    const std::string& row = entry->family.empty() ? entry->id : entry->family;
    EXPECT_NE(text.find("\n| `" + row + "` | "), std::string::npos) << entry->id;
  }
  for (const AgentEntry* entry : ListAgents()) {
    EXPECT_NE(text.find("\n| `" + entry->name + "` | "), std::string::npos) << entry->name;
  }
}

// One line of text, without a full stop that tables do not need.
void ExpectFact(const std::string& fact, const std::string& what) {
  EXPECT_FALSE(fact.empty()) << what << " is missing";
  EXPECT_EQ(fact.find('\n'), std::string::npos) << what << " has several lines";
  EXPECT_LE(fact.size(), 120u) << what << " is long: " << fact;
}

TEST(Registry, EveryEnvironmentHasItsFacts) {
  ASSERT_FALSE(ListEnvs().empty());
  for (const EnvEntry* entry : ListEnvs()) {
    ExpectFact(entry->summary, entry->id + ": summary");
    ExpectFact(entry->source, entry->id + ": source");
    EXPECT_TRUE(std::filesystem::is_directory(testing::SourceFolder() + "/envs/" + entry->world))
        << entry->id << ": world '" << entry->world << "' is no folder in envs/";
    EXPECT_LE(entry->return_low, entry->return_high) << entry->id;
    EXPECT_GE(entry->oracle_success, 0) << entry->id;
    EXPECT_LE(entry->oracle_success, 1) << entry->id;
    // Gymnasium's form: Family/Name-v0 or Name-v0.
    const size_t version = entry->id.rfind("-v");
    ASSERT_NE(version, std::string::npos) << entry->id;
    EXPECT_EQ(entry->id.find_first_not_of("0123456789", version + 2), std::string::npos)
        << entry->id;
  }
}

TEST(Registry, EveryAgentHasItsFacts) {
  ASSERT_FALSE(ListAgents().empty());
  for (const AgentEntry* entry : ListAgents()) {
    ExpectFact(entry->summary, entry->name + ": summary");
    ExpectFact(entry->source, entry->name + ": source");
    EXPECT_LE(entry->needs_episodes, entry->learns) << entry->name << " learns from nothing";
    for (const Profile& profile : entry->profiles) {
      ExpectFact(profile.summary, entry->name + " profile " + profile.name);
    }
  }
}

// Every option of every entry tells what it is for, and every profile can be made.
TEST(Registry, EveryOptionHasHelp) {
  const auto expect_help = [](const std::string& owner, Config& config) {
    for (const FieldInfo& field : ListFields(config)) {
      EXPECT_FALSE(field.meta.help.empty()) << owner << " option " << field.name;
    }
  };
  for (const EnvEntry* entry : ListEnvs()) expect_help(entry->id, *entry->make_config());
  for (const AgentEntry* entry : ListAgents()) {
    expect_help(entry->name, *entry->make_config());
    for (const Profile& profile : entry->profiles) {
      EXPECT_NO_THROW(MakeAgentConfig(*entry, {"profile=" + profile.name}))
          << entry->name << " profile " << profile.name;
    }
  }
}

}  // namespace
}  // namespace rookery::testing
