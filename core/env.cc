#include "core/env.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>

#include "core/error.h"
#include "core/hash.h"
#include "core/log.h"

namespace rookery {
namespace {

constexpr uint32_t kMagic = 0x33454b52;  // "RKE3"

template <typename T>
bool ClampTo(const ArraySpec& spec, std::span<T> values) {
  bool changed = false;
  for (size_t i = 0; i < values.size(); ++i) {
    const auto index = static_cast<int64_t>(i);
    // A quaternion has no box to go to; the environment judges it.
    const int64_t q = spec.quaternion;
    if (q >= 0 && index >= q && index < q + 4) continue;
    const auto clamped = static_cast<T>(
        std::clamp(static_cast<double>(values[i]), spec.LowAt(index), spec.HighAt(index)));
    changed = changed || clamped != values[i];
    values[i] = clamped;
  }
  return changed;
}

bool ClampTo(const ArraySpec& spec, Array* array) {
  switch (array->dtype()) {
    case DType::kBool:
      return false;
    case DType::kUInt8:
      return ClampTo(spec, array->As<uint8_t>());
    case DType::kInt32:
      return ClampTo(spec, array->As<int32_t>());
    case DType::kInt64:
      return ClampTo(spec, array->As<int64_t>());
    case DType::kFloat32:
      return ClampTo(spec, array->As<float>());
    case DType::kFloat64:
      return ClampTo(spec, array->As<double>());
  }
  throw Bug("unknown dtype");
}

}  // namespace

void Env::Reset(std::optional<uint64_t> seed, const ArrayMap& options, StepResult* out) {
  if (!seed && !seeded_) {
    throw UserError(spec_.id + ": the first Reset needs a seed");
  }
  for (const auto& [name, array] : options) {
    const std::vector<std::string> known = ResetOptions();
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw UserError(spec_.id + ": unknown reset option '" + name + "'" + DidYouMean(name, known) +
                      (known.empty() ? "; it takes none" : "; it takes " + Join(known)));
    }
  }
  if (seed) {
    rng_ = Rng(*seed);
    DoSeed(*seed);
    seeded_ = true;
  }
  needs_reset_ = true;  // stays so if DoReset throws
  steps_ = 0;
  out->reward = 0;
  out->terminated = out->truncated = false;
  DoReset(options, out);
  needs_reset_ = false;
}

void Env::Step(const ArrayMap& action, StepResult* out) {
  if (needs_reset_) {
    throw UserError(spec_.id + (seeded_ ? ": the episode has ended; call Reset before Step"
                                        : ": call Reset before Step"));
  }
  spec_.action.Validate(action, action_label_, spec_.action_bounds == ActionBounds::kRefuse);
  out->reward = 0;
  out->terminated = out->truncated = false;
  DoStep(spec_.action_bounds == ActionBounds::kClamp ? Clamped(action) : action, out);
  ++steps_;
  if (!std::isfinite(out->reward)) {
    needs_reset_ = true;
    throw Failure(spec_.id + ": the reward of step " + std::to_string(steps_) +
                  " is not a finite number; the simulation has broken down");
  }
  if (spec_.max_steps > 0 && steps_ >= spec_.max_steps) out->truncated = true;
  needs_reset_ = out->done();
}

const ArrayMap& Env::Clamped(const ArrayMap& action) {
  bool changed = false;
  for (const ArraySpec& spec : spec_.action.arrays()) {
    const Array& given = action.at(spec.name);
    Array& copy = clamped_.Ensure(spec.name, spec.dtype, spec.shape);
    std::memcpy(copy.data(), given.data(), given.nbytes());
    changed = ClampTo(spec, &copy) || changed;
  }
  if (changed && !warned_of_clamping_) {
    warned_of_clamping_ = true;
    try {
      spec_.action.Validate(action, action_label_);
    } catch (const UserError& error) {
      LogWarningOnce("clamped " + action_label_,
                     std::string(error.what()) + "; clamped, as will be others");
    }
  }
  return clamped_;
}

std::string Env::Save(bool with_random) const {
  ByteWriter out;
  out.Put(kMagic);
  out.PutString(spec_.id);
  out.PutString(ConfigKey());
  out.Put(seeded_);
  out.Put(needs_reset_);
  out.Put(steps_);
  out.Put(with_random);
  if (with_random) rng_.Save(&out);
  DoSave(&out, with_random);
  // Damaged bytes are refused before anything is read from them.
  out.Put(HashBytes(out.bytes().data(), out.bytes().size(), 0));
  return out.Take();
}

void Env::Load(std::string_view bytes) {
  const size_t size = bytes.size() - std::min(bytes.size(), sizeof(uint64_t));
  ByteReader in(bytes.substr(0, size));
  if (in.Get<uint32_t>() != kMagic) throw UserError(spec_.id + ": not an environment snapshot");
  const std::string id = in.GetString();
  if (id != spec_.id) throw UserError(spec_.id + ": the snapshot is of " + id);
  const std::string key = in.GetString();
  if (key != ConfigKey()) {
    throw UserError(spec_.id + ": the snapshot was saved with options " + key +
                    ", this environment has " + ConfigKey());
  }
  if (ByteReader(bytes.substr(size)).Get<uint64_t>() != HashBytes(bytes.data(), size, 0)) {
    throw UserError(spec_.id + ": the snapshot is damaged or truncated (" +
                    std::to_string(bytes.size()) + " bytes)");
  }
  const bool seeded = in.Get<bool>();
  const bool needs_reset = in.Get<bool>();
  const auto steps = in.Get<int64_t>();
  const bool with_random = in.Get<bool>();
  Rng rng = rng_;
  if (with_random) rng.Load(&in);
  DoLoad(&in);
  in.ExpectEnd();
  // After the last read that can fail, so that a bad snapshot changes none of these.
  seeded_ = seeded;
  needs_reset_ = needs_reset;
  steps_ = steps;
  rng_ = rng;
}

const Scene& Env::GetScene() {
  static const Scene empty;
  return empty;
}

Array Env::Reading(std::string_view name) {
  throw UserError(spec_.id + " has no reading '" + std::string(name) + "'");
}

bool Env::OracleAction(Rng*, ArrayMap*) { throw UserError(spec_.id + " has no scripted oracle"); }

}  // namespace rookery
