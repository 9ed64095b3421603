// The protocol of Zeng et al. 2020 (Transporter Networks), section 5, and published scores: task
// success in percent after 1, 10, 100 and 1000 demonstrations.
#include "apps/benchmark/suite.h"

namespace rookery {
namespace {

using Scores = std::map<std::string, std::map<int64_t, double>>;

// One row a task, in the order of the paper.
Scores Table(const std::vector<std::vector<double>>& rows) {
  static const char* const kTasks[] = {"Ravens/BlockInsertion-v0",    "Ravens/PlaceRedInGreen-v0",
                                       "Ravens/TowersOfHanoi-v0",     "Ravens/AlignBoxCorner-v0",
                                       "Ravens/StackBlockPyramid-v0", "Ravens/PalletizingBoxes-v0",
                                       "Ravens/AssemblingKits-v0",    "Ravens/PackingBoxes-v0",
                                       "Ravens/ManipulatingRope-v0",  "Ravens/SweepingPiles-v0"};
  static constexpr int64_t kDemos[] = {1, 10, 100, 1000};
  Scores scores;
  for (size_t task = 0; task < rows.size(); ++task) {
    for (size_t i = 0; i < rows[task].size(); ++i) scores[kTasks[task]][kDemos[i]] = rows[task][i];
  }
  return scores;
}

ROOKERY_REGISTER_SUITE(
    Ravens,
    {.name = "ravens",
     .summary = "pick-and-place from 1, 10 and 100 demonstrations, ten tasks (Zeng et al. 2020)",
     .tasks = {"Ravens/BlockInsertion-v0", "Ravens/PlaceRedInGreen-v0", "Ravens/TowersOfHanoi-v0",
               "Ravens/AlignBoxCorner-v0", "Ravens/StackBlockPyramid-v0",
               "Ravens/PalletizingBoxes-v0", "Ravens/AssemblingKits-v0", "Ravens/PackingBoxes-v0",
               "Ravens/ManipulatingRope-v0", "Ravens/SweepingPiles-v0"},
     .agents = {"transporter:profile=object-u"},
     .demos = {1, 10, 100},
     .published =
         {
             {.name = "Transporter",
              .source = "Zeng et al. 2020, Table 2, as reprinted in arXiv 2202.09400, Table I",
              .agent = "transporter",
              .scores = Table({{100, 100, 100, 100},
                               {84.5, 100, 100, 100},
                               {73.1, 83.9, 97.3, 98.1},
                               {35, 85, 97, 98.3},
                               {13.3, 42.6, 56.2, 78.2},
                               {63.2, 77.4, 91.7, 97.9},
                               {28.4, 78.6, 90.4, 94.6},
                               {56.8, 58.3, 72.1, 81.3},
                               {21.9, 73.2, 85.4, 92.1},
                               {52.4, 74.4, 71.5, 96.1}})},
             {.name = "Form2Fit",
              .source = "Zeng et al. 2020, Table 2",
              .agent = "form2fit",
              .scores = Table({{17, 19, 23, 29},
                               {83.4, 100, 100, 100},
                               {3.6, 4.4, 3.7, 7},
                               {7, 2, 5, 16},
                               {19.7, 17.5, 18.5, 32.5},
                               {21.6, 42, 52.1, 65.3},
                               {3.4, 7.6, 24.2, 37.6},
                               {29.9, 52.5, 62.3, 66.8},
                               {11.9, 38.8, 36.7, 47.7},
                               {13.2, 15.6, 26.7, 38.4}})},
             {.name = "Conv-MLP",
              .source = "Zeng et al. 2020, Table 2",
              .agent = "conv_mlp",
              .scores = Table({{0, 5, 6, 8},
                               {0, 3, 25.5, 31.3},
                               {0, 1, 1.9, 2.1},
                               {0, 2, 1, 1},
                               {0, 1.8, 1.7, 1.7},
                               {31.4, 37.4, 34.6, 32},
                               {0, 0.2, 0.2, 0},
                               {0.3, 9.5, 12.6, 16.1},
                               {3.7, 6.6, 3.8, 10.8},
                               {28.2, 48.4, 44.9, 45.1}})},
             {.name = "GT-State MLP",
              .source = "Zeng et al. 2020, Table 2",
              .agent = "gt_state_mlp",
              .scores = Table({{4, 52, 96, 99},
                               {0, 0, 3, 82.2},
                               {10.7, 10.7, 6.1, 5.3},
                               {47, 29, 29, 59},
                               {0, 0.2, 1.3, 15.3},
                               {0.6, 6.4, 30.2, 30.1},
                               {0, 0, 1.2, 11.8},
                               {7.1, 1.4, 33.6, 56},
                               {5.5, 11.5, 43.6, 47.4},
                               {7.2, 20.6, 63.2, 74.4}})},
             {.name = "GT-State MLP 2-step",
              .source = "Zeng et al. 2020, Table 2",
              .agent = "gt_state_mlp_2step",
              .scores = Table({{6, 38, 95, 100},
                               {0, 0, 19, 92.8},
                               {22, 6.4, 5.6, 3.1},
                               {49, 12, 43, 55},
                               {0, 0.8, 12.2, 17.5},
                               {0.6, 9.6, 32.8, 37.5},
                               {0, 0, 1.6, 4.4},
                               {4, 3.5, 43.4, 57.1},
                               {6, 8.2, 41.5, 58.7},
                               {9.7, 21.4, 66.2, 73.9}})},
             {.name = "Equivariant Transporter",
              .source = "Huang et al. 2022, arXiv 2202.09400, Table I",
              .agent = "",
              .scores = Table({{100, 100, 100, 100},
                               {98.5, 100, 100, 100},
                               {88.1, 95.7, 100, 100},
                               {41, 99, 100, 100},
                               {34.6, 80, 90.8, 95.1},
                               {75.3, 98.9, 99.6, 99.6},
                               {63.8, 90.6, 98.6, 100},
                               {98.3, 99.4, 99.6, 100},
                               {31, 85, 92.3, 98.4},
                               {97.9, 99.5, 100, 100}})},
             {.name = "GR-ConvNet Transporter",
              .source = "Kumra et al. 2022, Sensors 22, 6208, Table 9",
              .agent = "",
              .scores = Table({{100, 100, 100, 100},
                               {92.3, 100, 100, 100},
                               {98.2, 99.9, 99.9, 99.9},
                               {62, 91, 100, 100},
                               {23.5, 79.3, 94.6, 97.1},
                               {84.2, 98.2, 100, 100},
                               {56.8, 83.2, 99.4, 99.6},
                               {96.1, 99.9, 99.9, 100},
                               {25.7, 87, 99.9, 100},
                               {98.2, 99.1, 99.2, 98.9}})},
         },
     .bar = "Transporter"});

}  // namespace
}  // namespace rookery
