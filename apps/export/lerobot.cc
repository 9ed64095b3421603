// LeRobot v3.0: a folder with Parquet tables, MP4 videos and meta/. Frames are the steps, each with
// the observation its action was chosen from; the sentence of a step is its task.
#include "apps/export/exporter.h"
#include "core/error.h"

#ifdef ROOKERY_WITH_ARROW

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "apps/export/parquet_table.h"
#include "core/atomic_file.h"
#include "renderers/image_io.h"

namespace rookery {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr char kVersion[] = "v3.0";
constexpr int64_t kFilesPerChunk = 1000;
constexpr int64_t kMostBytes = 100 << 20;  // of one data file, before compression

bool IsPicture(const Array& array) {
  return array.dtype() == DType::kUInt8 && array.shape().size() == 3 && array.shape()[2] == 3;
}

// "observation.images.heightmap_rgb", "observation.heightmap_height".
std::string FeatureName(const std::string& name, const Array& array) {
  std::string out = name;
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '.' || c == '/' || c == ' '; }, '_');
  return (IsPicture(array) ? "observation.images." : "observation.") + out;
}

// LeRobot has no scalars: they are arrays of one element.
Shape FeatureShape(const Array& array) { return array.shape().empty() ? Shape{1} : array.shape(); }

std::string Numbered(const std::string& folder, int64_t file, const std::string& extension) {
  char name[64];
  std::snprintf(name, sizeof(name), "/chunk-%03d/file-%03d",
                static_cast<int>(file / kFilesPerChunk), static_cast<int>(file % kFilesPerChunk));
  return folder + name + extension;
}

// Running minimum, maximum, mean and deviation of each element (Welford).
class Statistics {
 public:
  void Add(std::span<const double> values) {
    if (count_ == 0) {
      min_.assign(values.size(), std::numeric_limits<double>::infinity());
      max_.assign(values.size(), -std::numeric_limits<double>::infinity());
      mean_.assign(values.size(), 0);
      squares_.assign(values.size(), 0);
    }
    ++count_;
    for (size_t i = 0; i < values.size(); ++i) {
      const double off = values[i] - mean_[i];
      mean_[i] += off / static_cast<double>(count_);
      squares_[i] += off * (values[i] - mean_[i]);
      min_[i] = std::min(min_[i], values[i]);
      max_[i] = std::max(max_[i], values[i]);
    }
  }
  void Add(const Array& array) {
    std::vector<double> values(static_cast<size_t>(array.size()));
    for (int64_t i = 0; i < array.size(); ++i) values[static_cast<size_t>(i)] = array.AsDouble(i);
    Add(values);
  }
  // Nested in lists as the feature is.
  json Json(const Shape& shape) const {
    std::vector<double> deviation;
    for (double sum : squares_) deviation.push_back(std::sqrt(sum / static_cast<double>(count_)));
    return {{"min", Nested(min_, shape)},
            {"max", Nested(max_, shape)},
            {"mean", Nested(mean_, shape)},
            {"std", Nested(deviation, shape)},
            {"count", {count_}}};
  }

 private:
  static json Nested(const std::vector<double>& values, const Shape& shape) {
    size_t next = 0;
    const auto level = [&](const auto& self, size_t axis) -> json {
      if (axis == shape.size()) return values[next++];
      json list = json::array();
      for (int64_t i = 0; i < shape[axis]; ++i) list.push_back(self(self, axis + 1));
      return list;
    };
    return level(level, 0);
  }
  int64_t count_ = 0;
  std::vector<double> min_, max_, mean_, squares_;
};

// Of a picture's channels in [0, 1]; pixel statistics need every fourth pixel only.
void AddPicture(const Array& picture, Statistics* statistics) {
  constexpr size_t kStride = 4;
  const auto bytes = picture.As<uint8_t>();
  for (size_t i = 0; i + 2 < bytes.size(); i += 3 * kStride) {
    const std::array<double, 3> pixel = {bytes[i] / 255.0, bytes[i + 1] / 255.0,
                                         bytes[i + 2] / 255.0};
    statistics->Add(pixel);
  }
}

class Writer {
 public:
  Writer(const ExportSource& set, std::string folder)
      : set_(set),
        folder_(std::move(folder)),
        fps_(set.spec().control_hz > 0 ? std::max<int64_t>(1, std::llround(set.spec().control_hz))
                                       : 1) {}

  void Write() {
    set_.ForEach([&](int64_t index, const Episode& episode) { Add(index, episode); });
    CloseFiles();
    WriteMeta();
  }

