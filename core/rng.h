// Random numbers. PCG64 (XSL-RR 128/64) seeded through NumPy's SeedSequence, so that
// Rng(seed) draws what numpy.random.Generator(PCG64(seed)) draws: Uniform, Integer, StandardNormal.
// Reference: O'Neill 2014 (PCG); NumPy's random module (SeedSequence, bounded integers); Marsaglia
// and Tsang 2000 (ziggurat).
#ifndef ROOKERY_CORE_RNG_H_
#define ROOKERY_CORE_RNG_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.h"

namespace rookery {

// Mixes entropy words into well-distributed 32-bit state words (NumPy's algorithm, pool of 4).
class SeedSequence {
 public:
  explicit SeedSequence(std::span<const uint32_t> entropy);
  std::vector<uint32_t> GenerateState(size_t words) const;

 private:
  uint32_t pool_[4];
};

class Rng {
 public:
  // As numpy.random.default_rng(seed).
  explicit Rng(uint64_t seed = 0);
  // An independent stream for each (run seed, purpose, environment index, episode): hashed,
  // never added, so that neighbours share nothing.
  static Rng Stream(uint64_t run_seed, std::string_view purpose, uint64_t index = 0,
                    uint64_t episode = 0);

  uint64_t NextUInt64();
  uint32_t NextUInt32();  // the low half first, the high half buffered, as NumPy

  double Uniform();                         // [0, 1), 53 bits
  double Uniform(double low, double high);  // [low, high)
  // Uniform integer in [low, high), as Generator.integers (Lemire's rejection).
  int64_t Integer(int64_t low, int64_t high);
  int64_t Integer(int64_t high) { return Integer(0, high); }
  // Generator.standard_normal: a ziggurat of 256 layers. Scaled, Generator.normal.
  double StandardNormal();
  double Normal();  // standard normal too, by Marsaglia's polar method: other draws
  double Normal(double mean, double sd) { return mean + sd * Normal(); }

  // In-place Fisher-Yates.
  template <typename T>
  void Shuffle(std::vector<T>* values) {
    for (size_t i = values->size(); i > 1; --i) {
      std::swap((*values)[i - 1], (*values)[static_cast<size_t>(Integer(static_cast<int64_t>(i)))]);
    }
  }

  void Save(ByteWriter* out) const;
  void Load(ByteReader* in);
  std::string Bytes() const;  // snapshot as a string
  void FromBytes(std::string_view bytes);
  bool operator==(const Rng& other) const = default;

 private:
  explicit Rng(const SeedSequence& sequence);
  void SeedFrom(const SeedSequence& sequence);

  // 128-bit state and increment, as high and low halves.
  uint64_t state_[2] = {0, 0};
  uint64_t increment_[2] = {0, 0};
  bool has_half_ = false;  // a buffered upper half of the last 64-bit draw
  uint32_t half_ = 0;
  bool has_normal_ = false;
  double normal_ = 0;
};

}  // namespace rookery

#endif  // ROOKERY_CORE_RNG_H_
