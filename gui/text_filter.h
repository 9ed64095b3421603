// Search fields of panels.
#ifndef ROOKERY_GUI_TEXT_FILTER_H_
#define ROOKERY_GUI_TEXT_FILTER_H_

#include <string_view>

namespace rookery::gui {

// Does the text have every word of the filter, in any order and whatever the case?
bool MatchesFilter(std::string_view text, std::string_view filter);

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_TEXT_FILTER_H_
