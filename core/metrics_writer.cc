#include "core/metrics_writer.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "core/append_file.h"
#include "core/atomic_file.h"
#include "core/csv.h"
#include "core/error.h"
#include "core/event_file.h"
#include "core/log.h"

namespace rookery {
namespace {

constexpr char kStepColumn[] = "step";
constexpr char kErrorsColumn[] = "log/errors";
constexpr std::chrono::minutes kBetweenWarnings{1};

struct Row {
  int64_t step = 0;
  Metrics cells;

  // Later values replace earlier ones.
  void Merge(const Metrics& metrics) {
    for (const auto& [name, value] : metrics) {
      const auto same = [&name = name](const auto& cell) { return cell.first == name; };
      const auto place = std::find_if(cells.begin(), cells.end(), same);
      if (place == cells.end()) {
        cells.emplace_back(name, value);
      } else {
        place->second = value;
      }
    }
  }
};

// The shortest text that reads back as the same number, whatever the locale.
std::string NumberText(double value) {
  if (std::isnan(value)) return "nan";  // without its sign
  char text[32];
  return {text, std::to_chars(text, text + sizeof(text), value).ptr};
}

template <typename T>
T Number(std::string_view text, const std::string& where) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw UserError(where + ": '" + std::string(text) + "' is not a number");
  }
  return value;
}

// metrics.csv. Columns stand in the order in which they first appeared.
class CsvFile {
 public:
  CsvFile(std::string path, int64_t resume_step) : path_(std::move(path)) {
    std::vector<Row> rows;
    if (std::filesystem::exists(path_)) rows = Load(resume_step);
    for (const Row& row : rows) AddColumns(row);
    Rewrite(rows);
  }

  void Write(const Row& row) {
    if (waiting_.empty() && last_ && last_->step == row.step) {
      // Its line on disk is replaced.
      waiting_.push_back(std::move(*last_));
      last_.reset();
      end_ = last_begin_;
    }
    if (!waiting_.empty() && waiting_.back().step == row.step) {
      waiting_.back().Merge(row.cells);
    } else {
      waiting_.push_back(row);
    }
    Save();
  }

  // Brings to disk what waits; Failure keeps it waiting.
  void Save() {
    if (waiting_.empty()) return;
    const size_t columns = columns_.size();
    for (const Row& row : waiting_) AddColumns(row);
    if (columns_.size() > columns) {
      try {
        Widen(columns);
      } catch (const Error&) {
        columns_.resize(columns);
        throw;
      }
    } else {
      std::string text;
      for (const Row& row : waiting_) {
        last_begin_ = end_ + text.size();
        text += Line(row);
      }
      file_->Replace(end_, text);
    }
    end_ = file_->size();
    last_ = std::move(waiting_.back());
    waiting_.clear();
  }

  void Sync() { file_->Sync(); }

 private:
  std::vector<Row> Load(int64_t resume_step) {
    const std::string contents = ReadFile(path_);
    std::string_view rest = contents;
    std::vector<std::string_view> names;
    std::vector<Row> rows;
    // A line without an end was being written when the process died.
    for (int number = 1; rest.find('\n') != std::string_view::npos; ++number) {
      const std::vector<std::string_view> cells = SplitCells(rest.substr(0, rest.find('\n')));
      rest.remove_prefix(rest.find('\n') + 1);
      const std::string where = path_ + ":" + std::to_string(number);
      if (number == 1) {
        if (cells[0] != kStepColumn) {
          throw UserError(where + ": expected a header that begins with '" + kStepColumn +
                          "', found '" + std::string(cells[0]) + "'");
        }
        names = cells;
        continue;
      }
      if (cells.size() != names.size()) {
        throw UserError(where + ": expected " + std::to_string(names.size()) + " cells, found " +
                        std::to_string(cells.size()));
      }
      Row row{Number<int64_t>(cells[0], where), {}};
      if (row.step > resume_step) continue;
      for (size_t i = 1; i < cells.size(); ++i) {
        if (!cells[i].empty()) row.cells.emplace_back(names[i], Number<double>(cells[i], where));
      }
      rows.push_back(std::move(row));
    }
    // Columns that only dropped rows had will be added again when they appear again.
    for (size_t i = 1; i < names.size(); ++i) {
      const bool used = std::any_of(rows.begin(), rows.end(), [&](const Row& row) {
        return std::any_of(row.cells.begin(), row.cells.end(),
                           [&](const auto& cell) { return cell.first == names[i]; });
      });
      if (used) columns_.emplace_back(names[i]);
    }
    return rows;
  }

