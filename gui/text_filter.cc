#include "gui/text_filter.h"

#include <algorithm>
#include <cctype>

namespace rookery::gui {

bool MatchesFilter(std::string_view text, std::string_view filter) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
  };
  while (!filter.empty()) {
    const size_t end = std::min(filter.find(' '), filter.size());
    const std::string_view word = filter.substr(0, end);
    if (std::search(text.begin(), text.end(), word.begin(), word.end(), same) == text.end() &&
        !word.empty()) {
      return false;
    }
    filter.remove_prefix(std::min(end + 1, filter.size()));
  }
  return true;
}

}  // namespace rookery::gui
