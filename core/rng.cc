#include "core/rng.h"

#include <cmath>

#include "core/error.h"

namespace rookery {
namespace {

// SeedSequence's mixing constants (Melissa O'Neill's seed_seq_fe).
constexpr uint32_t kInitA = 0x43b0d7e5, kMultA = 0x931e8875;
constexpr uint32_t kInitB = 0x8b51f9dd, kMultB = 0x58f38ded;
constexpr uint32_t kMixMultL = 0xca01f9dd, kMixMultR = 0x4973f715;

uint32_t HashMix(uint32_t value, uint32_t* constant) {
  value ^= *constant;
  *constant *= kMultA;
  value *= *constant;
  return value ^ (value >> 16);
}

uint32_t Mix(uint32_t x, uint32_t y) {
  const uint32_t result = kMixMultL * x - kMixMultR * y;
  return result ^ (result >> 16);
}

__extension__ using UInt128 = unsigned __int128;

UInt128 Join128(const uint64_t half[2]) { return (static_cast<UInt128>(half[0]) << 64) | half[1]; }

void Split128(UInt128 value, uint64_t half[2]) {
  half[0] = static_cast<uint64_t>(value >> 64);
  half[1] = static_cast<uint64_t>(value);
}

constexpr uint64_t kPcgMultiplier[2] = {2549297995355413924ULL, 4865540595714422341ULL};

// Splits as NumPy does: low word first, no words beyond the highest set bit.
void AppendWords(uint64_t value, std::vector<uint32_t>* words) {
  words->push_back(static_cast<uint32_t>(value));
  if (value >> 32) words->push_back(static_cast<uint32_t>(value >> 32));
}

// The normal density under which layers of one area each are stacked, Marsaglia and Tsang 2000,
// with 52 random bits across a layer. NumPy's numbers to the last bit, for which everything is
// rounded as double and the area is what double makes of the tail's.
constexpr size_t kLayers = 256;
constexpr double kZigguratEnd = 3.6541528853610088;  // where the tail begins
struct Ziggurat {
  uint64_t inside[kLayers];  // below that, a point of the layer is under the curve
  double width[kLayers];     // of a layer, by 2^-52
  double density[kLayers];   // at the layer's end

