// Images of another size.
#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "core/registry.h"
#include "envs/wrappers/image_layout.h"
#include "renderers/area_resize.h"

namespace rookery {
namespace {

struct ResizeConfig final : Config {
  int width = 84, height = 84;
  std::string filter = "area";
  std::string array;
  void Fields(FieldVisitor& v) override {
    v.Field("width", &width, {.help = "new width", .unit = "px", .min = 1, .max = 8192});
    v.Field("height", &height, {.help = "new height", .unit = "px", .min = 1, .max = 8192});
    v.Field("filter", &filter,
            {.help = "how pixels are joined", .choices = {"area", "linear", "nearest"}});
    v.Field("array", &array, {.help = "image to resize; empty: the first"});
  }
};

class Resize final : public ObservationWrapper {
 public:
  Resize(const ResizeConfig& config, Wrapped wrapped)
      : Resize(config, &wrapped, Choose(wrapped, config.array, IsImage, "image")) {}

 private:
  Resize(const ResizeConfig& config, Wrapped* wrapped, const ArraySpec& before)
      : ObservationWrapper(wrapped, before.name, Resized(before, config)),
        filter_(config.filter == "area"     ? cv::INTER_AREA
                : config.filter == "linear" ? cv::INTER_LINEAR
                                            : cv::INTER_NEAREST) {
    const ImageLayout from = LayoutOf(before), to = LayoutOf(now());
    if (before.dtype == DType::kUInt8 && filter_ == cv::INTER_AREA && to.height <= from.height &&
        to.width <= from.width) {
      shrink_.emplace(static_cast<int>(from.height), static_cast<int>(from.width),
                      static_cast<int>(from.channels), config.height, config.width);
    }
  }

  static ArraySpec Resized(ArraySpec spec, const ResizeConfig& config) {
    const ImageLayout layout = LayoutOf(spec);
    const bool channel_axis =
        spec.shape.size() == 4 || (spec.shape.size() == 3 && spec.shape[2] <= 4);
    spec.shape = ShapeLike(spec, config.height, config.width, channel_axis ? layout.channels : 0);
    spec.low = {*std::min_element(spec.low.begin(), spec.low.end())};
    spec.high = {*std::max_element(spec.high.begin(), spec.high.end())};
    spec.description += ", resized";
    return spec;
  }
  void Observe(const Array& in, bool, Array* out) override {
    const ImageLayout from = LayoutOf(before()), to = LayoutOf(now());
    const int type = CV_MAKETYPE(before().dtype == DType::kUInt8 ? CV_8U : CV_32F,
                                 static_cast<int>(from.channels));
    const auto* pixels = static_cast<const uint8_t*>(in.data());
    for (int64_t k = 0; k < from.frames; ++k) {
      const uint8_t* const shown = pixels + static_cast<size_t>(k) * from.frame_bytes();
      uint8_t* const resized =
          static_cast<uint8_t*>(out->data()) + static_cast<size_t>(k) * to.frame_bytes();
      if (shrink_) {
        (*shrink_)(shown, resized);
        continue;
      }
      const cv::Mat source(static_cast<int>(from.height), static_cast<int>(from.width), type,
                           const_cast<uint8_t*>(shown));
      cv::Mat target(static_cast<int>(to.height), static_cast<int>(to.width), type, resized);
      cv::resize(source, target, target.size(), 0, 0, filter_);
    }
  }
  std::string ConfigKey() const override {
    return "resize " + ShapeText(now().shape) + " " + std::to_string(filter_);
  }

  int filter_;
  std::optional<AreaResize> shrink_;  // as OpenCV would, without asking for memory at every step
};

ROOKERY_REGISTER_WRAPPER(Resize, ResizeConfig,
                         {.name = "resize",
                          .summary = "shrinks or enlarges an image",
                          .source = "Gymnasium ResizeObservation, OpenCV resize"});

}  // namespace
}  // namespace rookery
