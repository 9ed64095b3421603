#include "core/hdf5_file.h"

#include <algorithm>
#include <cstring>

#include "core/error.h"

namespace rookery::hdf5 {
namespace {

std::recursive_mutex& LibraryMutex() {
  static std::recursive_mutex mutex;
  return mutex;
}

constexpr DType kAllTypes[] = {DType::kBool,  DType::kUInt8,   DType::kInt32,
                               DType::kInt64, DType::kFloat32, DType::kFloat64};

// What the library says first went wrong.
std::string Reason() {
  std::string reason;
  const H5E_walk2_t first = [](unsigned n, const H5E_error2_t* error, void* out) -> herr_t {
    if (n == 0 && error->desc != nullptr) *static_cast<std::string*>(out) = error->desc;
    return 0;
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, first, &reason);
  H5Eclear2(H5E_DEFAULT);
  return reason.empty() ? "no reason given" : reason;
}

std::vector<hsize_t> Dimensions(int64_t rows, const Shape& row_shape) {
  std::vector<hsize_t> dimensions = {static_cast<hsize_t>(rows)};
  for (const int64_t extent : row_shape) dimensions.push_back(static_cast<hsize_t>(extent));
  return dimensions;
}

Id Space(const std::vector<hsize_t>& dimensions) {
  return {H5Screate_simple(static_cast<int>(dimensions.size()), dimensions.data(), nullptr),
          "dataspace"};
}

// Restricts `space` to `rows` whole rows from `first` on.
void SelectRows(const Id& space, const std::vector<hsize_t>& dimensions, int64_t first,
                int64_t rows) {
  std::vector<hsize_t> start(dimensions.size(), 0), count = dimensions;
  start[0] = static_cast<hsize_t>(first);
  count[0] = static_cast<hsize_t>(rows);
  Check(H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
        "selection");
}

Id NewDatasetOptions() {
  Id options(H5Pcreate(H5P_DATASET_CREATE), "dataset options");
  Check(H5Pset_obj_track_times(options, false), "dataset options");
  return options;
}

Id StringType() {
  Id type(H5Tcopy(H5T_C_S1), "string type");
  Check(H5Tset_size(type, H5T_VARIABLE), "string type");
  Check(H5Tset_cset(type, H5T_CSET_UTF8), "string type");
  return type;
}

std::string Quoted(const char* kind, const std::string& name) {
  return std::string(kind) + " '" + name + "'";
}

void SetScalar(hid_t object, const char* name, const Id& type, const void* value) {
  const Id space(H5Screate(H5S_SCALAR), "dataspace");
  const Id attribute(H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT),
                     Quoted("attribute", name));
  Check(H5Awrite(attribute, type, value), Quoted("attribute", name));
}

Id OpenAttribute(hid_t object, const char* name) {
  return {H5Aopen(object, name, H5P_DEFAULT), Quoted("attribute", name)};
}

// Scalars only, so that a foreign array cannot overrun `value`.
void CheckScalar(const Id& attribute, const char* name) {
  const Id space(H5Aget_space(attribute), Quoted("attribute", name));
  if (H5Sget_simple_extent_npoints(space) != 1) {
    throw Failure(Quoted("attribute", name) + ": expected one value");
  }
}

void GetScalar(hid_t object, const char* name, hid_t memory_type, void* value) {
  const Id attribute = OpenAttribute(object, name);
  CheckScalar(attribute, name);
  Check(H5Aread(attribute, memory_type, value), Quoted("attribute", name));
}

struct OpenDataset {
  Id id;
  Shape shape;
};

OpenDataset Open(hid_t group, const std::string& name) {
  Id id(H5Dopen2(group, name.c_str(), H5P_DEFAULT), Quoted("dataset", name));
  const Id space(H5Dget_space(id), Quoted("dataset", name));
  const int rank = H5Sget_simple_extent_ndims(space);
  Check(rank, Quoted("dataset", name));
  std::vector<hsize_t> dimensions(static_cast<size_t>(rank));
  Check(H5Sget_simple_extent_dims(space, dimensions.data(), nullptr), Quoted("dataset", name));
  return {std::move(id), Shape(dimensions.begin(), dimensions.end())};
}

void CheckSize(const OpenDataset& dataset, const std::string& name, size_t item,
               uint64_t most_bytes) {
  uint64_t bytes = item;
  for (const int64_t extent : dataset.shape) {
    if (extent < 0 || __builtin_mul_overflow(bytes, static_cast<uint64_t>(extent), &bytes)) {
      bytes = UINT64_MAX;
      break;
    }
  }
  if (bytes > most_bytes) {
    throw Failure(Quoted("dataset", name) + ": shape " + ShapeText(dataset.shape) +
                  " is more than the file can hold");
  }
}

}  // namespace

