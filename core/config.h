// Configs: plain structs whose in-class initialisers are the only defaults. Each lists its
// fields once; flags, TOML, JSON, --help, checks and sliders all come from that list.
//
//   struct LineUpConfig final : Config {
//     int cubes = 4;
//     double edge_m = 0.04;
//     void Fields(FieldVisitor& v) override {
//       v.Field("cubes", &cubes, {.help = "number of cubes", .min = 2, .max = 8});
//       v.Field("edge_m", &edge_m, {.help = "cube edge", .unit = "m", .min = 0.01, .max = 0.2});
//     }
//   };
#ifndef ROOKERY_CORE_CONFIG_H_
#define ROOKERY_CORE_CONFIG_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace rookery {

struct FieldMeta {
  std::string help;
  std::string unit = "";
  double min = -std::numeric_limits<double>::infinity();  // inclusive, numbers only
  double max = std::numeric_limits<double>::infinity();
  std::vector<std::string> choices = {};  // strings only; empty = any
  bool optional = false;                  // strings only: not in JSON when empty
};

// One method per field type that a config may have.
class FieldVisitor {
 public:
  virtual ~FieldVisitor() = default;
  virtual void Field(const char* name, bool* value, const FieldMeta& meta) = 0;
  virtual void Field(const char* name, int* value, const FieldMeta& meta) = 0;
  virtual void Field(const char* name, int64_t* value, const FieldMeta& meta) = 0;
  virtual void Field(const char* name, double* value, const FieldMeta& meta) = 0;
  virtual void Field(const char* name, std::string* value, const FieldMeta& meta) = 0;
};

class Config {
 public:
  virtual ~Config() = default;
  // Visits every field, always in the same order.
  virtual void Fields(FieldVisitor& visitor) = 0;
  // Checks that involve several fields; throws UserError. Called after fields are set.
  virtual void Check() const {}
};

// For entries without options.
class EmptyConfig final : public Config {
 public:
  void Fields(FieldVisitor&) override {}
};

struct FieldInfo {
  std::string name;
  std::string type;   // "bool", "int", "float", "string"
  std::string value;  // as text
  FieldMeta meta;
};

// All fields with their present values; of a fresh config these are the defaults.
std::vector<FieldInfo> ListFields(Config& config);

// Sets one field from text ("4", "0.5", "true", "name"). UserError, naming `owner`, for an
// unknown key (with the nearest), a value of the wrong type, out of range or not a choice.
void SetField(Config& config, std::string_view key, std::string_view value, std::string_view owner);

// Applies "key=value" items in order, then Check(). UserError when an item has no '='.
void SetFields(Config& config, const std::vector<std::string>& items, std::string_view owner);

// All fields, defaults included / all keys of an object; unknown keys are UserErrors.
nlohmann::json ConfigToJson(Config& config);
void ConfigFromJson(Config& config, const nlohmann::json& object, std::string_view owner);

// The keys of a TOML file as settings: "key=value", "table.key=value" for those of a [table]; a
// list of texts is one text with + between them (as wrappers are put together).
struct TomlSetting {
  std::string setting;
  std::string where;  // "file.toml:3:1", for what is found wrong with it later
};
// UserError, with file, line and column, for what is no TOML and for values of other kinds.
std::vector<TomlSetting> ReadTomlSettings(const std::string& path);

// Aligned table "name  default  unit  range  help", one field per line, for --help.
std::string FieldTableText(Config& config, std::string_view indent = "  ");

}  // namespace rookery

#endif  // ROOKERY_CORE_CONFIG_H_
