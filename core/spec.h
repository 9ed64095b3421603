// Spec: for every named array its dtype, shape, bounds, unit and a one-line description.
#ifndef ROOKERY_CORE_SPEC_H_
#define ROOKERY_CORE_SPEC_H_

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "core/array.h"
#include "core/rng.h"

namespace rookery {

struct ArraySpec {
  std::string name;
  DType dtype = DType::kFloat32;
  Shape shape;
  // Inclusive bounds: one value for all elements, or one per element. Integer arrays with a
  // finite range are categorical choices low..high when `discrete`.
  std::vector<double> low = {-std::numeric_limits<double>::infinity()};
  std::vector<double> high = {std::numeric_limits<double>::infinity()};
  std::string unit = "";
  std::string description = "";
  bool discrete = false;
  // Names of each element, for messages ("x", "y", ...); empty = indices.
  std::vector<std::string> elements = {};
  // Index of the first of four elements x, y, z, w that are a unit quaternion (-1: none); Sample
  // draws a uniformly random rotation for them.
  int quaternion = -1;
  // Names of the values low..high of a discrete array ("NOOP", "FIRE", ...); empty = numbers.
  std::vector<std::string> choices = {};

  double LowAt(int64_t i) const { return low.size() == 1 ? low[0] : low[static_cast<size_t>(i)]; }
  double HighAt(int64_t i) const {
    return high.size() == 1 ? high[0] : high[static_cast<size_t>(i)];
  }
};

class Spec {
 public:
  Spec() = default;
  Spec(std::initializer_list<ArraySpec> arrays) : arrays_(arrays) {}

  void Add(ArraySpec array) { arrays_.push_back(std::move(array)); }
  const ArraySpec* Find(std::string_view name) const;
  const ArraySpec& at(std::string_view name) const;  // UserError names what there is
  const std::vector<ArraySpec>& arrays() const { return arrays_; }
  std::vector<std::string> Names() const;

  // Throws UserError when `map` lacks an array, has one too many, or one has another dtype,
  // shape, a non-finite value or one outside its bounds; `what` begins the message
  // ("action of Ravens/BlockInsertion-v0"). `check_bounds` false skips only the bounds.
  void Validate(const ArrayMap& map, std::string_view what, bool check_bounds = true) const;
  // Zero-filled arrays of this spec.
  ArrayMap Zeros() const;
  // Uniform within finite bounds, exponential from a single one, standard normal where unbounded.
  ArrayMap Sample(Rng* rng) const;
  // "heightmap.rgb uint8 (320, 160, 3) in [0, 255]  fused colour" lines.
  std::string Text(std::string_view indent = "  ") const;

 private:
  std::vector<ArraySpec> arrays_;
};

}  // namespace rookery

#endif  // ROOKERY_CORE_SPEC_H_