 private:
  // Episodes go into the same file until it is large; tables and videos change files together.
  void Add(int64_t index, const Episode& episode) {
    if (index == 0) Begin(episode);
    if (data_ != nullptr && bytes_ >= kMostBytes) {
      CloseFiles();
      ++file_;
    }
    if (data_ == nullptr) OpenFiles();
    const int64_t steps = episode.steps(), first = frames_;
    std::vector<std::string> tasks;
    ParquetRows rows;
    for (int64_t t = 0; t < steps; ++t) AddFrame(episode, index, t, &rows, &tasks);
    data_->Append(rows);

    episodes_.Int64("episode_index", index);
    episodes_.Texts("tasks", tasks);
    episodes_.Int64("length", steps);
    episodes_.Int64("dataset_from_index", first);
    episodes_.Int64("dataset_to_index", frames_);
    episodes_.Int64("data/chunk_index", file_ / kFilesPerChunk);
    episodes_.Int64("data/file_index", file_ % kFilesPerChunk);
    const double end_s = Seconds(frames_ - first_of_file_);
    for (const auto& [feature, video] : videos_) {
      const std::string key = "videos/" + feature;
      episodes_.Int64(key + "/chunk_index", file_ / kFilesPerChunk);
      episodes_.Int64(key + "/file_index", file_ % kFilesPerChunk);
      episodes_.Float64(key + "/from_timestamp", end_s - Seconds(steps));
      episodes_.Float64(key + "/to_timestamp", end_s);
    }
    episodes_.Int64("meta/episodes/chunk_index", 0);
    episodes_.Int64("meta/episodes/file_index", 0);
    ++episode_count_;
  }

  void AddFrame(const Episode& episode, int64_t index, int64_t t, ParquetRows* rows,
                std::vector<std::string>* tasks) {
    const auto at = static_cast<size_t>(t);
    for (const auto& [name, array] : episode.observations[at]) {
      const std::string feature = FeatureName(name, array);
      if (IsPicture(array)) {
        videos_.at(feature)->Add(array);
        AddPicture(array, &statistics_[feature]);
      } else {
        rows->Nested(feature, array.Reshaped(FeatureShape(array)));
        statistics_[feature].Add(array);
        bytes_ += static_cast<int64_t>(array.nbytes());
      }
    }
    const std::vector<double> action = FlatAction(episode.actions[at]);
    Array flat(DType::kFloat32, {std::ssize(action)});
    std::ranges::transform(action, flat.As<float>().begin(),
                           [](double value) { return static_cast<float>(value); });
    rows->Nested("action", flat);
    statistics_["action"].Add(action);
    const bool done = episode.terminated[at] != 0 || episode.truncated[at] != 0;
    const Array* const success = episode.infos[at + 1].Find("success");
    rows->Float32("next.reward", static_cast<float>(episode.rewards[at]));
    rows->Bool("next.done", done);
    rows->Bool("next.success", success != nullptr && success->AsDouble() != 0);
    rows->Float32("timestamp", static_cast<float>(Seconds(t)));
    rows->Int64("frame_index", t);
    rows->Int64("episode_index", index);
    rows->Int64("index", frames_++);
    rows->Int64("task_index", TaskIndex(SentenceOf(episode, t), tasks));
  }

  int64_t TaskIndex(const std::string& sentence, std::vector<std::string>* of_episode) {
    if (std::find(of_episode->begin(), of_episode->end(), sentence) == of_episode->end()) {
      of_episode->push_back(sentence);
    }
    const auto found = std::find(tasks_.begin(), tasks_.end(), sentence);
    if (found != tasks_.end()) return found - tasks_.begin();
    tasks_.push_back(sentence);
    return std::ssize(tasks_) - 1;
  }

  void Begin(const Episode& episode) {
    for (const auto& [name, array] : episode.observations[0]) {
      const std::string feature = FeatureName(name, array);
      if (IsPicture(array)) {
        // The encoder pads to even sizes, which readers would not expect.
        if (array.shape()[0] % 2 != 0 || array.shape()[1] % 2 != 0) {
          throw UserError("pictures '" + name + "' are " + ShapeText(array.shape()) +
                          "; MP4 videos need an even height and width");
        }
        videos_[feature] = nullptr;
        features_[feature] = {{"dtype", "video"},
                              {"shape", array.shape()},
                              {"names", {"height", "width", "channels"}},
                              {"info",
                               {{"video.height", array.shape()[0]},
                                {"video.width", array.shape()[1]},
                                {"video.codec", "h264"},
                                {"video.pix_fmt", "yuv420p"},
                                {"video.is_depth_map", false},
                                {"video.fps", fps_},
                                {"video.channels", 3},
                                {"has_audio", false}}}};
      } else {
        if (array.size() == 0 || array.shape().size() > 5) {
          throw UserError("LeRobot has no place for '" + name + "' " + ShapeText(array.shape()));
        }
        features_[feature] = Feature(DTypeName(array.dtype()), FeatureShape(array));
      }
    }
    const std::vector<std::string> columns = ActionColumns(set_.spec());
    features_["action"] = Feature("float32", {std::ssize(columns)});
    features_["action"]["names"] = columns;
    features_["next.reward"] = Feature("float32", {1});
    features_["next.done"] = features_["next.success"] = Feature("bool", {1});
    features_["timestamp"] = Feature("float32", {1});
    for (const char* name : {"frame_index", "episode_index", "index", "task_index"}) {
      features_[name] = Feature("int64", {1});
    }
  }
  static json Feature(const std::string& dtype, const Shape& shape) {
    return {{"dtype", dtype}, {"shape", shape}, {"names", nullptr}};
  }

