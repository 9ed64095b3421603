// For core and exporters. The HDF5 C library with handles that close themselves and errors that are
// exceptions. Episodes are built and read as images in memory, so that the library touches no disk.
#ifndef ROOKERY_CORE_HDF5_FILE_H_
#define ROOKERY_CORE_HDF5_FILE_H_

#include <hdf5.h>

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/array.h"

namespace rookery::hdf5 {

// Distributions build the library without locks: whoever calls it holds this (a thread may hold
// several). While held, the
// library prints no errors of its own.
class Lock {
 public:
  Lock();
  ~Lock();
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  std::unique_lock<std::recursive_mutex> lock_;
  H5E_auto2_t print_ = nullptr;
  void* print_data_ = nullptr;
};

// Any HDF5 handle; Failure, with the library's reason, when it is not valid.
class Id {
 public:
  Id(hid_t id, const std::string& what);
  ~Id();
  Id(Id&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
  Id& operator=(Id&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  operator hid_t() const { return id_; }

 private:
  hid_t id_;
};

// Failure "what: reason" when `status` is negative.
void Check(int status, const std::string& what);

// Images hold no times: the same contents make the same bytes.
Id NewFile();
Id NewFile(const std::string& path);  // on disk; replaces what is there
std::string Image(const Id& file);
// Failure when the image is truncated or no HDF5 file.
Id OpenImage(std::string* image);

// Types in files are little-endian; bool is the enumeration that h5py uses.
Id TypeOf(DType dtype);

// Groups remember the order in which their members were made.
Id NewGroup(hid_t parent, const std::string& name);
Id OpenGroup(hid_t parent, const std::string& name);
std::vector<std::string> MembersInOrder(hid_t group);

// Strings are variable-length UTF-8, which h5py reads as str.
void SetAttribute(hid_t object, const char* name, const std::string& text);
void SetAttribute(hid_t object, const char* name, int64_t value);
void SetAttribute(hid_t object, const char* name, uint64_t value);
void SetAttribute(hid_t object, const char* name, double value);
void SetAttribute(hid_t object, const char* name, bool value);
void GetAttribute(hid_t object, const char* name, std::string* text);
void GetAttribute(hid_t object, const char* name, int64_t* value);
void GetAttribute(hid_t object, const char* name, uint64_t* value);
void GetAttribute(hid_t object, const char* name, double* value);
void GetAttribute(hid_t object, const char* name, bool* value);

// Dataset (rows, row_shape...) whose row t is read from row(t). Rows of kImageBytes or more
// become one compressed chunk each.
inline constexpr size_t kImageBytes = 4096;
void WriteRows(hid_t group, const std::string& name, hid_t type, const Shape& row_shape,
               int64_t rows, const std::function<const void*(int64_t)>& row);
// A dataset for each array: of its rows, list[first] is the first of `rows`.
void WriteArrays(hid_t group, const std::vector<ArrayMap>& list, int64_t first, int64_t rows);
// A column of texts.
void WriteTexts(hid_t group, const std::string& name, const std::vector<std::string>& texts);
// Rows [first, first + rows) of dataset source_folder/name under another name, without a copy.
// `source_folder` is an absolute path in the same file.
void LinkRows(hid_t group, const std::string& name, hid_t type, const Shape& row_shape,
              const std::string& source_folder, int64_t source_rows, int64_t first, int64_t rows);

// A whole dataset. Failure when it is absent, of a type that no Array has, or claims more than
// `most_bytes`.
Array ReadArray(hid_t group, const std::string& name, uint64_t most_bytes);
std::vector<uint64_t> ReadUInt64(hid_t group, const std::string& name, uint64_t most_bytes);

}  // namespace rookery::hdf5

#endif  // ROOKERY_CORE_HDF5_FILE_H_
