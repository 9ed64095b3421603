// The last observations in one array.
#include <cstring>

#include "core/registry.h"

namespace rookery {
namespace {

struct FrameStackConfig final : Config {
  int frames = 4;
  std::string padding = "reset";
  std::string array;
  void Fields(FieldVisitor& v) override {
    v.Field("frames", &frames, {.help = "observations in a stack", .min = 1, .max = 1000});
    v.Field("padding", &padding,
            {.help = "what stands for those before the first: it, or zeros",
             .choices = {"reset", "zero"}});
    v.Field("array", &array, {.help = "observation to stack; empty: the first"});
  }
};

// A new first axis, the oldest first.
class FrameStack final : public ObservationWrapper {
 public:
  FrameStack(const FrameStackConfig& config, Wrapped wrapped)
      : FrameStack(config, &wrapped, Choose(wrapped, config.array)) {}

 private:
  FrameStack(const FrameStackConfig& config, Wrapped* wrapped, const ArraySpec& before)
      : ObservationWrapper(wrapped, before.name, Stacked(before, config.frames)),
        frames_(static_cast<size_t>(config.frames)),
        zero_(config.padding == "zero"),
        stack_(now().dtype, now().shape) {}

  static ArraySpec Stacked(ArraySpec spec, int frames) {
    spec.shape.insert(spec.shape.begin(), frames);
    const auto repeat = [&](auto* values) {
      if (values->size() <= 1) return;
      const auto one = *values;
      for (int i = 1; i < frames; ++i) values->insert(values->end(), one.begin(), one.end());
    };
    repeat(&spec.low);
    repeat(&spec.high);
    spec.elements.clear();
    spec.quaternion = -1;
    spec.description += ", the last " + std::to_string(frames) + ", oldest first";
    return spec;
  }
  void Observe(const Array& in, bool first, Array* out) override {
    const size_t bytes = in.nbytes();
    auto* stack = static_cast<char*>(stack_.data());
    if (first) {
      for (size_t i = 0; i + 1 < frames_; ++i) {
        if (zero_)
          std::memset(stack + i * bytes, 0, bytes);
        else
          std::memcpy(stack + i * bytes, in.data(), bytes);
      }
    } else {
      std::memmove(stack, stack + bytes, bytes * (frames_ - 1));
    }
    std::memcpy(stack + bytes * (frames_ - 1), in.data(), bytes);
    std::memcpy(out->data(), stack, stack_.nbytes());
  }
  void SaveOwn(ByteWriter* out) const override {
    out->PutString({static_cast<const char*>(stack_.data()), stack_.nbytes()});
  }
  void LoadOwn(ByteReader* in) override {
    const std::string bytes = in->GetString();
    if (bytes.size() != stack_.nbytes()) throw UserError("snapshot is of another frame stack");
    std::memcpy(stack_.data(), bytes.data(), bytes.size());
  }
  std::string ConfigKey() const override {
    return "frame_stack " + std::to_string(frames_) + (zero_ ? " zero" : "");
  }

  size_t frames_;
  bool zero_;
  Array stack_;
};

ROOKERY_REGISTER_WRAPPER(FrameStack, FrameStackConfig,
                         {.name = "frame_stack",
                          .summary = "shows the last observations on a new first axis",
                          .source = "Gymnasium FrameStackObservation"});

}  // namespace
}  // namespace rookery