  std::string Path(const std::string& folder, const std::string& extension) const {
    const std::string path = folder_ + "/" + Numbered(folder, file_, extension);
    fs::create_directories(fs::path(path).parent_path());
    return path;
  }
  void OpenFiles() {
    data_ = std::make_unique<ParquetFile>(Path("data", ".parquet"));
    for (auto& [feature, video] : videos_) {
      video =
          std::make_unique<VideoWriter>(Path("videos/" + feature, ""), static_cast<double>(fps_));
    }
    bytes_ = 0;
    first_of_file_ = frames_;
  }
  void CloseFiles() {
    data_->Close();
    data_.reset();
    for (auto& [feature, video] : videos_) {
      video->Close();
      if (!video->path().ends_with(".mp4")) {
        throw Failure("LeRobot needs MP4 videos: install the program ffmpeg");
      }
      video.reset();
    }
  }

  void WriteMeta() {
    const std::string meta = folder_ + "/meta";
    fs::create_directories(meta + "/episodes/chunk-000");
    ParquetFile episodes(meta + "/episodes/chunk-000/file-000.parquet");
    episodes.Append(episodes_);
    episodes.Close();

    // The table that pandas writes of a frame indexed by the sentences.
    ParquetRows tasks;
    for (size_t i = 0; i < tasks_.size(); ++i) {
      tasks.Int64("task_index", static_cast<int64_t>(i));
      tasks.Text("__index_level_0__", tasks_[i]);
    }
    const auto column = [](const json& name, const char* field, const char* type,
                           const char* numpy) -> json {
      return {{"name", name},
              {"field_name", field},
              {"pandas_type", type},
              {"numpy_type", numpy},
              {"metadata", nullptr}};
    };
    const json pandas = {{"index_columns", {"__index_level_0__"}},
                         {"column_indexes", json::array()},
                         {"columns",
                          {column("task_index", "task_index", "int64", "int64"),
                           column(nullptr, "__index_level_0__", "unicode", "object")}},
                         {"pandas_version", "2.2.0"}};
    ParquetFile table(meta + "/tasks.parquet", {{"pandas", pandas.dump()}});
    table.Append(tasks);
    table.Close();

    json statistics;
    for (const auto& [feature, values] : statistics_) {
      const bool video = videos_.count(feature) > 0;
      statistics[feature] =
          values.Json(video ? Shape{3, 1, 1} : features_.at(feature).at("shape").get<Shape>());
    }
    WriteFileAtomic(meta + "/stats.json", statistics.dump());
    const json info = {
        {"codebase_version", kVersion},
        {"robot_type", "ur5e"},
        {"total_episodes", episode_count_},
        {"total_frames", frames_},
        {"total_tasks", tasks_.size()},
        {"chunks_size", kFilesPerChunk},
        {"data_files_size_in_mb", kMostBytes >> 20},
        {"video_files_size_in_mb", 200},
        {"fps", fps_},
        {"splits", {{"train", "0:" + std::to_string(episode_count_)}}},
        {"data_path", "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"},
        {"video_path",
         videos_.empty()
             ? json(nullptr)
             : json("videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4")},
        {"features", features_}};
    WriteFileAtomic(meta + "/info.json", info.dump(2));
  }

  double Seconds(int64_t frames) const {
    return static_cast<double>(frames) / static_cast<double>(fps_);
  }

  const ExportSource& set_;
  std::string folder_;
  int64_t fps_;
  json features_ = json::object();
  std::map<std::string, std::unique_ptr<VideoWriter>> videos_;  // by feature; null between files
  std::map<std::string, Statistics> statistics_;
  std::unique_ptr<ParquetFile> data_;
  ParquetRows episodes_;
  std::vector<std::string> tasks_;
  int64_t file_ = 0, bytes_ = 0, frames_ = 0, first_of_file_ = 0, episode_count_ = 0;
};

void Write(const ExportSource& set, const std::string&, const std::string& temporary) {
  Writer(set, temporary).Write();
}

}  // namespace
}  // namespace rookery

#else

namespace rookery {
namespace {

void Write(const ExportSource&, const std::string&, const std::string&) {
  throw UserError(
      "this rookery was built without Arrow, which writes LeRobot's tables: run "
      "scripts/install_dependencies --arrow, then build again");
}

}  // namespace
}  // namespace rookery

#endif

namespace rookery {
namespace {

ROOKERY_REGISTER_EXPORTER(LeRobot,
                          {.name = "lerobot",
                           .summary = "a LeRobot v3.0 folder: Parquet tables, MP4 videos, meta/",
                           .landmark = "meta/info.json",
                           .write = Write});

}  // namespace
}  // namespace rookery
