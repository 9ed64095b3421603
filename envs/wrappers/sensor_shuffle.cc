// Sensors, or patches of an image, in another order.
#include <charconv>
#include <cstring>
#include <numeric>

#include "core/error.h"
#include "core/registry.h"
#include "envs/wrappers/image_layout.h"

namespace rookery {
namespace {

struct SensorShuffleConfig final : Config {
  int every = 0;
  int patch = 0;
  int64_t seed = -1;
  std::string order;
  std::string array;
  void Fields(FieldVisitor& v) override {
    v.Field("every", &every,
            {.help = "steps between new orders; 0: only at a reset", .unit = "steps", .min = 0});
    v.Field("patch", &patch,
            {.help = "edge of the patches of an image; 0: elements of the last axis",
             .unit = "px",
             .min = 0});
    v.Field("seed", &seed,
            {.help = "one order for ever, drawn from this seed; -1: new ones", .min = -1});
    v.Field("order", &order, {.help = "one order for ever, as 2-0-1; empty: drawn"});
    v.Field("array", &array, {.help = "observation to shuffle; empty: the first"});
  }
  void Check() const override {
    if ((every > 0) + (seed >= 0) + !order.empty() > 1) {
      throw UserError("wrapper sensor_shuffle: give one of every, seed and order");
    }
  }
};

// Sensor i shows what sensor order[i] showed before; in stacks and images every frame alike.
class SensorShuffle final : public ObservationWrapper {
 public:
  SensorShuffle(const SensorShuffleConfig& config, Wrapped wrapped)
      : SensorShuffle(config, &wrapped, Chosen(config, wrapped)) {}

 private:
  static const ArraySpec& Chosen(const SensorShuffleConfig& config, const Wrapped& wrapped) {
    if (config.patch > 0) return Choose(wrapped, config.array, IsImage, "image");
    return Choose(wrapped, config.array, [](const ArraySpec& s) { return !s.shape.empty(); });
  }
  SensorShuffle(const SensorShuffleConfig& config, Wrapped* wrapped, const ArraySpec& before)
      : SensorShuffle(config, wrapped, before, Units(config, *wrapped, before)) {}
  SensorShuffle(const SensorShuffleConfig& config, Wrapped* wrapped, const ArraySpec& before,
                const PatchGrid& units)
      : ObservationWrapper(wrapped, before.name, Shuffled(before),
                           {{.name = "sensor_order",
                             .dtype = DType::kInt64,
                             .shape = {units.count()},
                             .low = {0},
                             .high = {static_cast<double>(units.count() - 1)},
                             .description = "where each sensor of the observation comes from"}}),
        config_(config),
        grid_(units),
        order_(static_cast<size_t>(units.count())),
        composed_(order_) {
    if (config.patch > 0) layout_ = LayoutOf(before);
    const ArraySpec* within = inner().spec().info.Find("sensor_order");
    over_another_ = within != nullptr && within->shape == Shape{units.count()};
    std::iota(order_.begin(), order_.end(), int64_t{0});
    if (config.seed >= 0) Rng(static_cast<uint64_t>(config.seed)).Shuffle(&order_);
    if (!config.order.empty()) ReadOrder(config.order);
  }
  // What is moved about: patches, or the elements of the last axis.
  static PatchGrid Units(const SensorShuffleConfig& config, const Wrapped& wrapped,
                         const ArraySpec& before) {
    if (config.patch == 0) return {.rows = 1, .columns = before.shape.back()};
    return CutIntoPatches(LayoutOf(before), config.patch, wrapped);
  }
  // Any element may show any value.
  static ArraySpec Shuffled(ArraySpec spec) {
    spec.low = {*std::min_element(spec.low.begin(), spec.low.end())};
    spec.high = {*std::max_element(spec.high.begin(), spec.high.end())};
    spec.elements.clear();
    spec.quaternion = -1;
    spec.description += ", in another order";
    return spec;
  }
  void ReadOrder(const std::string& text) {
    std::vector<int64_t> order;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at < end) {
      int64_t value = -1;
      const auto [next, error] = std::from_chars(at, end, value);
      if (error != std::errc()) break;
      order.push_back(value);
      at = next < end && *next == '-' ? next + 1 : next;
      if (next < end && *next != '-') break;
    }
    std::vector<int64_t> sorted = order;
    std::sort(sorted.begin(), sorted.end());
    if (at != end || sorted != order_) {
      throw UserError("wrapper sensor_shuffle of " + spec().id + ": order = " + text +
                      " is not the numbers from 0 to " + std::to_string(order_.size() - 1) +
                      ", each once, with - between them");
    }
    order_ = order;
  }
  bool Fixed() const { return config_.seed >= 0 || !config_.order.empty(); }

