#include "apps/export/parquet_table.h"

#ifdef ROOKERY_WITH_ARROW

#include <arrow/api.h>
#include <arrow/io/api.h>
#include <parquet/arrow/writer.h>

#include <cstring>
#include <utility>

#include "core/error.h"

namespace rookery {
namespace {

void Check(const arrow::Status& status, const std::string& what) {
  if (!status.ok()) throw Failure(what + ": " + status.ToString());
}

template <typename T>
T Take(arrow::Result<T> result, const std::string& what) {
  Check(result.status(), what);
  return std::move(result).ValueOrDie();
}

std::shared_ptr<arrow::DataType> TypeOf(DType dtype) {
  switch (dtype) {
    case DType::kBool:
      return arrow::boolean();
    case DType::kUInt8:
      return arrow::uint8();
    case DType::kInt32:
      return arrow::int32();
    case DType::kInt64:
      return arrow::int64();
    case DType::kFloat32:
      return arrow::float32();
    case DType::kFloat64:
      return arrow::float64();
  }
  throw Bug("no Arrow type for a dtype");
}

template <typename Builder, typename Value>
void AppendTo(arrow::ArrayBuilder* builder, const Value& value) {
  Check(static_cast<Builder*>(builder)->Append(value), "Arrow");
}

// Rows of elements from `first` on.
template <typename Builder, typename T>
void AppendSpan(arrow::ArrayBuilder* builder, const Array& array, int64_t first, int64_t count) {
  Check(static_cast<Builder*>(builder)->AppendValues(array.As<T>().data() + first, count), "Arrow");
}

void AppendElements(arrow::ArrayBuilder* builder, const Array& array, int64_t first,
                    int64_t count) {
  switch (array.dtype()) {
    case DType::kBool:
      for (int64_t i = first; i < first + count; ++i) {
        AppendTo<arrow::BooleanBuilder>(builder, array.As<bool>()[static_cast<size_t>(i)]);
      }
      return;
    case DType::kUInt8:
      return AppendSpan<arrow::UInt8Builder, uint8_t>(builder, array, first, count);
    case DType::kInt32:
      return AppendSpan<arrow::Int32Builder, int32_t>(builder, array, first, count);
    case DType::kInt64:
      return AppendSpan<arrow::Int64Builder, int64_t>(builder, array, first, count);
    case DType::kFloat32:
      return AppendSpan<arrow::FloatBuilder, float>(builder, array, first, count);
    case DType::kFloat64:
      return AppendSpan<arrow::DoubleBuilder, double>(builder, array, first, count);
  }
}

// One list of the array's `axis`, with its elements from `first` on.
void AppendList(arrow::ArrayBuilder* builder, const Array& array, size_t axis, int64_t first) {
  auto* const list = static_cast<arrow::ListBuilder*>(builder);
  Check(list->Append(), "Arrow");
  const Shape& shape = array.shape();
  if (axis + 1 == shape.size()) {
    AppendElements(list->value_builder(), array, first, shape[axis]);
    return;
  }
  const int64_t stride =
      NumElements({shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, shape.end()});
  for (int64_t i = 0; i < shape[axis]; ++i) {
    AppendList(list->value_builder(), array, axis + 1, first + i * stride);
  }
}

}  // namespace

struct ParquetRows::Columns {
  // In the order of their first values.
  std::vector<std::pair<std::string, std::unique_ptr<arrow::ArrayBuilder>>> builders;

  arrow::ArrayBuilder* At(const std::string& name, const std::shared_ptr<arrow::DataType>& type) {
    for (auto& [known, builder] : builders) {
      if (known == name) return builder.get();
    }
    builders.emplace_back(name, Take(arrow::MakeBuilder(type), name));
    return builders.back().second.get();
  }
};

ParquetRows::ParquetRows() : columns_(std::make_unique<Columns>()) {}
ParquetRows::~ParquetRows() = default;

void ParquetRows::Int64(const std::string& column, int64_t value) {
  AppendTo<arrow::Int64Builder>(columns_->At(column, arrow::int64()), value);
}
void ParquetRows::Float32(const std::string& column, float value) {
  AppendTo<arrow::FloatBuilder>(columns_->At(column, arrow::float32()), value);
}
void ParquetRows::Float64(const std::string& column, double value) {
  AppendTo<arrow::DoubleBuilder>(columns_->At(column, arrow::float64()), value);
}
void ParquetRows::Bool(const std::string& column, bool value) {
  AppendTo<arrow::BooleanBuilder>(columns_->At(column, arrow::boolean()), value);
}
void ParquetRows::Text(const std::string& column, const std::string& value) {
  AppendTo<arrow::StringBuilder>(columns_->At(column, arrow::utf8()), value);
}
void ParquetRows::Texts(const std::string& column, const std::vector<std::string>& values) {
  auto* const list =
      static_cast<arrow::ListBuilder*>(columns_->At(column, arrow::list(arrow::utf8())));
  Check(list->Append(), "Arrow");
  for (const std::string& value : values)
    AppendTo<arrow::StringBuilder>(list->value_builder(), value);
}

void ParquetRows::Nested(const std::string& column, const Array& value) {
  std::shared_ptr<arrow::DataType> type = TypeOf(value.dtype());
  if (value.shape() == Shape{1}) {
    AppendElements(columns_->At(column, type), value, 0, 1);
    return;
  }
  for (size_t axis = 0; axis < value.shape().size(); ++axis) type = arrow::list(type);
  AppendList(columns_->At(column, type), value, 0, 0);
}

struct ParquetFile::Open {
  std::shared_ptr<arrow::io::FileOutputStream> sink;
  std::unique_ptr<parquet::arrow::FileWriter> writer;
};

ParquetFile::ParquetFile(std::string path, std::map<std::string, std::string> metadata)
    : path_(std::move(path)), metadata_(std::move(metadata)) {}
ParquetFile::~ParquetFile() = default;

void ParquetFile::Append(const ParquetRows& rows) {
  const std::string what = "cannot write " + path_;
  std::vector<std::shared_ptr<arrow::Field>> fields;
  std::vector<std::shared_ptr<arrow::Array>> arrays;
  for (auto& [name, builder] : rows.columns_->builders) {
    arrays.push_back(Take(builder->Finish(), what));
    fields.push_back(arrow::field(name, arrays.back()->type()));
  }
  const auto metadata = std::make_shared<arrow::KeyValueMetadata>();
  for (const auto& [key, value] : metadata_) metadata->Append(key, value);
  const std::shared_ptr<arrow::Table> table =
      arrow::Table::Make(arrow::schema(fields, metadata), arrays);
  Check(table->Validate(), what);
  if (open_ == nullptr) {
    open_ = std::make_unique<Open>();
    open_->sink = Take(arrow::io::FileOutputStream::Open(path_), what);
    open_->writer = Take(
        parquet::arrow::FileWriter::Open(
            *table->schema(), arrow::default_memory_pool(), open_->sink,
            parquet::WriterProperties::Builder().compression(parquet::Compression::SNAPPY)->build(),
            parquet::ArrowWriterProperties::Builder().store_schema()->build()),
        what);
  }
  Check(open_->writer->WriteTable(*table, table->num_rows()), what);
}

void ParquetFile::Close() {
  ROOKERY_CHECK(open_ != nullptr);
  Check(open_->writer->Close(), "cannot write " + path_);
  Check(open_->sink->Close(), "cannot write " + path_);
  open_.reset();
}

}  // namespace rookery

#endif
