#include "core/config.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>
#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

#include "core/atomic_file.h"
#include "core/error.h"

namespace rookery {
namespace {

std::string Number(double value) {
  // Shortest text that reads back as the same number.
  char text[40];
  const auto [end, error] = std::to_chars(text, text + sizeof(text), value);
  ROOKERY_CHECK(error == std::errc());
  return std::string(text, end);
}

std::string RangeText(const FieldMeta& meta) {
  const bool low = std::isfinite(meta.min), high = std::isfinite(meta.max);
  if (!low && !high) return "";
  return "[" + (low ? Number(meta.min) : "-inf") + ", " + (high ? Number(meta.max) : "inf") + "]";
}

const char* TypeName(const bool*) { return "bool"; }
const char* TypeName(const int*) { return "int"; }
const char* TypeName(const int64_t*) { return "int"; }
const char* TypeName(const double*) { return "float"; }
const char* TypeName(const std::string*) { return "string"; }

std::string ToText(bool value) { return value ? "true" : "false"; }
std::string ToText(int value) { return std::to_string(value); }
std::string ToText(int64_t value) { return std::to_string(value); }
std::string ToText(double value) { return Number(value); }
std::string ToText(const std::string& value) { return value; }

bool Parse(std::string_view text, bool* out) {
  if (text == "true" || text == "1" || text == "on" || text == "yes") return *out = true, true;
  if (text == "false" || text == "0" || text == "off" || text == "no") return *out = false, true;
  return false;
}
template <typename T>
bool ParseNumber(std::string_view text, T* out) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  *out = value;
  return true;
}
bool Parse(std::string_view text, int* out) { return ParseNumber(text, out); }
bool Parse(std::string_view text, int64_t* out) { return ParseNumber(text, out); }
bool Parse(std::string_view text, double* out) {
  return ParseNumber(text, out) && !std::isnan(*out);
}
bool Parse(std::string_view text, std::string* out) { return *out = std::string(text), true; }

// Turns the five overloads into one template method of Derived.
template <typename Derived>
class TemplateVisitor : public FieldVisitor {
 public:
  void Field(const char* n, bool* v, const FieldMeta& m) override { self().Visit(n, v, m); }
  void Field(const char* n, int* v, const FieldMeta& m) override { self().Visit(n, v, m); }
  void Field(const char* n, int64_t* v, const FieldMeta& m) override { self().Visit(n, v, m); }
  void Field(const char* n, double* v, const FieldMeta& m) override { self().Visit(n, v, m); }
  void Field(const char* n, std::string* v, const FieldMeta& m) override { self().Visit(n, v, m); }

 private:
  Derived& self() { return static_cast<Derived&>(*this); }
};

class Lister final : public TemplateVisitor<Lister> {
 public:
  template <typename T>
  void Visit(const char* name, T* value, const FieldMeta& meta) {
    fields.push_back({name, TypeName(value), ToText(*value), meta});
  }
  std::vector<FieldInfo> fields;
};

class Setter final : public TemplateVisitor<Setter> {
 public:
  Setter(std::string_view key, std::string_view text, std::string_view owner)
      : key_(key), text_(text), owner_(owner) {}

  template <typename T>
  void Visit(const char* name, T* value, const FieldMeta& meta) {
    names.emplace_back(name);
    if (key_ != name) return;
    found = true;
    T parsed = *value;
    if (!Parse(text_, &parsed)) {
      throw UserError(Subject(name) + " is not " +
                      (std::is_same_v<T, bool>     ? "true or false"
                       : std::is_same_v<T, double> ? "a number"
                                                   : "an integer") +
                      Owner());
    }
    if constexpr (std::is_same_v<T, std::string>) {
      if (!meta.choices.empty() &&
          std::find(meta.choices.begin(), meta.choices.end(), parsed) == meta.choices.end()) {
        throw UserError(Subject(name) + " is not one of " + Join(meta.choices) +
                        DidYouMean(parsed, meta.choices) + Owner());
      }
    } else if constexpr (!std::is_same_v<T, bool>) {
      const auto number = static_cast<double>(parsed);
      if (number < meta.min || number > meta.max) {
        throw UserError(Subject(name) + " is outside " + RangeText(meta) +
                        (meta.unit.empty() ? "" : " " + meta.unit) + Owner());
      }
    }
    *value = std::move(parsed);
  }

  bool found = false;
  std::vector<std::string> names;