Lock::Lock() : lock_(LibraryMutex()) {
  H5Eget_auto2(H5E_DEFAULT, &print_, &print_data_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Lock::~Lock() { H5Eset_auto2(H5E_DEFAULT, print_, print_data_); }

Id::Id(hid_t id, const std::string& what) : id_(id) {
  if (id_ < 0) throw Failure(what + ": " + Reason());
}

Id::~Id() {
  if (id_ >= 0) H5Idec_ref(id_);
}

void Check(int status, const std::string& what) {
  if (status < 0) throw Failure(what + ": " + Reason());
}

Id NewFile() {
  constexpr size_t kGrowth = 1 << 20;
  const Id access(H5Pcreate(H5P_FILE_ACCESS), "file options");
  Check(H5Pset_fapl_core(access, kGrowth, /*backing_store=*/false), "file options");
  Check(H5Pset_fclose_degree(access, H5F_CLOSE_STRONG), "file options");
  return {H5Fcreate("rookery image", H5F_ACC_TRUNC, H5P_DEFAULT, access), "file image"};
}

Id NewFile(const std::string& path) {
  const Id access(H5Pcreate(H5P_FILE_ACCESS), "file options");
  Check(H5Pset_fclose_degree(access, H5F_CLOSE_STRONG), "file options");
  return {H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access), path};
}

std::string Image(const Id& file) {
  Check(H5Fflush(file, H5F_SCOPE_LOCAL), "file image");
  const ssize_t size = H5Fget_file_image(file, nullptr, 0);
  Check(size < 0 ? -1 : 0, "file image");
  std::string image(static_cast<size_t>(size), '\0');
  Check(H5Fget_file_image(file, image.data(), image.size()) < 0 ? -1 : 0, "file image");
  return image;
}

Id OpenImage(std::string* image) {
  if (image->empty()) throw Failure("the file is empty");
  const Id access(H5Pcreate(H5P_FILE_ACCESS), "file options");
  Check(H5Pset_fapl_core(access, 1 << 20, /*backing_store=*/false), "file options");
  Check(H5Pset_fclose_degree(access, H5F_CLOSE_STRONG), "file options");
  Check(H5Pset_file_image(access, image->data(), image->size()), "file image");
  return {H5Fopen("rookery image", H5F_ACC_RDONLY, access), "not a complete HDF5 file"};
}

Id TypeOf(DType dtype) {
  switch (dtype) {
    case DType::kBool: {
      Id type(H5Tenum_create(H5T_STD_I8LE), "type");
      for (const auto& [name, value] :
           {std::pair("FALSE", int8_t{0}), std::pair("TRUE", int8_t{1})}) {
        Check(H5Tenum_insert(type, name, &value), "type");
      }
      return type;
    }
    case DType::kUInt8:
      return {H5Tcopy(H5T_STD_U8LE), "type"};
    case DType::kInt32:
      return {H5Tcopy(H5T_STD_I32LE), "type"};
    case DType::kInt64:
      return {H5Tcopy(H5T_STD_I64LE), "type"};
    case DType::kFloat32:
      return {H5Tcopy(H5T_IEEE_F32LE), "type"};
    case DType::kFloat64:
      return {H5Tcopy(H5T_IEEE_F64LE), "type"};
  }
  throw Bug("no HDF5 type for a dtype");
}

Id NewGroup(hid_t parent, const std::string& name) {
  const Id options(H5Pcreate(H5P_GROUP_CREATE), "group options");
  Check(H5Pset_obj_track_times(options, false), "group options");
  Check(H5Pset_link_creation_order(options, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED),
        "group options");
  return {H5Gcreate2(parent, name.c_str(), H5P_DEFAULT, options, H5P_DEFAULT),
          Quoted("group", name)};
}

Id OpenGroup(hid_t parent, const std::string& name) {
  return {H5Gopen2(parent, name.c_str(), H5P_DEFAULT), Quoted("group", name)};
}

std::vector<std::string> MembersInOrder(hid_t group) {
  std::vector<std::string> names;
  const H5L_iterate_t collect = [](hid_t, const char* name, const H5L_info_t*,
                                   void* out) -> herr_t {
    static_cast<std::vector<std::string>*>(out)->emplace_back(name);
    return 0;
  };
  Check(H5Literate(group, H5_INDEX_CRT_ORDER, H5_ITER_INC, nullptr, collect, &names),
        "order of a group's members");
  return names;
}

void SetAttribute(hid_t object, const char* name, const std::string& text) {
  if (text.find('\0') != std::string::npos) {
    throw UserError(Quoted("attribute", name) + ": a text cannot hold a zero byte");
  }
  const char* const pointer = text.c_str();
  SetScalar(object, name, StringType(), &pointer);
}

void SetAttribute(hid_t object, const char* name, int64_t value) {
  SetScalar(object, name, TypeOf(DType::kInt64), &value);
}

void SetAttribute(hid_t object, const char* name, uint64_t value) {
  SetScalar(object, name, {H5Tcopy(H5T_STD_U64LE), "type"}, &value);
}

void SetAttribute(hid_t object, const char* name, double value) {
  SetScalar(object, name, TypeOf(DType::kFloat64), &value);
}

void SetAttribute(hid_t object, const char* name, bool value) {
  const int8_t byte = value ? 1 : 0;
  SetScalar(object, name, TypeOf(DType::kBool), &byte);
}

void GetAttribute(hid_t object, const char* name, std::string* text) {
  const Id attribute = OpenAttribute(object, name);
  CheckScalar(attribute, name);
  const Id type(H5Aget_type(attribute), Quoted("attribute", name));
  if (H5Tis_variable_str(type) <= 0) {
    throw Failure(Quoted("attribute", name) + ": expected a text");
  }
  char* pointer = nullptr;
  Check(H5Aread(attribute, StringType(), &pointer), Quoted("attribute", name));
  *text = pointer == nullptr ? "" : pointer;
  H5free_memory(pointer);
}

void GetAttribute(hid_t object, const char* name, int64_t* value) {
  GetScalar(object, name, H5T_NATIVE_INT64, value);
}

void GetAttribute(hid_t object, const char* name, uint64_t* value) {
  GetScalar(object, name, H5T_NATIVE_UINT64, value);
}

void GetAttribute(hid_t object, const char* name, double* value) {
  GetScalar(object, name, H5T_NATIVE_DOUBLE, value);
}

void GetAttribute(hid_t object, const char* name, bool* value) {
  int8_t byte = 0;
  GetScalar(object, name, TypeOf(DType::kBool), &byte);
  *value = byte != 0;
}

void WriteRows(hid_t group, const std::string& name, hid_t type, const Shape& row_shape,
               int64_t rows, const std::function<const void*(int64_t)>& row) {
  const std::string what = Quoted("dataset", name);
  const std::vector<hsize_t> dimensions = Dimensions(rows, row_shape);
  const size_t row_bytes = H5Tget_size(type) * static_cast<size_t>(NumElements(row_shape));
  const bool image = row_bytes >= kImageBytes && rows > 0;
  const Id options = NewDatasetOptions();
  if (image) {
    constexpr unsigned kFastest = 1;
    std::vector<hsize_t> chunk = dimensions;
    chunk[0] = 1;
    Check(H5Pset_chunk(options, static_cast<int>(chunk.size()), chunk.data()), what);
    Check(H5Pset_fill_time(options, H5D_FILL_TIME_NEVER), what);
    if (H5Tget_size(type) > 1) Check(H5Pset_shuffle(options), what);
    Check(H5Pset_deflate(options, kFastest), what);
  }
  const Id space = Space(dimensions);
  const Id dataset(H5Dcreate2(group, name.c_str(), type, space, H5P_DEFAULT, options, H5P_DEFAULT),
                   what);
  if (image) {
    std::vector<hsize_t> one = dimensions;
    one[0] = 1;
    const Id memory = Space(one);
    for (int64_t t = 0; t < rows; ++t) {
      SelectRows(space, dimensions, t, 1);
      Check(H5Dwrite(dataset, type, memory, space, H5P_DEFAULT, row(t)), what);
    }
  } else if (rows > 0 && row_bytes > 0) {
    std::string bytes;
    bytes.reserve(row_bytes * static_cast<size_t>(rows));
    for (int64_t t = 0; t < rows; ++t) bytes.append(static_cast<const char*>(row(t)), row_bytes);
    Check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()), what);
  }
}

