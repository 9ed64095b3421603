// Parquet tables through Arrow: rows are gathered column by column, then appended to a file.
#ifndef ROOKERY_APPS_EXPORT_PARQUET_TABLE_H_
#define ROOKERY_APPS_EXPORT_PARQUET_TABLE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/array.h"

namespace rookery {

// A column is made by the first value of its name; in the end all have the same length.
class ParquetRows {
 public:
  ParquetRows();
  ~ParquetRows();
  ParquetRows(const ParquetRows&) = delete;
  ParquetRows& operator=(const ParquetRows&) = delete;

  void Int64(const std::string& column, int64_t value);
  void Float32(const std::string& column, float value);
  void Float64(const std::string& column, double value);
  void Bool(const std::string& column, bool value);
  void Text(const std::string& column, const std::string& value);
  void Texts(const std::string& column, const std::vector<std::string>& values);
  // Lists of lists as deep as the array; one with a single element is a plain value.
  void Nested(const std::string& column, const Array& value);

 private:
  friend class ParquetFile;
  struct Columns;
  std::unique_ptr<Columns> columns_;
};

// Failure names the file.
class ParquetFile {
 public:
  explicit ParquetFile(std::string path, std::map<std::string, std::string> metadata = {});
  ~ParquetFile();
  ParquetFile(const ParquetFile&) = delete;
  ParquetFile& operator=(const ParquetFile&) = delete;

  void Append(const ParquetRows& rows);  // each time a row group, always of the same columns
  void Close();

 private:
  struct Open;
  std::string path_;
  std::map<std::string, std::string> metadata_;
  std::unique_ptr<Open> open_;
};

}  // namespace rookery

#endif  // ROOKERY_APPS_EXPORT_PARQUET_TABLE_H_
