#include "core/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/error.h"
#include "tests/core/drift_env.h"

namespace rookery {
namespace {

using ::testing::AllOf;
using testing::DriftConfig;
using testing::DriftEnv;
using ::testing::HasSubstr;
using testing::MessageOf;
using ::testing::Not;

// Entries of this test program, beside those that rookery registers.
EnvEntry Entry(const std::string& id) {
  return internal::Complete<DriftEnv, DriftConfig, EnvEntry>(
      {.id = id, .summary = "a test", .source = "none", .world = "none"});
}
const bool kEntries = internal::RegisterEnv(Entry("Aviary/NestBuilding-v0")) &&
                      internal::RegisterEnv(Entry("Aviary/TwigSorting-v0")) &&
                      internal::RegisterEnv(Entry("Aviary/Egg-v0")) &&
                      internal::RegisterEnv(Entry("Colony/Egg-v0"));

struct ParrotConfig final : Config {
  std::string profile = "";
  int words = 10;
  double rate = 0.5;
  void Fields(FieldVisitor& v) override {
    v.Field("profile", &profile, {.help = "profile"});
    v.Field("words", &words, {.help = "words", .min = 0, .max = 1000});
    v.Field("rate", &rate, {.help = "rate", .min = 0, .max = 1});
  }
};

class ParrotAgent final : public Agent {
 public:
  ParrotAgent(const ParrotConfig& config, const EnvSpec&, uint64_t agent_seed)
      : words(config.words), seed(agent_seed) {}
  bool Act(const ArrayMap&, const ActContext&, ArrayMap*) override { return false; }
  int words;
  uint64_t seed;
};
ROOKERY_REGISTER_AGENT(ParrotAgent, ParrotConfig,
                       {.name = "parrot",
                        .summary = "a test",
                        .source = "none",
                        .profiles = {{"grey", "the default", {"words=20"}},
                                     {"green", "fewer words", {"words=5", "rate=0.25"}}},
                        .unsupported = [](const EnvSpec& env) -> std::string {
                          return env.max_steps > 0 ? "" : "it needs a time limit";
                        }});

TEST(Registry, ExactIdIsFound) {
  ASSERT_TRUE(kEntries);
  EXPECT_EQ(FindEnv("Aviary/NestBuilding-v0").id, "Aviary/NestBuilding-v0");
  EXPECT_EQ(FindAgent("parrot").name, "parrot");
}

TEST(Registry, LookUpForgives) {
  for (const char* name :
       {"nest-building", "nestbuilding", "NestBuilding", "nest_building", "aviary/nest-building",
        "AVIARY/NestBuilding", "NestBuilding-v0", "nest-building-v0", "aviary/nestbuilding-v0"}) {
    EXPECT_EQ(FindEnv(name).id, "Aviary/NestBuilding-v0") << name;
  }
  EXPECT_EQ(FindAgent("Parrot").name, "parrot");
}

TEST(Registry, LookUpDoesNotGuess) {
  EXPECT_THROW(FindEnv("nest"), UserError);
  EXPECT_THROW(FindEnv(""), UserError);
  EXPECT_THROW(FindEnv("Colony/NestBuilding-v0"), UserError);
  EXPECT_THROW(FindEnv("NestBuilding-v1"), UserError);  // there is no version 1
  EXPECT_THROW(FindAgent("macaw"), UserError);
}

TEST(Registry, AmbiguousNamesListTheirMeanings) {
  EXPECT_EQ(FindEnv("Colony/Egg").id, "Colony/Egg-v0");
  EXPECT_THAT(MessageOf([] { FindEnv("egg"); }),
              AllOf(HasSubstr("Aviary/Egg-v0"), HasSubstr("Colony/Egg-v0")));
}

TEST(Registry, TypingErrorsGetASuggestion) {
  for (const char* name : {"Aviary/NestBuidling-v0", "nestbuidling", "NestBulding-v0",
                           "aviary/nest-buildin", "Aviery/NestBuilding-v0", "NestBuilding-v1"}) {
    EXPECT_THAT(MessageOf([&] { FindEnv(name); }),
                AllOf(HasSubstr("unknown environment '" + std::string(name) + "'"),
                      HasSubstr("did you mean Aviary/NestBuilding-v0"),
                      HasSubstr("`rookery list` shows all")));
  }
  EXPECT_THAT(MessageOf([] { FindAgent("parot"); }),
              AllOf(HasSubstr("unknown agent 'parot'"), HasSubstr("did you mean parrot")));
  EXPECT_THAT(MessageOf([] { FindEnv("Zeppelin/Landing-v3"); }), Not(HasSubstr("did you mean")));
}

TEST(Registry, ListsAreSorted) {
  std::vector<std::string> ids, names;
  for (const EnvEntry* entry : ListEnvs()) ids.push_back(entry->id);
  for (const AgentEntry* entry : ListAgents()) names.push_back(entry->name);
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_THAT(ids, ::testing::Contains("Colony/Egg-v0"));
}

TEST(Registry, TakenNamesAreBugs) {
  EXPECT_THROW(internal::RegisterEnv(Entry("Aviary/NestBuilding-v0")), Bug);
  EXPECT_THROW(internal::RegisterAgent({.name = "parrot", .summary = "", .source = ""}), Bug);
}

TEST(Registry, MakesEnvironmentsWithSettings) {
  EXPECT_EQ(MakeEnv("nest-building")->spec().max_steps, 10);
  EXPECT_EQ(MakeEnv("nest-building", {"max_steps=3"})->spec().max_steps, 3);
  EXPECT_THAT(MessageOf([] { MakeEnv("nest-building", {"max_step=3"}); }),
              AllOf(HasSubstr("for Aviary/NestBuilding-v0"), HasSubstr("did you mean max_steps")));
}

TEST(Registry, ProfilesApplyBeforeOtherSettings) {
  const EnvSpec env = MakeEnv("nest-building")->spec();
  const auto words = [&](const std::vector<std::string>& settings) {
    const std::unique_ptr<Agent> agent = MakeAgent("parrot", env, 3, settings);
    return dynamic_cast<ParrotAgent&>(*agent).words;
  };
  EXPECT_EQ(words({}), 20);  // the first profile is the default
  EXPECT_EQ(words({"profile=green"}), 5);
  EXPECT_EQ(words({"words=7", "profile=green"}), 7);  // wherever it stands
  EXPECT_EQ(words({"profile=grey", "profile=green"}), 5);
  const std::unique_ptr<Config> config =
      MakeAgentConfig(FindAgent("parrot"), {"words=8", "profile=green"});
  EXPECT_EQ(dynamic_cast<ParrotConfig&>(*config).profile, "green");
  EXPECT_EQ(dynamic_cast<ParrotConfig&>(*config).rate, 0.25);
  EXPECT_THAT(MessageOf([&] { words({"profile=gren"}); }),
              AllOf(HasSubstr("unknown profile 'gren' of parrot"), HasSubstr("did you mean gre"),
                    HasSubstr("there are grey, green")));
}

TEST(Registry, AgentsSayWhyTheyCannotAct) {
  const EnvSpec endless = MakeEnv("nest-building", {"max_steps=0"})->spec();
  EXPECT_EQ(MessageOf([&] { MakeAgent("parrot", endless, 0); }),
            "parrot cannot act on Test/Drift-v0: it needs a time limit");
  const EnvSpec limited = MakeEnv("nest-building")->spec();
  const std::unique_ptr<Agent> agent = MakeAgent("parrot", limited, 11);
  EXPECT_EQ(dynamic_cast<ParrotAgent&>(*agent).seed, 11u);
}

TEST(Registry, StatusNames) {
  EXPECT_STREQ(StatusName(Status::kExact), "exact");
  EXPECT_STREQ(StatusName(Status::kApproximate), "approximate");
  EXPECT_STREQ(StatusName(Status::kExperimental), "experimental");
}

}  // namespace
}  // namespace rookery
