#include "core/error.h"

#include <algorithm>
#include <cctype>

namespace rookery {
namespace {

// Lower case, without the separators people mix up.
std::string Fold(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '-' || c == '_' || c == ' ') continue;
    out.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
  }
  return out;
}

// Letters to insert, leave out or replace, or neighbours to swap, at least.
size_t EditDistance(const std::string& a, const std::string& b) {
  std::vector<size_t> last(b.size() + 1), row(b.size() + 1), next(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    next[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      next[j] = std::min(
          {row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] == b[j - 1] ? size_t{0} : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        next[j] = std::min(next[j], last[j - 2] + 1);
      }
    }
    last.swap(row);
    row.swap(next);
  }
  return row[b.size()];
}

}  // namespace

std::vector<std::string> NearestNames(std::string_view name,
                                      const std::vector<std::string>& choices, size_t count) {
  const std::string wanted = Fold(name);
  std::vector<std::pair<size_t, std::string>> ranked;
  for (const std::string& choice : choices) {
    const std::string folded = Fold(choice);
    size_t distance = EditDistance(wanted, folded);
    // A fragment of the right name is as good as a small typing error.
    if (wanted.size() >= 3 && folded.find(wanted) != std::string::npos) {
      distance = std::min<size_t>(distance, 2);
    }
    if (distance <= std::max<size_t>(2, folded.size() / 3)) ranked.emplace_back(distance, choice);
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> out;
  for (size_t i = 0; i < ranked.size() && i < count; ++i) out.push_back(ranked[i].second);
  return out;
}

std::string DidYouMean(std::string_view name, const std::vector<std::string>& choices) {
  const std::vector<std::string> near = NearestNames(name, choices);
  if (near.empty()) return "";
  std::string text = " (did you mean " + near[0];
  for (size_t i = 1; i < near.size(); ++i) {
    text += (i + 1 == near.size() ? " or " : ", ") + near[i];
  }
  return text + "?)";
}

std::string Join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += separator;
    out += parts[i];
  }
  return out;
}

void internal::ThrowBug(const char* file, int line, const std::string& what) {
  throw Bug(std::string(file) + ":" + std::to_string(line) + ": check failed: " + what);
}

}  // namespace rookery