 private:
  std::string Subject(const char* name) const { return std::string(name) + " = " + text_; }
  std::string Owner() const { return " (" + owner_ + ")"; }
  std::string key_, text_, owner_;
};

class JsonWriter final : public TemplateVisitor<JsonWriter> {
 public:
  template <typename T>
  void Visit(const char* name, T* value, const FieldMeta& meta) {
    if constexpr (std::is_same_v<T, std::string>) {
      if (meta.optional && value->empty()) return;
    }
    // JSON has no infinite numbers.
    if constexpr (std::is_same_v<T, double>) {
      if (std::isinf(*value)) {
        object[name] = ToText(*value);
        return;
      }
    }
    object[name] = *value;
  }
  nlohmann::json object = nlohmann::json::object();
};

bool IsTexts(const toml::array& list) {
  return !list.empty() && list.is_homogeneous(toml::node_type::string);
}

}  // namespace

std::vector<FieldInfo> ListFields(Config& config) {
  Lister lister;
  config.Fields(lister);
  return std::move(lister.fields);
}

void SetField(Config& config, std::string_view key, std::string_view value,
              std::string_view owner) {
  Setter setter(key, value, owner);
  config.Fields(setter);
  if (!setter.found) {
    throw UserError("unknown setting '" + std::string(key) + "' for " + std::string(owner) +
                    DidYouMean(key, setter.names) +
                    (setter.names.empty() ? "; it has none" : "; it has " + Join(setter.names)));
  }
}

void SetFields(Config& config, const std::vector<std::string>& items, std::string_view owner) {
  for (const std::string& item : items) {
    const size_t equals = item.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw UserError("setting '" + item + "' for " + std::string(owner) +
                      " is not of the form key=value");
    }
    SetField(config, item.substr(0, equals), item.substr(equals + 1), owner);
  }
  config.Check();
}

nlohmann::json ConfigToJson(Config& config) {
  JsonWriter writer;
  config.Fields(writer);
  return std::move(writer.object);
}

void ConfigFromJson(Config& config, const nlohmann::json& object, std::string_view owner) {
  if (!object.is_object()) {
    throw UserError("config of " + std::string(owner) + " is not a JSON object");
  }
  for (const auto& [key, value] : object.items()) {
    std::string text;
    if (!value.is_primitive() || value.is_null()) {
      throw UserError("'" + key + "' of " + std::string(owner) + " is not a single value");
    }
    if (value.is_string())
      text = value.get<std::string>();
    else if (value.is_number_float())
      text = Number(value.get<double>());
    else
      text = value.dump();
    SetField(config, key, text, owner);
  }
  config.Check();
}

std::vector<TomlSetting> ReadTomlSettings(const std::string& path) {
  const auto where = [&](const toml::source_position& at) {
    return path + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
  };
  toml::table root;
  try {
    root = toml::parse(ReadFile(path), path);
  } catch (const toml::parse_error& error) {
    throw UserError(where(error.source().begin) + ": " + std::string(error.description()));
  }
  std::vector<TomlSetting> out;
  const auto add = [&](const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
      const std::string name = prefix + std::string(key.str());
      std::string text;
      if (const auto* boolean = node.as_boolean()) {
        text = ToText(boolean->get());
      } else if (const auto* integer = node.as_integer()) {
        text = ToText(integer->get());
      } else if (const auto* real = node.as_floating_point()) {
        text = Number(real->get());
      } else if (const auto* string = node.as_string()) {
        text = string->get();
      } else if (const auto* list = node.as_array(); list != nullptr && IsTexts(*list)) {
        // As wrap = ["frame_stack:frames=4", "sensor_shuffle"].
        for (const toml::node& item : *list) {
          text += (text.empty() ? "" : "+") + item.as_string()->get();
        }
      } else if (node.is_table() && prefix.empty()) {
        continue;
      } else {
        throw UserError(where(node.source().begin) + ": '" + name +
                        "' is not a single value or a list of texts");
      }
      out.push_back({name + "=" + text, where(node.source().begin)});
    }
  };
  add(root, "");
  for (const auto& [key, node] : root) {
    if (const toml::table* table = node.as_table()) add(*table, std::string(key.str()) + ".");
  }
  return out;
}

std::string FieldTableText(Config& config, std::string_view indent) {
  const std::vector<FieldInfo> fields = ListFields(config);
  size_t name_width = 0, value_width = 0;
  for (const FieldInfo& field : fields) {
    name_width = std::max(name_width, field.name.size());
    value_width = std::max(value_width, field.value.size());
  }
  std::string text;
  for (const FieldInfo& field : fields) {
    text += std::string(indent) + field.name + std::string(name_width + 2 - field.name.size(), ' ');
    text += field.value + std::string(value_width + 2 - field.value.size(), ' ') + field.meta.help;
    std::string facts = field.meta.unit;
    const std::string range =
        field.meta.choices.empty() ? RangeText(field.meta) : "one of " + Join(field.meta.choices);
    if (!range.empty()) facts = range + (facts.empty() ? "" : " " + facts);
    if (!facts.empty()) text += " (" + facts + ")";
    text += "\n";
  }
  return text;
}

}  // namespace rookery