  void AddColumns(const Row& row) {
    for (const auto& [name, value] : row.cells) {
      if (std::find(columns_.begin(), columns_.end(), name) == columns_.end()) {
        columns_.push_back(name);
      }
    }
  }

  std::string HeaderLine() const {
    std::string line = kStepColumn;
    for (const std::string& name : columns_) line += "," + name;
    return line + "\n";
  }

  std::string Line(const Row& row) const {
    std::string line = std::to_string(row.step);
    for (const std::string& name : columns_) {
      line += ',';
      for (const auto& [cell, value] : row.cells) {
        if (cell == name) line += NumberText(value);
      }
    }
    return line + "\n";
  }

  // The whole file, from scratch.
  void Rewrite(const std::vector<Row>& rows) {
    std::string text = HeaderLine();
    for (const Row& row : rows) {
      last_begin_ = text.size();
      text += Line(row);
      last_ = row;
    }
    WriteFileAtomic(path_, text);
    file_.emplace(path_);
    end_ = file_->size();
  }

  // The whole file with the new columns (empty in old rows) and the rows that wait.
  void Widen(size_t old_columns) {
    const std::string old = ReadFile(path_).substr(0, end_);
    const std::string filling(columns_.size() - old_columns, ',');
    std::string text = HeaderLine();
    for (size_t begin = old.find('\n') + 1; begin < old.size();) {
      const size_t end = old.find('\n', begin);
      text += old.substr(begin, end - begin) + filling + "\n";
      begin = end + 1;
    }
    for (const Row& row : waiting_) {
      last_begin_ = text.size();
      text += Line(row);
    }
    WriteFileAtomic(path_, text);
    file_.emplace(path_);
  }

  std::string path_;
  std::vector<std::string> columns_;  // without `step`
  std::optional<AppendFile> file_;
  std::vector<Row> waiting_;  // not on disk
  std::optional<Row> last_;   // the last row on disk, which the same step may extend
  uint64_t last_begin_ = 0;   // where it begins
  uint64_t end_ = 0;          // where the rows on disk end
};

}  // namespace

class MetricsWriter::Impl {
 public:
  Impl(const std::string& folder, int64_t resume_step)
      : csv_(folder + "/metrics.csv", resume_step),
        // One name for all resumed parts: TensorBoard reads them as one run.
        events_(folder + "/events.out.tfevents.0000000000.rookery", resume_step) {}

  void Write(int64_t step, const Metrics& metrics) {
    for (const auto& [name, value] : metrics) {
      if (name.empty() || name == kStepColumn || name.find_first_of(",\"\r\n") != name.npos) {
        throw UserError("'" + name +
                        "' cannot name a metric: expected a name like loss/attention, without "
                        "commas, quotes and line ends, other than 'step'");
      }
    }
    Row row{step, {}};
    row.Merge(metrics);
    if (errors_ > 0) row.Merge({{kErrorsColumn, static_cast<double>(errors_)}});
    Try([&] { csv_.Write(row); });
    Try([&] { events_.Write(step, row.cells); });
  }

  void Flush() {
    Try([&] {
      csv_.Save();
      csv_.Sync();
    });
    Try([&] { events_.Sync(); });
  }

 private:
  // A full disk must not end a run: what could not be written is counted, and said now and then.
  template <typename Action>
  void Try(const Action& action) {
    try {
      action();
    } catch (const Bug&) {
      throw;
    } catch (const Error& error) {
      ++errors_;
      const auto now = std::chrono::steady_clock::now();
      if (!warned_ || now - *warned_ >= kBetweenWarnings) {
        LogWarning(std::string(error.what()) + "; the run continues (" + std::to_string(errors_) +
                   " failed writes)");
        warned_ = now;
      }
    }
  }

  CsvFile csv_;
  EventFile events_;
  int64_t errors_ = 0;
  std::optional<std::chrono::steady_clock::time_point> warned_;
};

MetricsWriter::MetricsWriter(const std::string& folder, int64_t resume_step)
    : impl_(std::make_unique<Impl>(folder, resume_step)) {}

MetricsWriter::~MetricsWriter() = default;

void MetricsWriter::Write(int64_t step, const Metrics& metrics) { impl_->Write(step, metrics); }

void MetricsWriter::Flush() { impl_->Flush(); }

}  // namespace rookery
