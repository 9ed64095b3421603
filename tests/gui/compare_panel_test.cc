// Two agents on the same seed, step by step beside each other.
#include "gui/panels/compare_panel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <imgui.h>
#include <imgui_te_context.h>

#include <memory>
#include <string>

#include "core/registry.h"
#include "core/step_loop.h"
#include "tests/gui/steered_viewer.h"

namespace rookery::gui {
namespace {

using testing::SteeredViewer;

class ComparePanelTest : public ::testing::Test {
 protected:
  void Open(const std::string& env, const std::string& agent, uint64_t seed) {
    viewer_.Open({.env = env, .agent = agent}, seed);
    viewer_.interface().Show("Compare");
    viewer_.Frames(3);
  }
  ComparePanel* panel() { return viewer_.interface().Find<ComparePanel>(); }
  Simulation& other() { return panel()->lockstep()->simulation(); }
  bool Together(double timeout_s = 60) {
    return viewer_.Until(
        [&] {
          return viewer_.simulation().Idle() && other().Idle() && other().Now()->spec != nullptr &&
                 other().Now()->seed == viewer_.now().seed &&
                 (other().Now()->step == viewer_.now().step || other().Now()->mode == Mode::kEnded);
        },
        timeout_s);
  }

  SteeredViewer viewer_;
};

TEST_F(ComparePanelTest, TheOtherGoesWithTheFirst) {
  Open("CartPole-v1", "random", 4);
  viewer_.Picture("compare_empty");
  viewer_.Steer([](ImGuiTestContext* hands) {
    hands->ItemClick("//Compare/##other");
    hands->ItemClick("//$FOCUSED/stage_learner");
  });
  ASSERT_NE(panel()->lockstep(), nullptr);
  ASSERT_TRUE(Together());
  EXPECT_EQ(other().Now()->cast.agent, "stage_learner");
  EXPECT_EQ(other().Now()->seed, 4u);
  for (int i = 0; i < 5; ++i) viewer_.simulation().StepForward();
  ASSERT_TRUE(viewer_.Until([&] { return viewer_.now().step == 5; }));
  ASSERT_TRUE(Together());
  EXPECT_EQ(other().Now()->step, 5);
  // The learner pushes left from the first step on; where random does not, they differ.
  const FirstDifference& difference = panel()->lockstep()->difference();
  const auto env = MakeEnv("CartPole-v1");
  const auto agent = MakeAgent("random", env->spec(), 0);
  StepLoop loop(env.get(), agent.get());
  loop.Reset(4);
  int64_t expected = 0;
  do {
    loop.Step();
    ++expected;
  } while (loop.last_action().at("action").AsDouble() == 0 && expected < 5);
  ASSERT_TRUE(viewer_.Until([&] { return difference.compared == 5 || difference.step >= 0; }));
  EXPECT_EQ(difference.step, expected);
  viewer_.Picture("compare_cartpole");

  viewer_.simulation().Seek(2);
  ASSERT_TRUE(viewer_.Until([&] { return viewer_.now().step == 2; }));
  ASSERT_TRUE(Together());
  EXPECT_EQ(other().Now()->step, 2);
  viewer_.simulation().Reset(9);
  ASSERT_TRUE(viewer_.Until([&] { return viewer_.now().seed == 9; }));
  ASSERT_TRUE(Together());
  EXPECT_EQ(other().Now()->step, 0);
}

TEST_F(ComparePanelTest, BothPlayToTheirOwnEndsWithTheTracesOfThePlainLoop) {
  Open("CartPole-v1", "random", 3);
  panel()->Choose({.env = "", .agent = "stage_learner"});
  ASSERT_TRUE(Together());
  viewer_.simulation().SetSpeed(0);
  viewer_.simulation().Play();
  ASSERT_TRUE(viewer_.Until(
      [&] { return viewer_.now().mode == Mode::kEnded && other().Now()->mode == Mode::kEnded; }));
  for (const Snapshot* snapshot : {&viewer_.now(), other().Now().get()}) {
    const auto env = MakeEnv("CartPole-v1");
    const auto agent = MakeAgent(snapshot->cast.agent, env->spec(), 0);
    EXPECT_EQ(snapshot->progress.trace_hash,
              StepLoop(env.get(), agent.get()).RunEpisode(3).trace_hash)
        << snapshot->cast.agent;
  }
}

TEST_F(ComparePanelTest, TheSameAgentDiffersNowhere) {
  Open("CartPole-v1", "random", 3);
  panel()->Choose({.env = "", .agent = "random"});
  ASSERT_TRUE(Together());
  for (int i = 0; i < 7; ++i) viewer_.simulation().StepForward();
  ASSERT_TRUE(viewer_.Until([&] { return viewer_.now().step == 7; }));
  ASSERT_TRUE(Together());
  ASSERT_TRUE(viewer_.Until([&] { return panel()->lockstep()->difference().compared == 7; }));
  EXPECT_EQ(panel()->lockstep()->difference().step, -1);
}

TEST_F(ComparePanelTest, AnotherTaskIsComparedToo) {
  Open("CartPole-v1", "random", 3);
  panel()->Choose({.env = "", .agent = "random"});
  ASSERT_TRUE(Together());
  viewer_.Open({.env = "Pendulum-v1"}, 5);
  ASSERT_TRUE(viewer_.Until([&] { return other().Now()->cast.env == "Pendulum-v1"; }));
  ASSERT_TRUE(Together());
}

TEST_F(ComparePanelTest, ARecordingsResetOptionsCountForBoth) {
  EpisodeDraft draft{.cast = {.env = "CartPole-v1"}, .seed = 3};
  draft.options = {{"low", Array::Scalar(0.02)}, {"high", Array::Scalar(0.03)}};
  for (int i = 0; i < 5; ++i) draft.actions.push_back({{"action", Array::Scalar<int64_t>(1)}});
  draft.sentences.resize(5);
  Open("CartPole-v1", "random", 3);
  const uint64_t usual = HashStep(*viewer_.now().result);
  panel()->Choose({.env = "", .agent = "stage_learner"});
  ASSERT_TRUE(Together());
  viewer_.simulation().OpenEpisode(std::make_shared<Episode>(PerformDraft(draft)));
  ASSERT_TRUE(viewer_.Until([&] { return viewer_.now().replay; }));
  ASSERT_TRUE(viewer_.Until([&] { return HashStep(*other().Now()->result) != usual; }));
  ASSERT_TRUE(Together());
  EXPECT_EQ(HashStep(*other().Now()->result), HashStep(*viewer_.now().result));
  // Whoever takes over begins the same episode anew with them; another seed is without.
  viewer_.simulation().SetAgent({.env = "CartPole-v1", .agent = "random"});
  viewer_.simulation().Reset(3);
  ASSERT_TRUE(viewer_.UntilIdle());
  EXPECT_EQ(viewer_.now().reset_options->size(), 2u);
  viewer_.simulation().Reset(4);
  ASSERT_TRUE(viewer_.UntilIdle());
  EXPECT_TRUE(viewer_.now().reset_options->empty());
  ASSERT_TRUE(Together());
  EXPECT_EQ(HashStep(*other().Now()->result), HashStep(*viewer_.now().result));
}

TEST_F(ComparePanelTest, WhoCannotPlayIsSaid) {
  Open("CartPole-v1", "random", 3);
  panel()->Choose({.env = "", .agent = "", .checkpoint = "/no/such/file"});
  ASSERT_TRUE(viewer_.Until([&] { return !other().Now()->message.empty(); }));
  viewer_.Frames(3);
  EXPECT_EQ(viewer_.now().cast.agent, "random");
}

TEST_F(ComparePanelTest, TwoRobotsWorkBesideEachOther) {
  Open("Ravens/BlockInsertion-v0", "oracle", 1);
  panel()->Choose({.env = "", .agent = "random"});
  ASSERT_TRUE(Together());
  viewer_.simulation().SetSpeed(0);
  viewer_.simulation().StepForward();
  ASSERT_TRUE(viewer_.Until([&] { return viewer_.now().step == 1; }, 120));
  ASSERT_TRUE(Together(120));
  ASSERT_TRUE(viewer_.Until([&] { return panel()->lockstep()->difference().step == 1; }));
  viewer_.Picture("compare_ravens");
  viewer_.interface().settings().theme = Theme::kLight;
  viewer_.Picture("compare_ravens_light");
}

}  // namespace
}  // namespace rookery::gui
