// Every registered wrapper around real environments, one of each kind.
#ifndef ROOKERY_TESTS_CONFORMANCE_WRAPPER_CASES_H_
#define ROOKERY_TESTS_CONFORMANCE_WRAPPER_CASES_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "tests/conformance/env_kit.h"
#include "tests/temp_folder.h"

namespace rookery::testing {

// Of those that were built: a vector and a torque, a vector and a choice, a large image, an image
// whose sides have few divisors and a choice, several arrays.
inline std::vector<std::string> WrapperSampleIds() {
  const std::vector<std::string> wanted = {"Pendulum-v1", "CartPole-v1", "CarRacing-v3",
                                           "ALE/Pong-v5", "Ravens/BlockInsertion-v0"};
  std::vector<std::string> ids;
  for (const std::string& id : EnvIds()) {
    if (std::find(wanted.begin(), wanted.end(), id) != wanted.end()) ids.push_back(id);
  }
  return ids;
}
inline std::vector<std::string> WrapperNames() {
  std::vector<std::string> names;
  for (const WrapperEntry* entry : ListWrappers()) names.push_back(entry->name);
  return names;
}

class WrapperKit : public ::testing::TestWithParam<std::tuple<std::string, std::string>> {
 protected:
  const std::string& wrapper() const { return std::get<0>(GetParam()); }
  const std::string& id() const { return std::get<1>(GetParam()); }
  // With what a wrapper cannot do without.
  std::string Setting() const {
    return "wrap=" + wrapper() +
           (wrapper() == "record" ? ":folder=" + folder_.path() + "/recorded" : "");
  }

  TempFolder folder_;
};

#define ROOKERY_FOR_EVERY_WRAPPER(Suite)                                                \
  INSTANTIATE_TEST_SUITE_P(Wrappers, Suite,                                             \
                           ::testing::Combine(::testing::ValuesIn(WrapperNames()),      \
                                              ::testing::ValuesIn(WrapperSampleIds())), \
                           [](const auto& test) {                                       \
                             return std::get<0>(test.param) + "_" +                     \
                                    TestName(std::get<1>(test.param));                  \
                           });                                                          \
  GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Suite)

}  // namespace rookery::testing

#endif  // ROOKERY_TESTS_CONFORMANCE_WRAPPER_CASES_H_
