// The three kinds of error (see docs/architecture.md):
//   UserError      the caller's or user's fault; the program prints one line and exits with 2
//   Failure        something outside went wrong (disk, network, peer); one line, exit 1
//   ROOKERY_CHECK  our own bug; always on; prints the condition and both values, throws Bug
#ifndef ROOKERY_CORE_ERROR_H_
#define ROOKERY_CORE_ERROR_H_

#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rookery {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Bad input: the message names the thing, its value, what was expected and the nearest choice.
class UserError : public Error {
 public:
  using Error::Error;
};

// The world did not cooperate: a file cannot be written, a library refused.
class Failure : public Error {
 public:
  using Error::Error;
};

// A broken invariant of ours.
class Bug : public Error {
 public:
  using Error::Error;
};

// Up to `count` entries of `choices` that resemble `name` most, best first; forgives case,
// hyphens and underscores. Empty when nothing is near.
std::vector<std::string> NearestNames(std::string_view name,
                                      const std::vector<std::string>& choices, size_t count = 3);

// " (did you mean a, b or c?)", or "" when nothing is near.
std::string DidYouMean(std::string_view name, const std::vector<std::string>& choices);

// "a, b, c".
std::string Join(const std::vector<std::string>& parts, std::string_view separator = ", ");

namespace internal {
[[noreturn]] void ThrowBug(const char* file, int line, const std::string& what);

template <typename A, typename B>
std::string CompareText(const char* expression, const A& a, const B& b) {
  std::ostringstream out;
  out << expression << " (" << a << " vs " << b << ")";
  return out.str();
}
}  // namespace internal

#define ROOKERY_CHECK(condition)                                                     \
  do {                                                                               \
    if (!(condition)) ::rookery::internal::ThrowBug(__FILE__, __LINE__, #condition); \
  } while (false)

#define ROOKERY_CHECK_OP_(op, a, b)                                                     \
  do {                                                                                  \
    const auto& rookery_a_ = (a);                                                       \
    const auto& rookery_b_ = (b);                                                       \
    if (!(rookery_a_ op rookery_b_))                                                    \
      ::rookery::internal::ThrowBug(                                                    \
          __FILE__, __LINE__,                                                           \
          ::rookery::internal::CompareText(#a " " #op " " #b, rookery_a_, rookery_b_)); \
  } while (false)

#define ROOKERY_CHECK_EQ(a, b) ROOKERY_CHECK_OP_(==, a, b)
#define ROOKERY_CHECK_NE(a, b) ROOKERY_CHECK_OP_(!=, a, b)
#define ROOKERY_CHECK_LE(a, b) ROOKERY_CHECK_OP_(<=, a, b)
#define ROOKERY_CHECK_LT(a, b) ROOKERY_CHECK_OP_(<, a, b)
#define ROOKERY_CHECK_GE(a, b) ROOKERY_CHECK_OP_(>=, a, b)
#define ROOKERY_CHECK_GT(a, b) ROOKERY_CHECK_OP_(>, a, b)

// For hot loops: checked in debug and sanitizer builds only.
#ifdef NDEBUG
#define ROOKERY_DCHECK(condition) static_cast<void>(sizeof(condition))
#else
#define ROOKERY_DCHECK(condition) ROOKERY_CHECK(condition)
#endif

}  // namespace rookery

#endif  // ROOKERY_CORE_ERROR_H_
