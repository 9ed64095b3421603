#include <vector>

#include "agents/pick_place/networks/networks.h"
#include "core/error.h"

namespace rookery::pick_place {
namespace {

class Norm {
 public:
  Norm() = default;
  Norm(const std::string& name, int channels, nn::Parameters* parameters)
      : parameters_(parameters),
        gamma_(parameters->Add(name + ".gamma", {channels}, nn::Init::kOne)),
        beta_(parameters->Add(name + ".beta", {channels}, nn::Init::kZero)) {}

  Tensor ForwardRelu(const Tensor& x, nn::NormState* keep) const {
    return nn::NormRelu(x, parameters_->Float(gamma_), parameters_->Float(beta_), keep);
  }
  Tensor ForwardAddRelu(const Tensor& x, const Tensor& shortcut, bool overwrite,
                        nn::NormState* keep) const {
    return nn::NormAddRelu(x, parameters_->Float(gamma_), parameters_->Float(beta_), shortcut,
                           overwrite, keep);
  }
  Tensor Backward(const Tensor& dy, const nn::NormState& state, bool relu) const {
    const nn::NormGradients g =
        nn::NormBackward(dy, state, parameters_->Float(gamma_), parameters_->Float(beta_), relu);
    parameters_->AddGradient(gamma_, g.gamma);
    parameters_->AddGradient(beta_, g.beta);
    return g.input;
  }

 private:
  nn::Parameters* parameters_ = nullptr;
  int gamma_ = -1, beta_ = -1;
};

// relu(norm(conv3x3(relu(norm(conv3x3 stride s (x))))) + shortcut(x)); the shortcut is a 1x1
// convolution where the shape changes.
class ResidualStage {
 public:
  ResidualStage(const std::string& name, int in, int out, int stride, nn::Parameters* parameters)
      : stride_(stride),
        projects_(stride != 1 || in != out),
        conv1_(name + ".conv1", in, out, 3, false, parameters),
        conv2_(name + ".conv2", out, out, 3, false, parameters),
        norm1_(name + ".norm1", out, parameters),
        norm2_(name + ".norm2", out, parameters) {
    if (projects_) shortcut_ = ConvLayer(name + ".shortcut", in, out, 1, true, parameters);
  }

  Tensor Forward(const Tensor& x, bool keep) {
    Tensor y = norm1_.ForwardRelu(conv1_.Forward(x, stride_), keep ? &state1_ : nullptr);
    if (keep) {
      x_ = x;
      middle_ = y;
    }
    y = conv2_.Forward(y);
    y = norm2_.ForwardAddRelu(y, projects_ ? shortcut_.Forward(x, stride_) : x, projects_,
                              keep ? &state2_ : nullptr);
    return y;
  }

  // dy: masked by the output. Returns the gradient of x, not masked.
  Tensor Backward(const Tensor& dy) {
    Tensor d = norm2_.Backward(dy, state2_, false);
    d = conv2_.Backward(d, middle_);
    d = norm1_.Backward(d, state1_, true);
    d = conv1_.Backward(d, x_, stride_);
    nn::AddMaskInPlace(projects_ ? shortcut_.Backward(dy, x_, stride_) : dy, Tensor(), d);
    x_ = middle_ = Tensor();
    state1_ = state2_ = {};
    return d;
  }

 private:
  int stride_;
  bool projects_;
  ConvLayer conv1_, conv2_, shortcut_;
  Norm norm1_, norm2_;
  Tensor x_, middle_;
  nn::NormState state1_, state2_;
};

// Full size 16 channels, then 32, 64, 64 at 1/2, 1/4, 1/8; back up by 1x1 convolution, bilinear
// doubling and addition of the stage's input on the way down.
class UNet final : public Backbone {
 public:
  UNet(const std::string& name, const BackboneOptions& options, nn::Parameters* p)
      : stem_(name + ".stem", options.channels, 16, 3, true, p),
        down_{ResidualStage(name + ".down1", 16, 32, 2, p),
              ResidualStage(name + ".down2", 32, 64, 2, p),
              ResidualStage(name + ".down3", 64, 64, 2, p)},
        bottom_(name + ".bottom", 64, 64, 1, p),
        up_{ConvLayer(name + ".up1", 64, 64, 1, true, p),
            ConvLayer(name + ".up2", 64, 32, 1, true, p),
            ConvLayer(name + ".up3", 32, 16, 1, true, p)},
        refine_{ResidualStage(name + ".refine1", 64, 64, 1, p),
                ResidualStage(name + ".refine2", 32, 32, 1, p)},
        head_(name + ".head", 16, 16, 3, true, p),
        out_(name + ".out", 16, options.planes, p) {}

  Tensor Forward(const Tensor& x, bool keep) override {
    ROOKERY_CHECK(x.size(2) % 8 == 0 && x.size(3) % 8 == 0);
    std::vector<Tensor> levels = {stem_.Forward(x, 1, true)};  // full, 1/2, 1/4, 1/8
    for (size_t i = 0; i < 3; ++i) levels.push_back(down_[i].Forward(levels[i], keep));
    std::vector<Tensor> tops = {bottom_.Forward(levels[3], keep)};  // 1/8, 1/4, 1/2, full
    for (size_t i = 0; i < 3; ++i) {
      const Tensor narrow = up_[i].Forward(tops[i]);
      const bool last = i == 2;
      const Tensor wide = nn::Upsample(narrow, levels[2 - i], last);
      tops.push_back(last ? wide : refine_[i].Forward(wide, keep));
    }
    const Tensor head = head_.Forward(tops[3], 1, true);
    const Tensor planes = out_.Forward(head);
    if (keep) {
      x_ = x;
      levels_ = levels;
      tops_ = tops;
      head_output_ = head;
    }
    return planes;
  }

  void Backward(const Tensor& gradient) override {
    ROOKERY_CHECK(x_.defined());
    Tensor d = out_.Backward(gradient, head_output_, head_output_);
    d = head_.Backward(d, tops_[3]);
    nn::MaskInPlace(tops_[3], d);
    Tensor skips[3];  // gradients that reach the levels sideways: full, 1/2, 1/4
    skips[0] = d;
    for (size_t i = 3; i-- > 0;) {
      d = up_[i].Backward(nn::UpsampleBackward(d), tops_[i]);
      nn::MaskInPlace(tops_[i], d);
      if (i == 0) break;
      d = refine_[i - 1].Backward(d);
      skips[3 - i] = d;
    }
    d = bottom_.Backward(d);
    nn::MaskInPlace(levels_[3], d);
    for (size_t i = 3; i-- > 0;) {
      d = down_[i].Backward(d);
      nn::AddMaskInPlace(skips[i], levels_[i], d);
    }
    stem_.Backward(d, x_, 1, false);
    x_ = head_output_ = Tensor();
    levels_.clear();
    tops_.clear();
  }

 private:
  ConvLayer stem_;
  ResidualStage down_[3];
  ResidualStage bottom_;
  ConvLayer up_[3];
  ResidualStage refine_[2];
  ConvLayer head_;
  ReduceLayer out_;
  Tensor x_, head_output_;
  std::vector<Tensor> levels_, tops_;
};

}  // namespace

std::unique_ptr<Backbone> MakeUNet(const std::string& name, const BackboneOptions& options,
                                   nn::Parameters* parameters) {
  return std::make_unique<UNet>(name, options, parameters);
}

}  // namespace rookery::pick_place
