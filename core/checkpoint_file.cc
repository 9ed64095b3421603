#include "core/checkpoint_file.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/atomic_file.h"
#include "core/error.h"
#include "core/hash.h"

namespace rookery {
namespace {

// Keeps the order of tensors, which a plain JSON object would sort.
using Json = nlohmann::ordered_json;

constexpr char kMetadata[] = "__metadata__";
constexpr char kFormatKey[] = "rookery.format";
constexpr char kFormat[] = "1";
constexpr char kChecksumKey[] = "rookery.xxh3";
constexpr size_t kPrefixSize = 8;               // header length
constexpr uint64_t kLongestHeader = 100000000;  // as the safetensors library

constexpr struct {
  DType dtype;
  const char* name;
} kTypes[] = {{DType::kBool, "BOOL"}, {DType::kUInt8, "U8"},    {DType::kInt32, "I32"},
              {DType::kInt64, "I64"}, {DType::kFloat32, "F32"}, {DType::kFloat64, "F64"}};

const char* TypeName(DType dtype) {
  for (const auto& type : kTypes) {
    if (type.dtype == dtype) return type.name;
  }
  throw Bug("no safetensors name for a dtype");
}

// Covers names, dtypes, shapes, order and texts too: no part of a checkpoint changes unnoticed.
std::string Checksum(const Checkpoint& checkpoint) {
  uint64_t hash = HashArrays(checkpoint.tensors);
  for (const auto& [key, text] : checkpoint.meta) hash = HashText(text, HashText(key, hash));
  return HashHex(hash);
}

// The format allows no gaps between tensors, so they are aligned by writing wide types first.
std::vector<const ArrayMap::Item*> InFileOrder(const ArrayMap& tensors) {
  std::vector<const ArrayMap::Item*> items;
  for (const auto& item : tensors) items.push_back(&item);
  std::stable_sort(items.begin(), items.end(), [](const auto* a, const auto* b) {
    return ItemSize(a->second.dtype()) > ItemSize(b->second.dtype());
  });
  return items;
}

std::string Header(const Checkpoint& checkpoint, const std::vector<const ArrayMap::Item*>& order) {
  std::map<std::string, std::pair<uint64_t, uint64_t>> offsets;
  uint64_t end = 0;
  for (const ArrayMap::Item* item : order) {
    const uint64_t begin = end;
    end += item->second.nbytes();
    ROOKERY_CHECK(item->first != kMetadata);
    ROOKERY_CHECK(offsets.emplace(item->first, std::pair(begin, end)).second);
  }
  Json json = Json::object();
  Json& meta = json[kMetadata] = Json::object();
  for (const auto& [key, text] : checkpoint.meta) meta[key] = text;
  meta[kFormatKey] = kFormat;
  meta[kChecksumKey] = Checksum(checkpoint);
  for (const auto& [name, tensor] : checkpoint.tensors) {
    const auto& [begin, stop] = offsets.at(name);
    json[name] = {{"dtype", TypeName(tensor.dtype())},
                  {"shape", tensor.shape()},
                  {"data_offsets", {begin, stop}}};
  }
  std::string text;
  try {
    text = json.dump();
  } catch (const Json::exception& error) {
    throw UserError(std::string("a checkpoint holds UTF-8 texts only: ") + error.what());
  }
  text.resize((text.size() + 7) / 8 * 8, ' ');
  if (text.size() > kLongestHeader) {
    throw UserError("checkpoint texts and names take " + std::to_string(text.size()) +
                    " bytes; the format allows " + std::to_string(kLongestHeader));
  }
  return text;
}

// Reads one file; every member function throws UserError for what does not fit.
class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path), bytes_(ReadFile(path)) {}

  Checkpoint Read() {
    const Json header = ReadHeader();
    Checkpoint out;
    ReadMeta(header, &out);
    uint64_t covered = 0;
    for (const auto& [name, entry] : header.items()) {
      if (name != kMetadata) covered += ReadTensor(name, entry, &out.tensors);
    }
    if (covered != data_.size()) {
      Fail("has " + std::to_string(data_.size()) + " bytes of tensors; expected " +
           std::to_string(covered));
    }
    const std::string found = Checksum(out);
    if (found != checksum_) {
      Fail("is damaged: expected checksum " + checksum_ + ", found " + found);
    }
    return out;
  }

 private:
  [[noreturn]] void Fail(const std::string& what) const {
    throw UserError("checkpoint " + path_ + " " + what);
  }

