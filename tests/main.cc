// GoogleTest's main, after the plugins: their environments are tested as all others.
#include <gtest/gtest.h>

#include "core/plugins.h"

int main(int argc, char** argv) {
  rookery::LoadPlugins();
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
