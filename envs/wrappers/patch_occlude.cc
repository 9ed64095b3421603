// Patches of an image hidden.
#include <cmath>
#include <cstring>
#include <numeric>

#include "core/error.h"
#include "core/registry.h"
#include "envs/wrappers/image_layout.h"

namespace rookery {
namespace {

struct PatchOccludeConfig final : Config {
  int patch = 6;
  double ratio = 0.5;
  std::string array;
  void Fields(FieldVisitor& v) override {
    v.Field("patch", &patch, {.help = "edge of a patch", .unit = "px", .min = 1});
    v.Field("ratio", &ratio, {.help = "share of the patches that is black", .min = 0, .max = 1});
    v.Field("array", &array, {.help = "image to cover; empty: the first"});
  }
  void Check() const override {
    if (ratio >= 1) throw UserError("wrapper patch_occlude: ratio = 1 hides everything");
  }
};

// Which ones is drawn at every reset.
class PatchOcclude final : public ObservationWrapper {
 public:
  PatchOcclude(const PatchOccludeConfig& config, Wrapped wrapped)
      : PatchOcclude(config, &wrapped, Choose(wrapped, config.array, IsImage, "image")) {}

 private:
  PatchOcclude(const PatchOccludeConfig& config, Wrapped* wrapped, const ArraySpec& before)
      : PatchOcclude(wrapped, before, CutIntoPatches(LayoutOf(before), config.patch, *wrapped),
                     config.ratio) {}
  PatchOcclude(Wrapped* wrapped, const ArraySpec& before, PatchGrid grid, double ratio)
      : ObservationWrapper(wrapped, before.name, Covered(before),
                           {{.name = "patch_hidden",
                             .dtype = DType::kBool,
                             .shape = {grid.count()},
                             .low = {0},
                             .high = {1},
                             .description = "which patches are black, row by row"}}),
        layout_(LayoutOf(before)),
        grid_(grid),
        hidden_(static_cast<size_t>(std::floor(static_cast<double>(grid.count()) * ratio))),
        order_(static_cast<size_t>(grid.count())) {}
  static ArraySpec Covered(ArraySpec spec) {
    spec.low = {0};
    spec.description += ", partly hidden";
    return spec;
  }
  void Observe(const Array& in, bool first, Array* out) override {
    if (first) {
      std::iota(order_.begin(), order_.end(), int64_t{0});  // earlier orders have no say
      rng().Shuffle(&order_);
    }
    std::memcpy(out->data(), in.data(), in.nbytes());
    const size_t pixel = layout_.pixel_bytes();
    const size_t row = static_cast<size_t>(layout_.width) * pixel;
    const size_t piece = static_cast<size_t>(grid_.edge) * pixel;
    for (int64_t k = 0; k < layout_.frames; ++k) {
      auto* frame =
          static_cast<uint8_t*>(out->data()) + static_cast<size_t>(k) * layout_.frame_bytes();
      for (size_t i = 0; i < hidden_; ++i) {
        uint8_t* at = frame + static_cast<size_t>(order_[i] / grid_.columns * grid_.edge) * row +
                      static_cast<size_t>(order_[i] % grid_.columns) * piece;
        for (int64_t y = 0; y < grid_.edge; ++y, at += row) std::memset(at, 0, piece);
      }
    }
  }
  void Inform(ArrayMap* info) override {
    const auto hidden =
        info->Ensure("patch_hidden", DType::kBool, {static_cast<int64_t>(order_.size())})
            .As<bool>();
    std::fill(hidden.begin(), hidden.end(), false);
    for (size_t i = 0; i < hidden_; ++i) hidden[static_cast<size_t>(order_[i])] = true;
  }
  void SaveOwn(ByteWriter* out) const override { out->PutVector(order_); }
  void LoadOwn(ByteReader* in) override {
    std::vector<int64_t> order = in->GetVector<int64_t>();
    if (order.size() != order_.size()) throw UserError("snapshot is of another number of patches");
    order_ = std::move(order);
  }
  std::string ConfigKey() const override {
    return "patch_occlude " + std::to_string(grid_.edge) + " " + std::to_string(hidden_);
  }

  ImageLayout layout_;
  PatchGrid grid_;
  size_t hidden_;
  std::vector<int64_t> order_;  // the first hidden_ are hidden
};

ROOKERY_REGISTER_WRAPPER(PatchOcclude, PatchOccludeConfig,
                         {.name = "patch_occlude",
                          .summary = "hides a random share of an image's patches for an episode",
                          .source = "Tang and Ha 2021, section 4.3"});

}  // namespace
}  // namespace rookery
