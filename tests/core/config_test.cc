#include "core/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "tests/core/drift_env.h"
#include "tests/temp_folder.h"

namespace rookery {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::MessageOf;
using testing::TempFolder;

struct CubeConfig final : Config {
  int cubes = 4;
  int64_t budget = 5000000000;
  double edge_m = 0.04;
  double limit = std::numeric_limits<double>::infinity();
  bool strict = false;
  std::string colour = "red";
  std::string note = "";
  void Fields(FieldVisitor& v) override {
    v.Field("cubes", &cubes, {.help = "number of cubes", .min = 2, .max = 8});
    v.Field("budget", &budget, {.help = "physics steps", .min = 0});
    v.Field("edge_m", &edge_m, {.help = "cube edge", .unit = "m", .min = 0.01, .max = 0.2});
    v.Field("limit", &limit, {.help = "largest torque", .unit = "N m", .min = 0});
    v.Field("strict", &strict, {.help = "strict scoring"});
    v.Field("colour", &colour, {.help = "of all cubes", .choices = {"red", "green", "blue"}});
    v.Field("note", &note, {.help = "free text"});
  }
  void Check() const override {
    if (cubes * edge_m > 1) throw UserError("the row of cubes is longer than 1 m");
  }
};

TEST(Config, ListsFieldsInOrderWithDefaults) {
  CubeConfig config;
  const std::vector<FieldInfo> fields = ListFields(config);
  ASSERT_EQ(fields.size(), 7u);
  EXPECT_EQ(fields[0].name, "cubes");
  EXPECT_EQ(fields[0].type, "int");
  EXPECT_EQ(fields[0].value, "4");
  EXPECT_EQ(fields[1].value, "5000000000");
  EXPECT_EQ(fields[2].type, "float");
  EXPECT_EQ(fields[2].value, "0.04");
  EXPECT_EQ(fields[2].meta.unit, "m");
  EXPECT_EQ(fields[3].value, "inf");
  EXPECT_EQ(fields[4].type, "bool");
  EXPECT_EQ(fields[4].value, "false");
  EXPECT_EQ(fields[5].type, "string");
}

TEST(Config, SetsEveryType) {
  CubeConfig config;
  SetFields(config,
            {"cubes=3", "budget=-0", "edge_m=1e-1", "strict=on", "colour=blue", "note=a = b, c",
             "limit=inf"},
            "Cubes");
  EXPECT_EQ(config.cubes, 3);
  EXPECT_EQ(config.budget, 0);
  EXPECT_EQ(config.edge_m, 0.1);
  EXPECT_TRUE(config.strict);
  EXPECT_EQ(config.colour, "blue");
  EXPECT_EQ(config.note, "a = b, c");
  EXPECT_TRUE(std::isinf(config.limit));
}

std::string Complaint(const std::string& item) {
  CubeConfig config;
  const std::string before = ConfigToJson(config).dump();
  std::string message = MessageOf([&] { SetFields(config, {item}, "Cubes"); });
  EXPECT_EQ(ConfigToJson(config).dump(), before) << "changed by the refused " << item;
  return message;
}

TEST(Config, RefusesValuesOutOfRange) {
  EXPECT_EQ(Complaint("edge_m=4"), "edge_m = 4 is outside [0.01, 0.2] m (Cubes)");
  EXPECT_EQ(Complaint("cubes=9"), "cubes = 9 is outside [2, 8] (Cubes)");
  EXPECT_EQ(Complaint("budget=-1"), "budget = -1 is outside [0, inf] (Cubes)");
  EXPECT_EQ(Complaint("limit=-inf"), "limit = -inf is outside [0, inf] N m (Cubes)");
}

TEST(Config, RefusesValuesOfAnotherType) {
  EXPECT_EQ(Complaint("cubes=four"), "cubes = four is not an integer (Cubes)");
  EXPECT_EQ(Complaint("cubes=3.5"), "cubes = 3.5 is not an integer (Cubes)");
  EXPECT_EQ(Complaint("cubes="), "cubes =  is not an integer (Cubes)");
  EXPECT_EQ(Complaint("cubes=3 "), "cubes = 3  is not an integer (Cubes)");
  EXPECT_THAT(Complaint("cubes=99999999999"), HasSubstr("is not an integer"));
  EXPECT_THAT(Complaint("budget=99999999999999999999"), HasSubstr("is not an integer"));
  EXPECT_EQ(Complaint("edge_m=wide"), "edge_m = wide is not a number (Cubes)");
  EXPECT_EQ(Complaint("edge_m=nan"), "edge_m = nan is not a number (Cubes)");
  EXPECT_EQ(Complaint("strict=maybe"), "strict = maybe is not true or false (Cubes)");
}

TEST(Config, RefusesOtherChoices) {
  EXPECT_THAT(Complaint("colour=gren"), AllOf(HasSubstr("colour = gren is not one of red, green, "
                                                        "blue"),
                                              HasSubstr("did you mean green")));
}

TEST(Config, UnknownKeySuggests) {
  EXPECT_THAT(Complaint("cube=3"),
              AllOf(HasSubstr("unknown setting 'cube' for Cubes"), HasSubstr("did you mean cubes?"),
                    HasSubstr("it has cubes, budget, edge_m")));
  EmptyConfig empty;
  EXPECT_THAT(MessageOf([&] { SetFields(empty, {"a=1"}, "Empty"); }), HasSubstr("it has none"));
}

TEST(Config, RefusesItemsWithoutEquals) {
  EXPECT_THAT(Complaint("cubes"), HasSubstr("'cubes' for Cubes is not of the form key=value"));
  EXPECT_THAT(Complaint("=4"), HasSubstr("not of the form key=value"));
}

TEST(Config, ChecksSeveralFieldsTogetherAtTheEnd) {
  CubeConfig config;
  // 8 cubes of 0.2 m are too long, though each value is in its range.
  EXPECT_THAT(MessageOf([&] {
                SetFields(config, {"cubes=8", "edge_m=0.2"}, "Cubes");
              }),
              HasSubstr("longer than 1 m"));
}

TEST(Config, JsonRoundTripKeepsEveryBit) {
  CubeConfig config;
  config.edge_m = 0.1 + 0.02;  // not 0.12
  config.budget = (1LL << 53) + 1;
  config.note = "Umlaut ü, \"quotes\"";
  const std::string text = ConfigToJson(config).dump();
  CubeConfig read;
  ConfigFromJson(read, nlohmann::json::parse(text), "Cubes");
  EXPECT_EQ(read.edge_m, config.edge_m);
  EXPECT_EQ(read.budget, config.budget);
  EXPECT_EQ(read.note, config.note);
  EXPECT_EQ(read.limit, config.limit);  // infinite: JSON has no number for it
  EXPECT_EQ(ConfigToJson(read).dump(), text);
}

TEST(Config, JsonErrors) {
  CubeConfig config;
  const auto complaint = [&](const char* text) {
    return MessageOf([&] { ConfigFromJson(config, nlohmann::json::parse(text), "Cubes"); });
  };
  EXPECT_THAT(complaint("[1]"), HasSubstr("is not a JSON object"));
  EXPECT_THAT(complaint(R"({"cubs": 3})"), HasSubstr("did you mean cubes?"));
  EXPECT_THAT(complaint(R"({"cubes": true})"), HasSubstr("cubes = true is not an integer"));
  EXPECT_THAT(complaint(R"({"note": [1, 2]})"), HasSubstr("note"));
  EXPECT_THAT(complaint(R"({"note": null})"), HasSubstr("note"));
  EXPECT_THAT(complaint(R"({"cubes": 8, "edge_m": 0.2})"), HasSubstr("longer than 1 m"));
}

std::vector<std::string> Settings(const std::vector<TomlSetting>& items) {
  std::vector<std::string> out;
  for (const TomlSetting& item : items) out.push_back(item.setting);
  return out;
}

TEST(Config, TomlFileSetsFields) {
  const TempFolder folder;
  const std::string path = folder.Write("cubes.toml",
                                        "# a row\n"
                                        "cubes = 5\n"
                                        "edge_m = 0.05\n"
                                        "strict = true\n"
                                        "colour = \"green\"\n"
                                        "limit = inf\n");
  CubeConfig config;
  SetFields(config, Settings(ReadTomlSettings(path)), "Cubes");
  EXPECT_EQ(config.cubes, 5);
  EXPECT_EQ(config.edge_m, 0.05);
  EXPECT_TRUE(config.strict);
  EXPECT_EQ(config.colour, "green");
}

TEST(Config, TomlTablesAndPlaces) {
  const TempFolder folder;
  const std::string path =
      folder.Write("all.toml", "hz = 240\n[env]\ncubes = 6\n[agent]\nrate = 1.5\n");
  const std::vector<TomlSetting> items = ReadTomlSettings(path);
  EXPECT_THAT(Settings(items),
              ::testing::UnorderedElementsAre("hz=240", "env.cubes=6", "agent.rate=1.5"));
  for (const TomlSetting& item : items) {
    if (item.setting == "env.cubes=6") {
      EXPECT_EQ(item.where, path + ":3:9");
    }
  }
}

TEST(Config, TomlListsOfTextsArePutTogether) {
  const TempFolder folder;
  EXPECT_THAT(Settings(ReadTomlSettings(
                  folder.Write("list.toml", "wrap = [\"frame_stack:frames=3\", \"grayscale\"]\n"))),
              ::testing::ElementsAre("wrap=frame_stack:frames=3+grayscale"));
}

TEST(Config, TomlErrorsSayWhere) {
  const TempFolder folder;
  const auto complaint = [&](const std::string& text) {
    const std::string path = folder.Write("bad.toml", text);
    const std::string message = MessageOf([&] { ReadTomlSettings(path); });
    EXPECT_EQ(message.rfind(path, 0), 0u) << message;
    return message.substr(std::min(path.size(), message.size()));
  };
  EXPECT_THAT(complaint("cubes = [5]\n"),
              HasSubstr(":1:9: 'cubes' is not a single value or a list"));
  EXPECT_THAT(complaint("note = 2020-01-01\n"), HasSubstr(":1:8: 'note'"));
  EXPECT_THAT(complaint("[env]\n[env.deep]\nx = 1\n"), HasSubstr("'env.deep'"));
  EXPECT_THAT(complaint("cubes = \n"), HasSubstr(":1:"));              // no TOML
  EXPECT_THAT(complaint("cubes = 3\ncubes = 4\n"), HasSubstr(":2:"));  // twice
}

TEST(Config, TomlFileMissing) {
  EXPECT_THAT(MessageOf([&] { ReadTomlSettings("/no/such/file.toml"); }),
              HasSubstr("/no/such/file.toml"));
}

TEST(Config, TableTextShowsHelpRangeAndUnit) {
  CubeConfig config;
  const std::string text = FieldTableText(config);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 7);
  EXPECT_THAT(text, HasSubstr("cube edge ([0.01, 0.2] m)"));
  EXPECT_THAT(text, HasSubstr("of all cubes (one of red, green, blue)"));
}

}  // namespace
}  // namespace rookery
