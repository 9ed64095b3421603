#include "core/event_file.h"

#include <array>
#include <chrono>
#include <cstring>
#include <filesystem>

#include "core/atomic_file.h"
#include "core/log.h"

namespace rookery {
namespace {

constexpr char kFileVersion[] = "brain.Event:2";

constexpr std::array<uint32_t, 256> kCrcTable = [] {
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78U : 0U);
    table[byte] = crc;
  }
  return table;
}();

// Checksums of data that hold checksums are weak: the format stores them rotated and shifted.
uint32_t MaskedCrc(std::string_view bytes) {
  const uint32_t crc = Crc32c(bytes);
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

// ---- protocol buffer fields --------------------------------------------------------------------

enum Wire : uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };
// brain.Event, Summary and Summary.Value.
constexpr uint32_t kWallTime = 1, kStep = 2, kVersion = 3, kSummary = 5;
constexpr uint32_t kValue = 1;
constexpr uint32_t kTag = 1, kSimpleValue = 2;

template <typename T>
void PutRaw(T value, std::string* out) {
  out->append(reinterpret_cast<const char*>(&value), sizeof(value));
}

void PutVarint(uint64_t value, std::string* out) {
  for (; value >= 0x80; value >>= 7) out->push_back(static_cast<char>(value | 0x80));
  out->push_back(static_cast<char>(value));
}

void PutKey(uint32_t field, Wire wire, std::string* out) { PutVarint(field << 3 | wire, out); }

void PutBytes(uint32_t field, std::string_view bytes, std::string* out) {
  PutKey(field, kBytes, out);
  PutVarint(bytes.size(), out);
  out->append(bytes);
}

bool TakeVarint(std::string_view* in, uint64_t* value) {
  *value = 0;
  for (int shift = 0; shift < 64 && !in->empty(); shift += 7) {
    const auto byte = static_cast<uint8_t>(in->front());
    in->remove_prefix(1);
    *value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

// The step of an event, 0 when it has none; nothing when it is no event.
std::optional<int64_t> StepOf(std::string_view event) {
  uint64_t step = 0;
  while (!event.empty()) {
    uint64_t key = 0, size = 0;
    if (!TakeVarint(&event, &key)) return std::nullopt;
    switch (key & 7) {
      case kVarint:
        if (!TakeVarint(&event, &size)) return std::nullopt;
        if (key >> 3 == kStep) step = size;
        continue;
      case kFixed64:
        size = 8;
        break;
      case kFixed32:
        size = 4;
        break;
      case kBytes:
        if (!TakeVarint(&event, &size)) return std::nullopt;
        break;
      default:
        return std::nullopt;
    }
    if (size > event.size()) return std::nullopt;
    event.remove_prefix(size);
  }
  return static_cast<int64_t>(step);
}

// The format wants to know when; nothing else in a run does. Seconds since 1970.
double Now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// ---- records -----------------------------------------------------------------------------------

constexpr size_t kHeadSize = 12, kTailSize = 4;  // length and its checksum; checksum of the data

std::string Record(std::string_view data) {
  std::string record;
  PutRaw(static_cast<uint64_t>(data.size()), &record);
  PutRaw(MaskedCrc(record), &record);
  record.append(data);
  PutRaw(MaskedCrc(data), &record);
  return record;
}

// Removes the first record from `in`. False, and nothing removed, when it is damaged.
bool TakeRecord(std::string_view* in, std::string_view* record, std::string_view* data) {
  if (in->size() < kHeadSize + kTailSize) return false;
  uint64_t size = 0;
  uint32_t size_crc = 0, data_crc = 0;
  std::memcpy(&size, in->data(), sizeof(size));
  std::memcpy(&size_crc, in->data() + sizeof(size), sizeof(size_crc));
  if (size_crc != MaskedCrc(in->substr(0, sizeof(size)))) return false;
  if (size > in->size() - kHeadSize - kTailSize) return false;
  *data = in->substr(kHeadSize, size);
  std::memcpy(&data_crc, data->data() + size, sizeof(data_crc));
  if (data_crc != MaskedCrc(*data)) return false;
  *record = in->substr(0, kHeadSize + size + kTailSize);
  in->remove_prefix(record->size());
  return true;
}

// The records worth keeping, the first of which names the version.
std::string Continued(const std::string& path, std::string_view contents, int64_t resume_step) {
  std::string kept;
  std::string_view record, data;
  while (TakeRecord(&contents, &record, &data)) {
    const std::optional<int64_t> step = StepOf(data);
    if (step && (kept.empty() || *step <= resume_step)) kept.append(record);
  }
  if (!contents.empty()) {
    LogWarning("the last " + std::to_string(contents.size()) + " bytes of " + path +
               " are damaged and were dropped");
  }
  return kept;
}

}  // namespace

uint32_t Crc32c(std::string_view bytes) {
  uint32_t crc = ~0U;
  for (const char byte : bytes) {
    crc = (crc >> 8) ^ kCrcTable[(crc ^ static_cast<uint8_t>(byte)) & 0xff];
  }
  return ~crc;
}

EventFile::EventFile(const std::string& path, int64_t resume_step) {
  std::string contents, kept;
  if (std::filesystem::exists(path)) {
    contents = ReadFile(path);
    kept = Continued(path, contents, resume_step);
  }
  if (kept.empty()) {
    std::string first;
    PutKey(kWallTime, kFixed64, &first);
    PutRaw(Now(), &first);
    PutBytes(kVersion, kFileVersion, &first);
    kept = Record(first);
  }
  if (kept != contents) WriteFileAtomic(path, kept);
  file_.emplace(path);
}

void EventFile::Write(int64_t step, const Metrics& metrics) {
  std::string summary;
  for (const auto& [name, number] : metrics) {
    std::string value;
    PutBytes(kTag, name, &value);
    PutKey(kSimpleValue, kFixed32, &value);
    PutRaw(static_cast<float>(number), &value);
    PutBytes(kValue, value, &summary);
  }
  std::string event;
  PutKey(kWallTime, kFixed64, &event);
  PutRaw(Now(), &event);
  PutKey(kStep, kVarint, &event);
  PutVarint(static_cast<uint64_t>(step), &event);
  PutBytes(kSummary, summary, &event);
  file_->Append(Record(event));
}

}  // namespace rookery
