#include "agents/pick_place/networks/correlation.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/pose.h"

namespace rookery::pick_place {

int FftLength(int at_least) {
  for (int n = (at_least + 15) / 16 * 16;; n += 16) {
    int rest = n;
    for (int prime : {2, 3, 5, 7}) {
      while (rest % prime == 0) rest /= prime;
    }
    if (rest == 1) return n;
  }
}

std::unique_ptr<FftCorrelation::Plan> FftCorrelation::MakePlan(int at_least, int nonzero) {
  auto out = std::make_unique<Plan>();
  FftPlan& plan = out->plan;
  plan.n = FftLength(at_least);
  // Odd radices first, then a lone 2, then fours: the first ones serve as the lead.
  int rest = plan.n;
  for (int prime : {7, 5, 3}) {
    for (; rest % prime == 0; rest /= prime) plan.radix[plan.stages++] = prime;
  }
  int twos = 0;
  for (; rest % 2 == 0; rest /= 2) ++twos;
  if (twos % 2 == 1) plan.radix[plan.stages++] = 2;
  for (int i = 0; i < twos / 2; ++i) plan.radix[plan.stages++] = 4;
  ROOKERY_CHECK_LE(plan.stages, kMaxFftStages);

  std::vector<size_t> offset;
  const auto append = [&](int m, int r) {  // twiddles of parts of length m, radix r
    offset.push_back(out->tables.size());
    for (int j = 0; j < m; ++j) {
      for (int k = 1; k < r; ++k) {
        const double angle = 2 * kPi * j * k / (static_cast<double>(m) * r);
        out->tables.push_back(static_cast<float>(std::cos(angle)));
        out->tables.push_back(static_cast<float>(std::sin(angle)));
      }
    }
  };
  int m = plan.n;
  for (int s = 0; s < plan.stages; ++s) {
    m /= plan.radix[s];
    append(m, plan.radix[s]);
    if (m >= nonzero && plan.lead == s && plan.n / m <= 64) {
      plan.lead = s + 1;
      plan.lead_factor = plan.n / m;
    }
  }
  append(plan.n / plan.lead_factor, plan.lead_factor);
  for (int s = 0; s < plan.stages; ++s) plan.twiddle[s] = out->tables.data() + offset[s];
  plan.lead_twiddle = out->tables.data() + offset.back();
  for (int k = 0; k < plan.lead_factor; ++k) {
    int position = 0, digits = k;
    for (int s = 0; s < plan.lead; ++s) {
      position = position * plan.radix[s] + digits % plan.radix[s];
      digits /= plan.radix[s];
    }
    plan.lead_position[k] = position;
  }
  return out;
}

FftCorrelation::FftCorrelation(const CorrelationShape& shape)
    : shape_(shape), pairs_((shape.rotations + 1) / 2) {
  ROOKERY_CHECK(shape.rows % 16 == 0 && shape.columns % 16 == 0 && shape.crop % 16 == 0);
  ROOKERY_CHECK(shape.rotations >= 1 && shape.channels >= 1 && shape.crop >= 16);
  down_ = MakePlan(shape.scene_rows(), shape.crop);
  across_ = MakePlan(shape.scene_columns(), shape.crop);
  const int64_t width = across_->plan.n;
  for (int part = 0; part < 2; ++part) {
    scene_[part] = Array(DType::kFloat32, {shape.channels, shape.scene_rows(), width});
    kernels_[part] = Array(DType::kFloat32, {pairs_ * shape.channels, shape.crop, width});
    maps_[part] = Array(DType::kFloat32, {pairs_, shape.rows, width});
  }
  scratch_floats_ =
      std::max<int64_t>((4 * shape.channels + 4) * 16 * down_->plan.n, 32 * across_->plan.n);
}

void FftCorrelation::EnsureScratch() {
  const int64_t wanted = scratch_floats_ * at::get_num_threads();
  if (scratch_.size() < wanted) scratch_ = Array(DType::kFloat32, {wanted});
}

template <typename Body>
void FftCorrelation::ForEach(int64_t n, const Body& body) {
  at::parallel_for(0, n, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) body(i, Scratch(at::get_thread_num()));
  });
}

StripProduct FftCorrelation::StripOf(int strip, float* scratch) {
  const auto at = [&](Array* parts, int part, int64_t rows) {
    return parts[part].size() == 0 ? nullptr : parts[part].As<float>().data() + strip * rows * 16;
  };
  const int64_t width = across_->plan.n;
  StripProduct p{};
  p.plan = &down_->plan;
  p.pairs = pairs_;
  p.channels = shape_.channels;
  p.scene_rows = shape_.scene_rows();
  p.kernel_rows = shape_.crop;
  p.map_rows = shape_.rows;
  p.scene_re = at(scene_, 0, p.scene_rows);
  p.scene_im = at(scene_, 1, p.scene_rows);
  p.scene_step = p.scene_rows * width;
  p.kernel_re = at(kernels_, 0, p.kernel_rows);
  p.kernel_im = at(kernels_, 1, p.kernel_rows);
  p.kernel_step = p.kernel_rows * width;
  p.map_re = at(maps_, 0, p.map_rows);
  p.map_im = at(maps_, 1, p.map_rows);
  p.map_step = p.map_rows * width;
  p.scene_gradient_re = at(scene_gradient_, 0, p.scene_rows);
  p.scene_gradient_im = at(scene_gradient_, 1, p.scene_rows);
  p.kernel_gradient_re = at(kernel_gradient_, 0, p.kernel_rows);
  p.kernel_gradient_im = at(kernel_gradient_, 1, p.kernel_rows);
  p.scratch = scratch;
  return p;
}