  Json ReadHeader() {
    if (bytes_.size() < kPrefixSize) {
      Fail("is truncated: expected at least " + std::to_string(kPrefixSize) + " bytes, found " +
           std::to_string(bytes_.size()));
    }
    uint64_t length = 0;
    std::memcpy(&length, bytes_.data(), kPrefixSize);
    if (length > kLongestHeader) {
      Fail("is not a safetensors file: its header would have " + std::to_string(length) +
           " bytes; expected at most " + std::to_string(kLongestHeader));
    }
    if (length > bytes_.size() - kPrefixSize) {
      Fail("is truncated: expected at least " + std::to_string(kPrefixSize + length) +
           " bytes, found " + std::to_string(bytes_.size()));
    }
    const std::string_view text = std::string_view(bytes_).substr(kPrefixSize, length);
    data_ = std::string_view(bytes_).substr(kPrefixSize + length);
    Json header = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    // The parser takes a zero byte for the end.
    if (!header.is_object() || text.find('\0') != text.npos) {
      Fail("is not a safetensors file: its header is not a JSON object");
    }
    return header;
  }

  void ReadMeta(const Json& header, Checkpoint* out) {
    const auto meta = header.find(kMetadata);
    if (meta == header.end() || !meta->is_object()) {
      Fail("was not written by rookery: it has no " + std::string(kMetadata));
    }
    std::string format;
    for (const auto& [key, text] : meta->items()) {
      if (!text.is_string()) Fail("is damaged: its text '" + key + "' is no text");
      if (key == kFormatKey) {
        format = text;
      } else if (key == kChecksumKey) {
        checksum_ = text;
      } else {
        out->meta[key] = text;
      }
    }
    if (format.empty()) {
      Fail("was not written by rookery: it has no " + std::string(kFormatKey));
    }
    if (format != kFormat) {
      Fail("has format " + format + "; this program reads format " + std::string(kFormat));
    }
  }

  // The number of bytes that the tensor takes.
  uint64_t ReadTensor(const std::string& name, const Json& entry, ArrayMap* tensors) {
    const auto wrong = [&](const std::string& what) {
      Fail("is damaged: tensor '" + name + "' " + what);
    };
    const auto member = [&](const char* key) -> const Json& {
      if (!entry.is_object() || !entry.contains(key)) wrong(std::string("has no ") + key);
      return entry.at(key);
    };
    if (tensors->Has(name)) wrong("is there twice");

    const Json& type_name = member("dtype");
    const auto type =
        std::find_if(std::begin(kTypes), std::end(kTypes),
                     [&](const auto& candidate) { return type_name == candidate.name; });
    if (type == std::end(kTypes)) {
      wrong("has dtype " + type_name.dump() + "; expected BOOL, U8, I32, I64, F32 or F64");
    }

    uint64_t nbytes = ItemSize(type->dtype);
    Shape shape;
    const Json& extents = member("shape");
    if (!extents.is_array()) wrong("has shape " + extents.dump());
    for (const Json& extent : extents) {
      if (!extent.is_number_unsigned() || extent.get<uint64_t>() > INT64_MAX ||
          __builtin_mul_overflow(nbytes, extent.get<uint64_t>(), &nbytes)) {
        wrong("has shape " + extents.dump());
      }
      shape.push_back(extent.get<int64_t>());
    }

    const Json& offsets = member("data_offsets");
    if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() ||
        !offsets[1].is_number_unsigned()) {
      wrong("has data_offsets " + offsets.dump());
    }
    const uint64_t begin = offsets[0], end = offsets[1];
    if (end < begin || end - begin != nbytes) {
      wrong("has data_offsets " + offsets.dump() + "; expected " + std::to_string(nbytes) +
            " bytes for shape " + ShapeText(shape));
    }
    if (end > data_.size()) {
      Fail("is truncated: expected " + std::to_string(bytes_.size() - data_.size() + end) +
           " bytes for tensor '" + name + "', found " + std::to_string(bytes_.size()));
    }
    tensors->Set(name, Array::FromBytes(type->dtype, std::move(shape), data_.data() + begin));
    return nbytes;
  }

  std::string path_, bytes_, checksum_;
  std::string_view data_;  // all tensors
};

}  // namespace

void WriteCheckpoint(const std::string& path, const Checkpoint& checkpoint) {
  const std::vector<const ArrayMap::Item*> order = InFileOrder(checkpoint.tensors);
  const std::string header = Header(checkpoint, order);
  const uint64_t length = header.size();
  WriteFileAtomic(path, [&](const std::string& temporary) {
    std::FILE* const file = std::fopen(temporary.c_str(), "wb");
    bool ok = file != nullptr && std::fwrite(&length, sizeof(length), 1, file) == 1 &&
              std::fwrite(header.data(), 1, header.size(), file) == header.size();
    for (const ArrayMap::Item* item : order) {
      const size_t size = item->second.nbytes();
      ok = ok && (size == 0 || std::fwrite(item->second.data(), size, 1, file) == 1);
    }
    int error = errno;
    if (file != nullptr && std::fclose(file) != 0 && ok) {
      error = errno;
      ok = false;
    }
    if (!ok) throw Failure("cannot write " + path + ": " + std::strerror(error));
  });
}

Checkpoint ReadCheckpoint(const std::string& path) { return Reader(path).Read(); }

}  // namespace rookery
