#include "apps/benchmark/suite.h"

#include <utility>

#include "core/error.h"

namespace rookery {
namespace {

std::vector<BenchmarkSuite>& Registered() {
  static std::vector<BenchmarkSuite> suites;
  return suites;
}

}  // namespace

const std::vector<BenchmarkSuite>& Suites() { return Registered(); }

bool RegisterSuite(BenchmarkSuite suite) {
  Registered().push_back(std::move(suite));
  return true;
}

const BenchmarkSuite& FindSuite(const std::string& name) {
  std::vector<std::string> names;
  for (const BenchmarkSuite& suite : Suites()) {
    if (suite.name == name) return suite;
    names.push_back(suite.name);
  }
  throw UserError("unknown benchmark '" + name + "'" + DidYouMean(name, names) + "; there are " +
                  Join(names));
}

}  // namespace rookery