void WriteArrays(hid_t group, const std::vector<ArrayMap>& list, int64_t first, int64_t rows) {
  if (list.empty()) return;
  for (const auto& [name, array] : list[0]) {
    WriteRows(group, name, TypeOf(array.dtype()), array.shape(), rows,
              [&, &name = name](int64_t t) {
                return list[static_cast<size_t>(first + t)].at(name).data();
              });
  }
}

void WriteTexts(hid_t group, const std::string& name, const std::vector<std::string>& texts) {
  std::vector<const char*> pointers;
  for (const std::string& text : texts) pointers.push_back(text.c_str());
  WriteRows(group, name, StringType(), {}, std::ssize(texts),
            [&](int64_t i) { return &pointers[static_cast<size_t>(i)]; });
}

void LinkRows(hid_t group, const std::string& name, hid_t type, const Shape& row_shape,
              const std::string& source_folder, int64_t source_rows, int64_t first, int64_t rows) {
  const std::string what = Quoted("dataset", name);
  const std::vector<hsize_t> dimensions = Dimensions(rows, row_shape);
  const Id space = Space(dimensions);
  const Id options = NewDatasetOptions();
  if (rows > 0 && NumElements(row_shape) > 0) {
    const std::vector<hsize_t> source_dimensions = Dimensions(source_rows, row_shape);
    const Id source = Space(source_dimensions);
    SelectRows(source, source_dimensions, first, rows);
    // The library expands percent signs in these names.
    std::string path;
    for (const char c : source_folder + "/" + name) path += c == '%' ? "%%" : std::string(1, c);
    Check(H5Pset_virtual(options, space, ".", path.c_str(), source), what);
  }
  const Id dataset(H5Dcreate2(group, name.c_str(), type, space, H5P_DEFAULT, options, H5P_DEFAULT),
                   what);
}

