#include "gui/file_browser.h"

#include <imgui.h>

#include <algorithm>
#include <cfloat>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <utility>

namespace rookery::gui {

namespace fs = std::filesystem;

void FileBrowser::Open(const std::string& start) {
  std::error_code error;
  fs::path folder = fs::absolute(start.empty() ? "." : start, error).lexically_normal();
  while (!fs::is_directory(folder, error) && folder.has_relative_path()) {
    folder = folder.parent_path();
  }
  wants_open_ = true;
  chosen_.clear();
  GoTo(folder.string());
}

void FileBrowser::GoTo(const std::string& folder) {
  selected_.clear();
  coming_ = std::async(std::launch::async, List, folder, extension_);
}

FileBrowser::Listing FileBrowser::List(const std::string& folder, const std::string& extension) {
  Listing listing{folder, "", {}};
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with('.')) continue;
    std::error_code ignored;
    const bool is_folder = entry->is_directory(ignored);
    if (is_folder || name.ends_with(extension)) listing.entries.push_back({name, is_folder});
  }
  if (error) listing.error = "cannot list " + folder + ": " + error.message();
  std::sort(listing.entries.begin(), listing.entries.end(), [](const Entry& a, const Entry& b) {
    return std::pair(!a.folder, a.name) < std::pair(!b.folder, b.name);
  });
  return listing;
}

bool FileBrowser::DrawEntries() {
  bool done = false;
  const bool coming = coming_.valid();
  ImGui::BeginDisabled(coming);
  if (ImGui::Selectable("..", false, ImGuiSelectableFlags_NoAutoClosePopups)) {
    GoTo(fs::path(listing_.folder).parent_path().string());
  }
  if (!listing_.error.empty()) ImGui::TextWrapped("%s", listing_.error.c_str());
  std::string go_to;
  for (const Entry& entry : listing_.entries) {
    const std::string path = (fs::path(listing_.folder) / entry.name).string();
    const std::string label = entry.name + (entry.folder ? "/" : "") + "###" + entry.name;
    constexpr ImGuiSelectableFlags kFlags =
        ImGuiSelectableFlags_NoAutoClosePopups | ImGuiSelectableFlags_AllowDoubleClick;
    if (!ImGui::Selectable(label.c_str(), selected_ == path, kFlags)) continue;
    if (entry.folder) {
      go_to = path;
    } else {
      selected_ = path;
      if (ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) {
        chosen_ = path;
        done = true;
      }
    }
  }
  ImGui::EndDisabled();
  if (!go_to.empty()) GoTo(go_to);
  return done;
}

bool FileBrowser::Draw(float scale) {
  if (std::exchange(wants_open_, false)) ImGui::OpenPopup(title_.c_str());
  if (coming_.valid() && coming_.wait_for(std::chrono::seconds(0)) == std::future_status::ready) {
    listing_ = coming_.get();
    std::snprintf(path_, sizeof(path_), "%s", listing_.folder.c_str());
  }
  ImGui::SetNextWindowSize({460 * scale, 420 * scale}, ImGuiCond_Appearing);
  ImGui::SetNextWindowPos(ImGui::GetMainViewport()->GetCenter(), ImGuiCond_Appearing, {0.5f, 0.5f});
  bool open = true, done = false;
  if (!ImGui::BeginPopupModal(title_.c_str(), &open)) return false;
  ImGui::SetNextItemWidth(-FLT_MIN);
  if (ImGui::InputText("##path", path_, sizeof(path_), ImGuiInputTextFlags_EnterReturnsTrue)) {
    std::error_code error;
    if (fs::is_directory(path_, error)) {
      GoTo(path_);
    } else if (fs::exists(path_, error)) {
      chosen_ = path_;
      done = true;
    }
  }
  if (ImGui::BeginChild("entries", {0, -1.6f * ImGui::GetFrameHeight()}, ImGuiChildFlags_Borders)) {
    done = DrawEntries() || done;
  }
  ImGui::EndChild();
  if (ImGui::Button(selected_.empty() ? "Open this folder###open" : "Open file###open")) {
    chosen_ = selected_.empty() ? listing_.folder : selected_;
    done = true;
  }
  ImGui::SameLine();
  if (ImGui::Button("Cancel")) ImGui::CloseCurrentPopup();
  if (done) ImGui::CloseCurrentPopup();
  ImGui::EndPopup();
  return done;
}

}  // namespace rookery::gui
