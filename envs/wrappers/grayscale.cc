// Colour to luminance.
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "core/registry.h"
#include "envs/wrappers/image_layout.h"

namespace rookery {
namespace {

struct GrayscaleConfig final : Config {
  bool keep_dim = false;
  std::string weights = "gymnasium";
  std::string array;
  void Fields(FieldVisitor& v) override {
    v.Field("keep_dim", &keep_dim, {.help = "keep an axis of one channel"});
    v.Field("weights", &weights,
            {.help = "gymnasium: 0.2125, 0.7154 and 0.0721 of red, green and blue, cut; "
                     "opencv: 0.299, 0.587 and 0.114, rounded",
             .choices = {"gymnasium", "opencv"}});
    v.Field("array", &array, {.help = "image to convert; empty: the first in colour"});
  }
};

bool IsColour(const ArraySpec& spec) {
  return IsImage(spec) && spec.dtype == DType::kUInt8 && LayoutOf(spec).channels == 3;
}

class Grayscale final : public ObservationWrapper {
 public:
  Grayscale(const GrayscaleConfig& config, Wrapped wrapped)
      : Grayscale(config, &wrapped, Choose(wrapped, config.array, IsColour, "colour image")) {}

 private:
  Grayscale(const GrayscaleConfig& config, Wrapped* wrapped, const ArraySpec& before)
      : ObservationWrapper(wrapped, before.name, Gray(before, config.keep_dim)),
        opencv_(config.weights == "opencv") {}

  static ArraySpec Gray(ArraySpec spec, bool keep_dim) {
    const ImageLayout layout = LayoutOf(spec);
    spec.shape = ShapeLike(spec, layout.height, layout.width, keep_dim ? 1 : 0);
    spec.low = {0};
    spec.high = {255};
    spec.description += ", in grey";
    return spec;
  }
  void Observe(const Array& in, bool, Array* out) override {
    if (!opencv_) {
      const uint8_t* rgb = in.As<uint8_t>().data();
      for (uint8_t& gray : out->As<uint8_t>()) {
        gray = static_cast<uint8_t>(rgb[0] * 0.2125 + rgb[1] * 0.7154 + rgb[2] * 0.0721);
        rgb += 3;
      }
      return;
    }
    const ImageLayout layout = LayoutOf(before());
    const auto rows = static_cast<int>(layout.frames * layout.height);
    const auto columns = static_cast<int>(layout.width);
    const cv::Mat colour(rows, columns, CV_8UC3, const_cast<void*>(in.data()));
    cv::Mat gray(rows, columns, CV_8UC1, out->data());
    cv::cvtColor(colour, gray, cv::COLOR_RGB2GRAY);
  }
  std::string ConfigKey() const override {
    return "grayscale " + ShapeText(now().shape) + (opencv_ ? " opencv" : "");
  }

  bool opencv_;
};

ROOKERY_REGISTER_WRAPPER(Grayscale, GrayscaleConfig,
                         {.name = "grayscale",
                          .summary = "turns a colour image into one of luminance",
                          .source = "Gymnasium GrayscaleObservation; OpenCV RGB2GRAY"});

}  // namespace
}  // namespace rookery
