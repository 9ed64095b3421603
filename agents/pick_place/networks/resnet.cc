#include <cmath>
#include <vector>

#include "agents/pick_place/networks/networks.h"
#include "core/error.h"

namespace rookery::pick_place {
namespace {

// relu(conv1x1(relu(conv3x3(relu(conv1x1 stride s (x))))) + shortcut(x)): a "conv block" when
// the shortcut is a 1x1 convolution, else an "identity block".
class Bottleneck {
 public:
  Bottleneck(const std::string& name, int in, int out, int stride, bool projects,
             nn::Parameters* parameters)
      : stride_(stride),
        projects_(projects),
        a_(name + ".a", in, out, 1, true, parameters),
        b_(name + ".b", out, out, 3, true, parameters),
        c_(name + ".c", out, out, 1, true, parameters) {
    if (projects) shortcut_ = ConvLayer(name + ".shortcut", in, out, 1, true, parameters);
  }

  Tensor Forward(const Tensor& x, bool keep) {
    const Tensor a = a_.Forward(x, stride_, true);
    const Tensor b = b_.Forward(a, 1, true);
    if (keep) {
      x_ = x;
      a_output_ = a;
      b_output_ = b;
    }
    return c_.ForwardAddRelu(b, projects_ ? shortcut_.Forward(x, stride_) : x);
  }

  // dy: masked by the output. Returns the gradient of x, masked by x when that came from a ReLU.
  Tensor Backward(const Tensor& dy, bool mask_input) {
    Tensor d = c_.Backward(dy, b_output_);
    nn::MaskInPlace(b_output_, d);
    d = b_.Backward(d, a_output_);
    nn::MaskInPlace(a_output_, d);
    d = a_.Backward(d, x_, stride_);
    nn::AddMaskInPlace(projects_ ? shortcut_.Backward(dy, x_, stride_) : dy,
                       mask_input ? x_ : Tensor(), d);
    x_ = a_output_ = b_output_ = Tensor();
    return d;
  }

 private:
  int stride_;
  bool projects_;
  ConvLayer a_, b_, c_, shortcut_;
  Tensor x_, a_output_, b_output_;
};

// Conv block (16, 16, D) and identity block (16, 16, D), neither with a final ReLU.
class OutputStage {
 public:
  OutputStage(const std::string& name, int in, int planes, nn::Parameters* p)
      : a1_(name + "_conv.a", in, kWidth, 1, true, p),
        b1_(name + "_conv.b", kWidth, kWidth, 3, true, p),
        c1_(name + "_conv.c", kWidth, planes, p),
        shortcut_(name + "_conv.shortcut", in, planes, p),
        a2_(name + "_identity.a", planes, kWidth, p),
        b2_(name + "_identity.b", kWidth, kWidth, 3, true, p),
        c2_(name + "_identity.c", kWidth, planes, p) {}

  Tensor Forward(const Tensor& x, bool keep) {
    const Tensor a1 = a1_.Forward(x, 1, true), b1 = b1_.Forward(a1, 1, true);
    const Tensor middle = shortcut_.Forward(x, c1_.Forward(b1));
    const Tensor a2 = a2_.Forward(middle), b2 = b2_.Forward(a2, 1, true);
    if (keep) {
      x_ = x;
      outputs_ = {a1, b1, a2, b2};
      middle_ = middle.clone();
    }
    return c2_.Forward(b2, middle);
  }

  // Returns the gradient of x.
  Tensor Backward(const Tensor& dy) {
    const Tensor &a1 = outputs_[0], &b1 = outputs_[1], &a2 = outputs_[2], &b2 = outputs_[3];
    Tensor d = b2_.Backward(c2_.Backward(dy, b2, b2), a2);
    nn::MaskInPlace(a2, d);
    const Tensor middle = a2_.Backward(d, middle_).add_(dy);
    d = b1_.Backward(c1_.Backward(middle, b1, b1), a1);
    nn::MaskInPlace(a1, d);
    d = a1_.Backward(d, x_);
    nn::AddMaskInPlace(shortcut_.Backward(middle, x_, Tensor()), Tensor(), d);
    x_ = middle_ = Tensor();
    outputs_.clear();
    return d;
  }

