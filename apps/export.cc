#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <memory>

#include "apps/command.h"
#include "apps/export/exporter.h"
#include "core/error.h"

namespace rookery {
namespace {

namespace fs = std::filesystem;

struct ExportOptions {
  std::string folder, to, out;
  bool force = false;
};

const Exporter& FindExporter(const std::string& name) {
  std::vector<std::string> names;
  for (const Exporter* exporter : ListExporters()) {
    if (exporter->name == name) return *exporter;
    names.push_back(exporter->name);
  }
  throw UserError("unknown format '" + name + "'" + DidYouMean(name, names) + "; there are " +
                  Join(names));
}

// The result under another name beside it, until it is complete. Those that killed exports of the
// same result left are removed.
class Unfinished {
 public:
  explicit Unfinished(const fs::path& out)
      : prefix_("." + out.filename().string() + ".exporting-"),
        path_(out.parent_path() / (prefix_ + std::to_string(getpid()))) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(out.parent_path(), ignored)) {
      const std::string name = entry.path().filename().string();
      if (!name.starts_with(prefix_)) continue;
      pid_t writer = 0;
      std::from_chars(name.data() + prefix_.size(), name.data() + name.size(), writer);
      if (writer == getpid() || (kill(writer, 0) != 0 && errno == ESRCH)) {
        fs::remove_all(entry.path());
      }
    }
  }
  ~Unfinished() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  const fs::path& path() const { return path_; }

 private:
  std::string prefix_;
  fs::path path_;
};

// What --force would delete must be an earlier export.
void CheckReplaceable(const Exporter& exporter, const fs::path& target, const ExportOptions& o) {
  if (!fs::exists(target)) return;
  if (!o.force) {
    throw UserError("--out " + o.out + " exists; choose another name, or --force to replace it");
  }
  const bool earlier = exporter.landmark.empty() ? fs::is_regular_file(target)
                                                 : fs::exists(target / exporter.landmark);
  if (!earlier) {
    throw UserError("--out " + o.out + " is no export to " + exporter.name +
                    "; --force replaces nothing else");
  }
}

// In one step; what was there before is then at `unfinished`.
void MoveIntoPlace(const fs::path& unfinished, const fs::path& target) {
  if (fs::exists(target) &&
      renameat2(AT_FDCWD, unfinished.c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) == 0) {
    return;
  }
  fs::remove_all(target);  // a file system that cannot exchange names
  fs::rename(unfinished, target);
}

int Export(const ExportOptions& options, Output* out) {
  const Exporter& exporter = FindExporter(options.to);
  fs::path target = fs::absolute(options.out).lexically_normal();
  if (!target.has_filename()) target = target.parent_path();  // a name that ends in "/"
  CheckReplaceable(exporter, target, options);
  const ExportSource set(options.folder);
  fs::create_directories(target.parent_path());
  const Unfinished unfinished(target);
  exporter.write(set, target.string(), unfinished.path().string());
  MoveIntoPlace(unfinished.path(), target);
  out->document = {{"format", exporter.name}, {"out", target.string()}, {"env", set.spec().id}};
  out->Print("exported to " + target.string() + " (" + exporter.summary + ")\n");
  return 0;
}

ROOKERY_REGISTER_COMMAND(
    Export,
    {.name = "export",
     .summary = "Write recorded episodes in the format of another library",
     .order = 65,
     .example = "rookery demos Ravens/BlockInsertion-v0 --episodes 3 --out demos/insertion &&\n"
                "  rookery export demos/insertion --to robomimic --out insertion.hdf5",
     .setup = [](CLI::App* app) -> std::function<int(Output*)> {
       const auto o = std::make_shared<ExportOptions>();
       std::string formats;
       for (const Exporter* exporter : ListExporters()) {
         formats += "\n" + exporter->name + ": " + exporter->summary;
       }
       app->add_option("folder", o->folder, "folder of episodes, or one file")->required();
       app->add_option("--to", o->to, "format" + formats)->required();
       app->add_option("--out", o->out, "file or folder to write")->required();
       app->add_flag("--force", o->force, "replace what is there");
       return [o](Output* out) { return Export(*o, out); };
     }});

}  // namespace
}  // namespace rookery
