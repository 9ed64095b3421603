// Colour to luminance.
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "core/registry.h"
#include "envs/wrappers/image_layout.h"

namespace rookery {
namespace {

struct GrayscaleConfig final : Config {
  bool keep_dim = false;
  std::string array;
  void Fields(FieldVisitor& v) override {
    v.Field("keep_dim", &keep_dim, {.help = "keep an axis of one channel"});
    v.Field("array", &array, {.help = "image to convert; empty: the first in colour"});
  }
};

bool IsColour(const ArraySpec& spec) { return IsImage(spec) && LayoutOf(spec).channels == 3; }

// 0.299 R + 0.587 G + 0.114 B, rounded as OpenCV does.
class Grayscale final : public ObservationWrapper {
 public:
  Grayscale(const GrayscaleConfig& config, Wrapped wrapped)
      : Grayscale(config, &wrapped, Choose(wrapped, config.array, IsColour, "colour image")) {}

 private:
  Grayscale(const GrayscaleConfig& config, Wrapped* wrapped, const ArraySpec& before)
      : ObservationWrapper(wrapped, before.name, Gray(before, config.keep_dim)) {}

  static ArraySpec Gray(ArraySpec spec, bool keep_dim) {
    const ImageLayout layout = LayoutOf(spec);
    spec.shape = ShapeLike(spec, layout.height, layout.width, keep_dim ? 1 : 0);
    spec.low = {0};
    spec.high = {255};
    spec.description += ", in grey";
    return spec;
  }
  void Observe(const Array& in, bool, Array* out) override {
    const ImageLayout layout = LayoutOf(before());
    const auto rows = static_cast<int>(layout.frames * layout.height);
    const auto columns = static_cast<int>(layout.width);
    const cv::Mat colour(rows, columns, CV_8UC3, const_cast<void*>(in.data()));
    cv::Mat gray(rows, columns, CV_8UC1, out->data());
    cv::cvtColor(colour, gray, cv::COLOR_RGB2GRAY);
  }
  std::string ConfigKey() const override { return "grayscale " + ShapeText(now().shape); }
};

ROOKERY_REGISTER_WRAPPER(Grayscale, GrayscaleConfig,
                         {.name = "grayscale",
                          .summary = "turns a colour image into one of luminance",
                          .source = "Gymnasium GrayscaleObservation, OpenCV RGB2GRAY"});

}  // namespace
}  // namespace rookery