Array ReadArray(hid_t group, const std::string& name, uint64_t most_bytes) {
  const OpenDataset dataset = Open(group, name);
  const Id type(H5Dget_type(dataset.id), Quoted("dataset", name));
  const auto dtype = std::find_if(std::begin(kAllTypes), std::end(kAllTypes), [&](DType candidate) {
    return H5Tequal(type, TypeOf(candidate)) > 0;
  });
  if (dtype == std::end(kAllTypes)) {
    throw Failure(Quoted("dataset", name) + ": its type is not one of ours");
  }
  CheckSize(dataset, name, ItemSize(*dtype), most_bytes);
  Array out(*dtype, dataset.shape);
  if (out.size() > 0) {
    Check(H5Dread(dataset.id, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out.data()),
          Quoted("dataset", name));
  }
  return out;
}

std::vector<uint64_t> ReadUInt64(hid_t group, const std::string& name, uint64_t most_bytes) {
  const OpenDataset dataset = Open(group, name);
  CheckSize(dataset, name, sizeof(uint64_t), most_bytes);
  std::vector<uint64_t> out(static_cast<size_t>(NumElements(dataset.shape)));
  if (!out.empty()) {
    Check(H5Dread(dataset.id, H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, out.data()),
          Quoted("dataset", name));
  }
  return out;
}

}  // namespace rookery::hdf5