 private:
  static constexpr int kWidth = 16;
  ConvLayer a1_, b1_;
  ReduceLayer c1_, shortcut_;
  SpreadLayer a2_;
  ConvLayer b2_;
  ReduceLayer c2_;
  Tensor x_, middle_;
  std::vector<Tensor> outputs_;
};

struct Stage {
  int number, channels, stride;
  bool doubles;  // bilinear doubling follows
};

// The first convolution, a conv block and an identity block a stage, and the output stage.
class ResNet final : public Backbone {
 public:
  ResNet(const std::string& name, const BackboneOptions& options, const std::vector<Stage>& stages,
         nn::Parameters* p)
      : stem_(name + ".conv1", options.channels, Scaled(64, options.width), 3, true, p) {
    int channels = Scaled(64, options.width);
    for (const Stage& stage : stages) {
      const std::string prefix = name + ".stage" + std::to_string(stage.number);
      const int out = Scaled(stage.channels, options.width);
      blocks_.push_back({Bottleneck(prefix + "_conv", channels, out, stage.stride, true, p)});
      blocks_.push_back({Bottleneck(prefix + "_identity", out, out, 1, false, p), stage.doubles});
      channels = out;
    }
    output_ = std::make_unique<OutputStage>(name + ".stage9", channels, options.planes, p);
  }

  Tensor Forward(const Tensor& image, bool keep) override {
    ROOKERY_CHECK(image.size(2) % 8 == 0 && image.size(3) % 8 == 0);
    if (keep) image_ = image;
    Tensor x = stem_.Forward(image, 1, true);
    for (Block& block : blocks_) {
      x = block.layers.Forward(x, keep);
      if (!block.doubles) continue;
      if (keep) block.before_doubling = x;
      x = nn::Upsample(x, Tensor(), false);
    }
    return output_->Forward(x, keep);
  }

  void Backward(const Tensor& gradient) override {
    ROOKERY_CHECK(image_.defined());
    Tensor d = output_->Backward(gradient);
    for (size_t i = blocks_.size(); i-- > 0;) {
      Block& block = blocks_[i];
      if (block.doubles) {
        d = nn::UpsampleBackward(d);
        nn::MaskInPlace(block.before_doubling, d);
        block.before_doubling = Tensor();
      }
      const bool after_doubling = i > 0 && blocks_[i - 1].doubles;
      d = block.layers.Backward(d, !after_doubling);
    }
    stem_.Backward(d, image_, 1, false);
    image_ = Tensor();
  }

 private:
  static int Scaled(int channels, double width) {
    return static_cast<int>(std::lround(channels * width));
  }

  struct Block {
    Bottleneck layers;
    bool doubles = false;
    Tensor before_doubling = {};
  };

  ConvLayer stem_;
  std::vector<Block> blocks_;
  std::unique_ptr<OutputStage> output_;
  Tensor image_;
};

}  // namespace

std::unique_ptr<Backbone> MakeResNet43(const std::string& name, const BackboneOptions& options,
                                       nn::Parameters* parameters) {
  static const std::vector<Stage> stages = {
      {2, 64, 1, false}, {3, 128, 2, false}, {4, 256, 2, false}, {5, 512, 2, false},
      {6, 256, 1, true}, {7, 128, 1, true},  {8, 64, 1, true}};
  return std::make_unique<ResNet>(name, options, stages, parameters);
}

std::unique_ptr<Backbone> MakeResNet36(const std::string& name, const BackboneOptions& options,
                                       nn::Parameters* parameters) {
  static const std::vector<Stage> stages = {
      {2, 64, 1, false}, {3, 64, 2, false}, {4, 64, 2, true}, {8, 64, 1, true}};
  return std::make_unique<ResNet>(name, options, stages, parameters);
}

}  // namespace rookery::pick_place