  void Observe(const Array& in, bool first, Array* out) override {
    steps_ = first ? 0 : steps_ + 1;
    if (!Fixed() && (first || (config_.every > 0 && steps_ % config_.every == 0))) {
      std::iota(order_.begin(), order_.end(), int64_t{0});  // earlier orders have no say
      rng().Shuffle(&order_);
    }
    const auto* from = static_cast<const char*>(in.data());
    auto* to = static_cast<char*>(out->data());
    if (config_.patch > 0) {
      for (int64_t k = 0; k < layout_.frames; ++k) {
        const size_t offset = static_cast<size_t>(k) * layout_.frame_bytes();
        ShufflePatches(from + offset, to + offset);
      }
      return;
    }
    const size_t item = ItemSize(in.dtype()), n = order_.size();
    for (size_t begin = 0; begin < static_cast<size_t>(in.size()); begin += n) {
      for (size_t i = 0; i < n; ++i) {
        std::memcpy(to + (begin + i) * item, from + (begin + static_cast<size_t>(order_[i])) * item,
                    item);
      }
    }
  }
  void ShufflePatches(const char* from, char* to) const {
    const size_t pixel = layout_.pixel_bytes();
    const size_t row = static_cast<size_t>(layout_.width) * pixel;
    const size_t piece = static_cast<size_t>(grid_.edge) * pixel;
    const auto corner = [&](int64_t patch) {
      return static_cast<size_t>(patch / grid_.columns * grid_.edge) * row +
             static_cast<size_t>(patch % grid_.columns) * piece;
    };
    for (size_t i = 0; i < order_.size(); ++i) {
      const char* source = from + corner(order_[i]);
      char* target = to + corner(static_cast<int64_t>(i));
      for (int64_t y = 0; y < grid_.edge; ++y, source += row, target += row) {
        std::memcpy(target, source, piece);
      }
    }
  }
  void Inform(ArrayMap* info) override {
    const auto n = static_cast<int64_t>(order_.size());
    // Over another shuffle of the same sensors: where they come from before both.
    if (over_another_) {
      const auto from = info->at("sensor_order").As<int64_t>();
      for (size_t i = 0; i < order_.size(); ++i) {
        composed_[i] = from[static_cast<size_t>(order_[i])];
      }
    } else {
      composed_ = order_;
    }
    Array& array = info->Ensure("sensor_order", DType::kInt64, {n});
    std::memcpy(array.data(), composed_.data(), array.nbytes());
  }
  void SaveOwn(ByteWriter* out) const override {
    out->Put(steps_);
    out->PutVector(order_);
  }
  void LoadOwn(ByteReader* in) override {
    const auto steps = in->Get<int64_t>();
    std::vector<int64_t> order = in->GetVector<int64_t>();
    if (order.size() != order_.size()) throw UserError("snapshot is of another number of sensors");
    steps_ = steps;
    order_ = std::move(order);
  }
  std::string ConfigKey() const override {
    return "sensor_shuffle every=" + std::to_string(config_.every) +
           " patch=" + std::to_string(config_.patch) + " seed=" + std::to_string(config_.seed) +
           " order=" + config_.order;
  }

  SensorShuffleConfig config_;
  ImageLayout layout_;
  PatchGrid grid_;
  bool over_another_ = false;
  std::vector<int64_t> order_, composed_;
  int64_t steps_ = 0;
};

ROOKERY_REGISTER_WRAPPER(SensorShuffle, SensorShuffleConfig,
                         {.name = "sensor_shuffle",
                          .summary = "shuffles the sensors of a vector or the patches of an image",
                          .source = "Tang and Ha 2021"});

}  // namespace
}  // namespace rookery
