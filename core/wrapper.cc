#include "core/wrapper.h"

#include <algorithm>
#include <cstring>

#include "core/error.h"

namespace rookery {
namespace {

// Copies an array into that of the same name, which keeps its storage.
void CopyInto(const std::string& name, const Array& array, ArrayMap* to) {
  Array& copy = to->Ensure(name, array.dtype(), array.shape());
  std::memcpy(copy.data(), array.data(), array.nbytes());
}

EnvSpec WithArrays(EnvSpec spec, const std::string& name, const ArraySpec& now, const Spec& info) {
  Spec observation;
  for (const ArraySpec& array : spec.observation.arrays()) {
    observation.Add(array.name == name ? now : array);
  }
  spec.observation = std::move(observation);
  for (const ArraySpec& array : info.arrays()) spec.info.Add(array);
  return spec;
}

}  // namespace

Wrapper::Wrapper(EnvSpec spec, Wrapped* wrapped)
    : Env(std::move(spec)),
      inner_(std::move(wrapped->env)),
      stream_("wrapper " + wrapped->name),
      index_(static_cast<uint64_t>(wrapped->index)) {}

void Wrapper::SetMaxSteps(int steps) {
  Env::SetMaxSteps(steps);
  inner_->SetMaxSteps(steps);
}

void Wrapper::DoSeed(uint64_t seed) {
  seed_ = seed;
  rng() = Rng::Stream(seed, stream_, index_);
  ForgetOwn();
}

void Wrapper::DoSave(ByteWriter* out, bool with_random) const {
  out->PutString(inner_->Save(with_random));
  SaveOwn(out);
}

void Wrapper::DoLoad(ByteReader* in) {
  inner_->Load(in->GetString());
  LoadOwn(in);
}

const ArraySpec& ObservationWrapper::Choose(const Wrapped& wrapped, const std::string& array,
                                            bool (*fits)(const ArraySpec&), const char* wanted) {
  const Spec& spec = wrapped.env->spec().observation;
  const std::string what = "wrapper " + wrapped.name + " of " + wrapped.env->spec().id;
  for (const ArraySpec& one : spec.arrays()) {
    if (!array.empty() && one.name != array) continue;
    if (fits == nullptr || fits(one)) return one;
    if (!array.empty()) {
      throw UserError(what + ": observation '" + array + "' is " + DTypeName(one.dtype) + " " +
                      ShapeText(one.shape) + ", expected " + wanted);
    }
  }
  if (array.empty()) {
    throw UserError(what + ": there is no " + wanted + " among the observations " +
                    Join(spec.Names()));
  }
  throw UserError(what + ": there is no observation '" + array + "'" +
                  DidYouMean(array, spec.Names()) + "; there are " + Join(spec.Names()));
}

ObservationWrapper::ObservationWrapper(Wrapped* wrapped, const std::string& name, ArraySpec now,
                                       Spec info)
    : Wrapper(WithArrays(wrapped->env->spec(), name, now, info), wrapped),
      before_(inner().spec().observation.at(name)),
      now_(std::move(now)) {}

void ObservationWrapper::DoReset(const ArrayMap& options, StepResult* out) {
  ResetInner(TakeSeed(), options, &result_);
  Show(true, out);
}

void ObservationWrapper::DoStep(const ArrayMap& action, StepResult* out) {
  StepInner(action, &result_);
  Show(false, out);
}

void ObservationWrapper::Show(bool first, StepResult* out) {
  out->reward = result_.reward;
  out->terminated = result_.terminated;
  out->truncated = result_.truncated;
  // In the order of the specification: what is compared and hashed keeps it.
  for (const auto& [name, array] : result_.observation) {
    if (name != before_.name) {
      CopyInto(name, array, &out->observation);
    } else {
      Observe(array, first, &out->observation.Ensure(now_.name, now_.dtype, now_.shape));
    }
  }
  for (const auto& [name, array] : result_.info) CopyInto(name, array, &out->info);
  Inform(&out->info);
}

}  // namespace rookery