  Ziggurat() {
    constexpr double kArea = 0x1.43016a5a4372ep-8, kScale = 0x1p52;
    double x = kZigguratEnd;
    density[255] = std::exp(-0.5 * x * x);
    density[0] = 1;
    width[255] = x / kScale;
    width[0] = kArea / density[255] / kScale;  // with the tail
    inside[0] = static_cast<uint64_t>(x * density[255] / kArea * kScale);
    inside[1] = 0;
    for (size_t i = 254; i > 0; --i) {
      const double below = x;
      x = std::sqrt(-2 * std::log(kArea / below + density[i + 1]));
      inside[i + 1] = static_cast<uint64_t>(std::nearbyint(x / below * kScale));
      width[i] = x / kScale;
      density[i] = std::exp(-0.5 * x * x);
      if (i == 38) density[i] = std::nextafter(density[i], 1.0);  // so it is in NumPy's table
    }
  }
};

}  // namespace

SeedSequence::SeedSequence(std::span<const uint32_t> entropy) {
  uint32_t constant = kInitA;
  for (size_t i = 0; i < 4; ++i) {
    pool_[i] = HashMix(i < entropy.size() ? entropy[i] : 0, &constant);
  }
  for (size_t source = 0; source < 4; ++source) {
    for (size_t target = 0; target < 4; ++target) {
      if (source != target) pool_[target] = Mix(pool_[target], HashMix(pool_[source], &constant));
    }
  }
  for (size_t source = 4; source < entropy.size(); ++source) {
    for (uint32_t& target : pool_) target = Mix(target, HashMix(entropy[source], &constant));
  }
}

std::vector<uint32_t> SeedSequence::GenerateState(size_t words) const {
  uint32_t constant = kInitB;
  std::vector<uint32_t> state(words);
  for (size_t i = 0; i < words; ++i) {
    uint32_t value = pool_[i % 4] ^ constant;
    constant *= kMultB;
    value *= constant;
    state[i] = value ^ (value >> 16);
  }
  return state;
}

Rng::Rng(uint64_t seed) {
  std::vector<uint32_t> words;
  AppendWords(seed, &words);
  SeedFrom(SeedSequence(words));
}

Rng::Rng(const SeedSequence& sequence) { SeedFrom(sequence); }

Rng Rng::Stream(uint64_t run_seed, std::string_view purpose, uint64_t index, uint64_t episode) {
  uint64_t hash = 14695981039346656037ULL;  // FNV-1a
  for (char c : purpose) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  std::vector<uint32_t> words;
  // Fixed width, so that no two tuples give the same words.
  for (uint64_t value : {run_seed, hash, index, episode}) {
    words.push_back(static_cast<uint32_t>(value));
    words.push_back(static_cast<uint32_t>(value >> 32));
  }
  return Rng(SeedSequence(words));
}

void Rng::SeedFrom(const SeedSequence& sequence) {
  const std::vector<uint32_t> words = sequence.GenerateState(8);
  uint64_t value[4];
  for (size_t i = 0; i < 4; ++i) {
    value[i] = words[2 * i] | (static_cast<uint64_t>(words[2 * i + 1]) << 32);
  }
  const UInt128 initial = (static_cast<UInt128>(value[0]) << 64) | value[1];
  const UInt128 stream = (static_cast<UInt128>(value[2]) << 64) | value[3];
  const UInt128 increment = (stream << 1) | 1;
  const UInt128 multiplier = Join128(kPcgMultiplier);
  UInt128 state = increment;  // one step from zero
  state += initial;
  state = state * multiplier + increment;
  Split128(state, state_);
  Split128(increment, increment_);
}

uint64_t Rng::NextUInt64() {
  const UInt128 state = Join128(state_) * Join128(kPcgMultiplier) + Join128(increment_);
  Split128(state, state_);
  const uint64_t folded = state_[0] ^ state_[1];
  const auto rotation = static_cast<unsigned>(state_[0] >> 58);
  return (folded >> rotation) | (folded << ((64 - rotation) & 63));
}

uint32_t Rng::NextUInt32() {
  if (has_half_) {
    has_half_ = false;
    return half_;
  }
  const uint64_t value = NextUInt64();
  has_half_ = true;
  half_ = static_cast<uint32_t>(value >> 32);
  return static_cast<uint32_t>(value);
}

double Rng::Uniform() { return static_cast<double>(NextUInt64() >> 11) * 0x1p-53; }

double Rng::Uniform(double low, double high) { return low + (high - low) * Uniform(); }

int64_t Rng::Integer(int64_t low, int64_t high) {
  ROOKERY_CHECK_LT(low, high);
  const uint64_t range = static_cast<uint64_t>(high) - static_cast<uint64_t>(low);  // count
  if (range == 1) return low;
  uint64_t offset;
  if (range - 1 == 0xFFFFFFFFULL) {
    offset = NextUInt32();
  } else if (range <= 0xFFFFFFFFULL) {
    const auto n = static_cast<uint32_t>(range);
    uint64_t product = static_cast<uint64_t>(NextUInt32()) * n;
    if (static_cast<uint32_t>(product) < n) {
      const uint32_t threshold = (0U - n) % n;
      while (static_cast<uint32_t>(product) < threshold) {
        product = static_cast<uint64_t>(NextUInt32()) * n;
      }
    }
    offset = product >> 32;
  } else {
    UInt128 product = static_cast<UInt128>(NextUInt64()) * range;
    if (static_cast<uint64_t>(product) < range) {
      const uint64_t threshold = (0ULL - range) % range;
      while (static_cast<uint64_t>(product) < threshold) {
        product = static_cast<UInt128>(NextUInt64()) * range;
      }
    }
    offset = static_cast<uint64_t>(product >> 64);
  }
  return static_cast<int64_t>(static_cast<uint64_t>(low) + offset);
}

double Rng::StandardNormal() {
  static const Ziggurat ziggurat;
  while (true) {
    // From the lowest bit: 8 of the layer, one of the sign, 52 of the place.
    const uint64_t bits = NextUInt64();
    const size_t layer = bits & 0xff;
    const bool negative = ((bits >> 8) & 1) != 0;
    const uint64_t place = (bits >> 9) & 0xfffffffffffffULL;
    const double magnitude = static_cast<double>(place) * ziggurat.width[layer];
    const double x = negative ? -magnitude : magnitude;
    if (place < ziggurat.inside[layer]) return x;
    if (layer == 0) {  // the tail, Marsaglia 1964
      while (true) {
        const double over = -(1 / kZigguratEnd) * std::log1p(-Uniform());
        const double height = -std::log1p(-Uniform());
        if (height + height > over * over) {
          // Another bit than elsewhere says the sign.
          return ((place >> 8) & 1) != 0 ? -(kZigguratEnd + over) : kZigguratEnd + over;
        }
      }
    }
    const double upper = ziggurat.density[layer - 1], lower = ziggurat.density[layer];
    if ((upper - lower) * Uniform() + lower < std::exp(-0.5 * x * x)) return x;
  }
}

double Rng::Normal() {
  if (has_normal_) {
    has_normal_ = false;
    return normal_;
  }
  double u, v, s;
  do {
    u = 2 * Uniform() - 1;
    v = 2 * Uniform() - 1;
    s = u * u + v * v;
  } while (s >= 1 || s == 0);
  const double scale = std::sqrt(-2 * std::log(s) / s);
  has_normal_ = true;
  normal_ = v * scale;
  return u * scale;
}

void Rng::Save(ByteWriter* out) const {
  for (uint64_t value : {state_[0], state_[1], increment_[0], increment_[1]}) out->Put(value);
  out->Put(has_half_);
  out->Put(half_);
  out->Put(has_normal_);
  out->Put(normal_);
}

void Rng::Load(ByteReader* in) {
  for (uint64_t* value : {&state_[0], &state_[1], &increment_[0], &increment_[1]}) {
    *value = in->Get<uint64_t>();
  }
  has_half_ = in->Get<bool>();
  half_ = in->Get<uint32_t>();
  has_normal_ = in->Get<bool>();
  normal_ = in->Get<double>();
}

std::string Rng::Bytes() const {
  ByteWriter out;
  Save(&out);
  return out.Take();
}

void Rng::FromBytes(std::string_view bytes) {
  ByteReader in(bytes);
  Load(&in);
  in.ExpectEnd();
}

}  // namespace rookery