namespace {

// One image of a strip array.
RowTransform RowsOf(const FftPlan& plan, bool plus, int64_t rows, int columns, Array* parts,
                    int64_t image, float* scratch) {
  const int64_t offset = image * rows * plan.n;
  return {&plan,
          plus,
          static_cast<int>(rows),
          columns,
          parts[0].As<float>().data() + offset,
          parts[1].As<float>().data() + offset,
          scratch};
}

}  // namespace

void FftCorrelation::Forward(const float* scene, const float* kernels, float scale, float* maps) {
  EnsureScratch();
  const CorrelationKernels& k = GetCorrelationKernels();
  const CorrelationShape& s = shape_;
  const FftPlan& across = across_->plan;
  const int64_t scene_image = static_cast<int64_t>(s.scene_rows()) * s.scene_columns();
  const int64_t crop_image = static_cast<int64_t>(s.crop) * s.crop;
  const int64_t map_image = static_cast<int64_t>(s.rows) * s.columns;
  const auto second = [&](int64_t pair) { return 2 * pair + 1 < s.rotations; };

  ForEach(s.channels, [&](int64_t c, float* scratch) {
    k.rows_forward(RowsOf(across, false, s.scene_rows(), s.scene_columns(), scene_, c, scratch),
                   scene + c * scene_image, nullptr, s.scene_columns());
  });
  ForEach(pairs_ * s.channels, [&](int64_t i, float* scratch) {
    const int64_t pair = i / s.channels, c = i % s.channels;
    const float* first = kernels + (2 * pair * s.channels + c) * crop_image;
    k.rows_forward(RowsOf(across, true, s.crop, s.crop, kernels_, i, scratch), first,
                   second(pair) ? first + s.channels * crop_image : nullptr, s.crop);
  });
  ForEach(across.n / 16, [&](int64_t strip, float* scratch) {
    k.strip_forward(StripOf(static_cast<int>(strip), scratch));
  });
  const float normal = scale / (static_cast<float>(across.n) * static_cast<float>(down_->plan.n));
  ForEach(pairs_, [&](int64_t pair, float* scratch) {
    float* first = maps + 2 * pair * map_image;
    k.rows_back(RowsOf(across, true, s.rows, s.columns, maps_, pair, scratch), normal, first,
                second(pair) ? first + map_image : nullptr, s.columns);
  });
}

void FftCorrelation::Backward(const float* maps, float scale, float* scene, float* kernels) {
  EnsureScratch();
  const CorrelationKernels& k = GetCorrelationKernels();
  const CorrelationShape& s = shape_;
  const FftPlan& across = across_->plan;
  for (int part = 0; part < 2; ++part) {
    if (scene_gradient_[part].shape() == scene_[part].shape()) continue;
    scene_gradient_[part] = Array(DType::kFloat32, scene_[part].shape());
    kernel_gradient_[part] = Array(DType::kFloat32, kernels_[part].shape());
  }
  const int64_t scene_image = static_cast<int64_t>(s.scene_rows()) * s.scene_columns();
  const int64_t crop_image = static_cast<int64_t>(s.crop) * s.crop;
  const int64_t map_image = static_cast<int64_t>(s.rows) * s.columns;
  const auto second = [&](int64_t pair) { return 2 * pair + 1 < s.rotations; };

  ForEach(pairs_, [&](int64_t pair, float* scratch) {
    const float* first = maps + 2 * pair * map_image;
    k.rows_forward(RowsOf(across, false, s.rows, s.columns, maps_, pair, scratch), first,
                   second(pair) ? first + map_image : nullptr, s.columns);
  });
  ForEach(across.n / 16, [&](int64_t strip, float* scratch) {
    k.strip_backward(StripOf(static_cast<int>(strip), scratch));
  });
  const float normal = scale / (static_cast<float>(across.n) * static_cast<float>(down_->plan.n));
  ForEach(s.channels, [&](int64_t c, float* scratch) {
    k.rows_back(
        RowsOf(across, true, s.scene_rows(), s.scene_columns(), scene_gradient_, c, scratch),
        normal, scene + c * scene_image, nullptr, s.scene_columns());
  });
  ForEach(pairs_ * s.channels, [&](int64_t i, float* scratch) {
    const int64_t pair = i / s.channels, c = i % s.channels;
    float* first = kernels + (2 * pair * s.channels + c) * crop_image;
    k.rows_back(RowsOf(across, false, s.crop, s.crop, kernel_gradient_, i, scratch), normal, first,
                second(pair) ? first + s.channels * crop_image : nullptr, s.crop);
  });
}

}  // namespace rookery::pick_place
