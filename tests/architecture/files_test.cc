// Lengths, guards and words of every file.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <regex>

#include "tests/architecture/source_tree.h"

namespace rookery::testing {
namespace {

TEST(Files, PublicHeadersAreShort) {
  for (const SourceFile& file : SourceTree()) {
    if (!file.IsHeader() || file.IsPrivateHeader() || file.IsTest()) continue;
    EXPECT_LE(file.lines.size(), 150u) << file.path;
  }
}

TEST(Files, ImplementationsAreSplitByWhatTheyDo) {
  for (const SourceFile& file : SourceTree()) {
    if (!file.IsCpp()) continue;
    EXPECT_LE(file.lines.size(), 500u) << file.path;
  }
}

std::string GuardOf(const std::string& path) {
  std::string guard = "ROOKERY_";
  for (char c : path) {
    guard += std::isalnum(static_cast<unsigned char>(c))
                 ? static_cast<char>(std::toupper(static_cast<unsigned char>(c)))
                 : '_';
  }
  return guard + "_";
}

TEST(Files, HeadersAreGuardedByTheirPath) {
  EXPECT_EQ(GuardOf("core/array.h"), "ROOKERY_CORE_ARRAY_H_");
  for (const SourceFile& file : SourceTree()) {
    if (!file.IsHeader()) continue;
    const std::string guard = GuardOf(file.path);
    const bool guarded = std::any_of(file.lines.begin(), file.lines.end(), [](const auto& line) {
      return line.starts_with("#ifndef ROOKERY_");
    });
    // Bodies that are included once for each instruction set have none.
    if (!guarded && file.path.ends_with("_impl.h")) continue;
    size_t first = 0;
    while (first < file.lines.size() &&
           (file.lines[first].rfind("//", 0) == 0 || file.lines[first].empty())) {
      ++first;
    }
    ASSERT_LT(first + 2, file.lines.size()) << file.path;
    EXPECT_EQ(file.lines[first], "#ifndef " + guard) << file.path;
    EXPECT_EQ(file.lines[first + 1], "#define " + guard) << file.path;
    EXPECT_EQ(file.lines.back(), "#endif  // " + guard) << file.path;
  }
}

// The linker takes one of two types of the same name for the other and says nothing.
TEST(Files, TypesHaveNamesOfTheirOwn) {
  const std::regex opens("namespace ([a-z_0-9:]+) \\{.*"),
      defines("(struct|class) (\\w+)(?![\\w:])[^;]*\\{.*");  // not Outer::Inner
  std::map<std::string, std::string> where;
  for (const SourceFile& file : SourceTree()) {
    if (!file.IsHeader() || file.IsTest() || file.path.ends_with("_impl.h")) continue;
    std::string space;
    for (const std::string& line : file.lines) {
      std::smatch match;
      if (std::regex_match(line, match, opens)) space = match[1];
      if (!std::regex_match(line, match, defines)) continue;
      const auto [other, unique] = where.emplace(space + "::" + match[2].str(), file.path);
      EXPECT_TRUE(unique) << other->first << " is defined in " << other->second << " and in "
                          << file.path;
    }
  }
  EXPECT_GT(where.size(), 100u) << "the tree was not read";
  EXPECT_EQ(where.count("rookery::EpisodeSet"), 1u);
}

TEST(Files, PublicHeadersBeginWithWhatTheyAre) {
  for (const SourceFile& file : SourceTree()) {
    if (!file.IsHeader()) continue;
    ASSERT_FALSE(file.lines.empty()) << file.path;
    EXPECT_EQ(file.lines[0].rfind("// ", 0), 0u) << file.path;
  }
}

// Written in two parts, for this file is searched too.
const std::string kForbidden[] = {
    std::string("TO") + "DO",     std::string("FIX") + "ME",        std::string("/wo") + "rk/",
    std::string("sha") + "red/",  std::string("/ro") + "ot/",       std::string("/ho") + "me/",
    std::string("pypi") + ".org", std::string("pythonhos") + "ted",
};

// Word of the list in the line, or "". Letters around it make another word.
std::string ForbiddenIn(const std::string& line) {
  for (const std::string& word : kForbidden) {
    const bool is_word = std::isalpha(static_cast<unsigned char>(word[0])) != 0;
    for (size_t at = line.find(word); at != std::string::npos; at = line.find(word, at + 1)) {
      const bool inside =
          is_word && at > 0 && (std::isalnum(static_cast<unsigned char>(line[at - 1])) != 0);
      if (!inside) return word;
    }
  }
  return "";
}

TEST(Files, TheSearchFindsWords) {
  for (const std::string& word : kForbidden) EXPECT_EQ(ForbiddenIn("x = " + word + "y"), word);
  EXPECT_EQ(ForbiddenIn("un" + kForbidden[3] + "memory"), "");
  EXPECT_EQ(ForbiddenIn("nothing of the kind"), "");
}

TEST(Files, NoUnfinishedWorkAndNoPathsOfOneMachine) {
  int files = 0;
  for (const SourceFile& file : SourceTree()) {
    ++files;
    for (size_t i = 0; i < file.lines.size(); ++i) {
      const std::string word = ForbiddenIn(file.lines[i]);
      EXPECT_EQ(word, "") << file.path << ":" << i + 1 << ": " << file.lines[i];
    }
  }
  EXPECT_GT(files, 100);
}

}  // namespace
}  // namespace rookery::testing
