#include "gui/sensors.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "core/error.h"

namespace rookery::gui {
namespace {

constexpr int64_t kLeastSide = 8;  // px; smaller arrays are tables of numbers

struct PictureShape {
  int64_t frames = 1, height = 0, width = 0, channels = 1;
  bool channel_axis = false;
};

PictureShape ShapeOf(const Shape& shape) {
  PictureShape out;
  size_t axes = shape.size();
  if (axes >= 3 && (shape[axes - 1] == 1 || shape[axes - 1] == 3 || shape[axes - 1] == 4)) {
    out.channel_axis = true;
    out.channels = shape[--axes];
  }
  if (axes < 2) return out;
  out.width = shape[axes - 1];
  out.height = shape[axes - 2];
  for (size_t i = 0; i + 2 < axes; ++i) out.frames *= shape[i];
  return out;
}

// Is the last part of a dotted name this?
bool EndsIn(std::string_view name, std::string_view part) {
  return name == part || (name.ends_with(part) && name[name.size() - part.size() - 1] == '.');
}

Sensor OfObservation(const ArraySpec& spec) {
  const PictureShape shape = ShapeOf(spec.shape);
  Sensor sensor;
  sensor.id = "observation." + spec.name;
  sensor.title = spec.name;
  sensor.help = spec.description;
  sensor.array = spec.name;
  sensor.unit = spec.unit;
  sensor.frames = shape.frames;
  const bool bytes = spec.dtype == DType::kUInt8;
  const bool bounded = std::isfinite(spec.low[0]) && std::isfinite(spec.high[0]);
  const bool unit_range = bounded && spec.low[0] == 0 && spec.high[0] == 1;
  sensor.style.low = bytes || !bounded ? 0 : spec.low[0];
  sensor.style.high = bytes || !bounded ? 255 : spec.high[0];
  sensor.fixed_scale = true;
  sensor.style.table = EndsIn(spec.name, "heightmap.rgb") || EndsIn(spec.name, "heightmap.height");
  if (shape.channels > 1) {
    sensor.style.kind = ImageKind::kColor;
  } else if (EndsIn(spec.name, "segmentation")) {
    sensor.style.kind = ImageKind::kSegmentation;
  } else if (bytes || (unit_range && spec.unit.empty())) {
    sensor.style.kind = ImageKind::kGrey;
  } else {
    sensor.style.kind = ImageKind::kScale;
    sensor.fixed_scale = false;
    sensor.from_zero = EndsIn(spec.name, "height");
  }
  sensor.aspect = static_cast<double>(shape.width) / static_cast<double>(shape.height);
  if (sensor.style.table) sensor.aspect = 1 / sensor.aspect;
  return sensor;
}

// Before the last dot: "front" of "front.rgb".
std::string CameraOf(const std::string& name) {
  const size_t dot = name.rfind('.');
  return dot == std::string::npos ? "" : name.substr(0, dot);
}

void AddCamera(const Camera& camera, const EnvSpec& spec, std::vector<Sensor>* sensors) {
  for (const char* what : {"rgb", "depth", "segmentation"}) {
    const std::string name = camera.name + "." + what;
    if (camera.name.empty() || spec.observation.Find(name) != nullptr) continue;
    Sensor sensor;
    sensor.id = "camera." + name;
    sensor.title = name;
    sensor.source = Sensor::Source::kCamera;
    sensor.camera = camera.name;
    sensor.what = what;
    sensor.help = "what camera " + camera.name + " sees now, drawn by the viewer";
    sensor.fixed_scale = true;
    sensor.aspect = static_cast<double>(camera.width) / std::max(1, camera.height);
    if (sensor.what == "depth") {
      sensor.style.kind = ImageKind::kScale;
      sensor.fixed_scale = false;
      sensor.unit = "m";
    } else if (sensor.what == "segmentation") {
      sensor.style.kind = ImageKind::kSegmentation;
    }
    // Behind the other pictures of this camera.
    auto at = sensors->end();
    for (auto it = sensors->begin(); it != sensors->end(); ++it) {
      if (CameraOf(it->title) == camera.name) at = it + 1;
    }
    sensors->insert(at, std::move(sensor));
  }
}

}  // namespace

bool IsPicture(const ArraySpec& spec) {
  if (spec.dtype != DType::kUInt8 && spec.dtype != DType::kFloat32 &&
      spec.dtype != DType::kFloat64) {
    return false;
  }
  const PictureShape shape = ShapeOf(spec.shape);
  return shape.height >= kLeastSide && shape.width >= kLeastSide && shape.frames > 0;
}

std::vector<Sensor> FindSensors(const EnvSpec& spec, const Scene* scene, bool screen) {
  std::vector<Sensor> sensors;
  for (const ArraySpec& array : spec.observation.arrays()) {
    if (IsPicture(array)) sensors.push_back(OfObservation(array));
  }
  if (scene != nullptr) {
    for (const Camera& camera : scene->cameras) AddCamera(camera, spec, &sensors);
  }
  if (screen) {
    Sensor sensor;
    sensor.id = sensor.title = "screen";
    sensor.help = "the game's screen";
    sensor.source = Sensor::Source::kScreen;
    sensor.fixed_scale = true;
    sensor.aspect = 4.0 / 3;
    sensors.push_back(sensor);
  }
  // At first: all of the first camera, heightmaps, pictures that belong to no camera.
  std::string first;
  for (Sensor& sensor : sensors) {
    const std::string camera = CameraOf(sensor.title);
    if (camera.empty() || sensor.style.table) {
      sensor.shown = true;
      continue;
    }
    if (first.empty()) first = camera;
    sensor.shown = camera == first;
  }
  return sensors;
}

Array FrameOf(const Array& observation, int64_t frame) {
  const PictureShape shape = ShapeOf(observation.shape());
  ROOKERY_CHECK(frame >= 0 && frame < shape.frames);
  Shape out = {shape.height, shape.width};
  if (shape.channel_axis) out.push_back(shape.channels);
  const size_t bytes =
      static_cast<size_t>(NumElements(out) * frame) * ItemSize(observation.dtype());
  auto* data = static_cast<unsigned char*>(const_cast<void*>(observation.data()));
  return Array(observation.dtype(), std::move(out), data + bytes, observation.owner());
}

}  // namespace rookery::gui
