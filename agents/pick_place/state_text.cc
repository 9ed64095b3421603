#include "agents/pick_place/state_text.h"

#include "core/error.h"

namespace rookery::pick_place {

void SaveRng(const Rng& rng, const std::string& key, Checkpoint* out) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (unsigned char c : rng.Bytes()) {
    hex.push_back(kDigits[c >> 4]);
    hex.push_back(kDigits[c & 15]);
  }
  out->meta[key] = hex;
}

Rng LoadRng(const Checkpoint& in, const std::string& key, const std::string& agent) {
  const auto found = in.meta.find(key);
  if (found == in.meta.end()) {
    throw UserError("the checkpoint has no " + key + ": it is not one of a " + agent);
  }
  const auto digit = [&](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    throw UserError("the checkpoint's " + key + " is not hexadecimal");
  };
  const std::string& hex = found->second;
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1])));
  }
  Rng rng;
  rng.FromBytes(bytes);
  return rng;
}

}  // namespace rookery::pick_place
