// 64-bit content hashes (XXH3): the same on every machine. Used for traces and checksums.
#ifndef ROOKERY_CORE_HASH_H_
#define ROOKERY_CORE_HASH_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "core/array.h"

namespace rookery {

uint64_t HashBytes(const void* data, size_t size, uint64_t seed = 0);
uint64_t HashText(std::string_view text, uint64_t seed = 0);
// Names, dtypes, shapes and bytes of every array, in order.
uint64_t HashArrays(const ArrayMap& arrays, uint64_t seed = 0);
std::string HashHex(uint64_t hash);          // 16 hex digits
uint64_t HashFromHex(std::string_view hex);  // UserError when it is not 16 hex digits

}  // namespace rookery

#endif  // ROOKERY_CORE_HASH_H_
