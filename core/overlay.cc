#include "core/overlay.h"

#include <string_view>

#include "core/error.h"

namespace rookery {
namespace {

// -1 in `shape`: any extent from 1.
void Require(const std::string& name, const Array& array, DType dtype, const Shape& shape) {
  bool fits = array.dtype() == dtype && array.shape().size() == shape.size();
  std::string wanted;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (fits) fits = shape[i] < 0 ? array.shape()[i] > 0 : array.shape()[i] == shape[i];
    wanted += (i == 0 ? "" : ", ") + (shape[i] < 0 ? std::string("any") : std::to_string(shape[i]));
  }
  if (fits) return;
  throw UserError("explanation " + name + " is " + DTypeName(array.dtype()) + " " +
                  ShapeText(array.shape()) + "; expected " + DTypeName(dtype) + " (" + wanted +
                  ")");
}

struct Kind {
  const char* prefix;
  DType dtype;
  Shape shape;
  void (*put)(const Array& array, OverlayItem* item);
};

template <Array OverlayItem::*member>
void Share(const Array& array, OverlayItem* item) {
  item->*member = array;
}

const std::vector<Kind>& Kinds() {
  static const auto* kinds = new std::vector<Kind>{
      {kExplainHeatmap, DType::kFloat32, {-1, -1}, Share<&OverlayItem::heatmap>},
      {kExplainAngle, DType::kFloat32, {-1}, Share<&OverlayItem::angles>},
      {kExplainPixel,
       DType::kInt64,
       {2},
       [](const Array& array, OverlayItem* item) {
         const auto pixel = array.As<int64_t>();
         item->pixel = {pixel[0], pixel[1]};
       }},
      {kExplainYaw,
       DType::kFloat64,
       {},
       [](const Array& array, OverlayItem* item) { item->yaw = array.AsDouble(); }},
      {kExplainPose,
       DType::kFloat64,
       {7},
       [](const Array& array, OverlayItem* item) {
         const auto p = array.As<double>();
         item->pose = Pose{{p[0], p[1], p[2]}, {p[3], p[4], p[5], p[6]}};
       }},
      {kExplainCloud, DType::kFloat32, {-1, 4}, Share<&OverlayItem::cloud>},
      {kExplainLandscape, DType::kFloat32, {-1, -1}, Share<&OverlayItem::landscape>},
      {kExplainRange,
       DType::kFloat64,
       {4},
       [](const Array& array, OverlayItem* item) {
         for (int64_t i = 0; i < 4; ++i) item->range[static_cast<size_t>(i)] = array.AsDouble(i);
       }},
      {kExplainSamples, DType::kFloat32, {-1, 3}, Share<&OverlayItem::samples>},
      {kExplainPatches, DType::kFloat32, {-1, -1}, Share<&OverlayItem::patches>},
      {kExplainWeights, DType::kFloat32, {-1}, Share<&OverlayItem::weights>},
      {kExplainVideo, DType::kUInt8, {-1, -1, -1, 3}, Share<&OverlayItem::video>},
  };
  return *kinds;
}

}  // namespace

std::vector<OverlayItem> MakeOverlay(const ArrayMap& explanation) {
  std::vector<OverlayItem> items;
  for (const auto& [name, array] : explanation) {
    const Kind* found = nullptr;
    for (const Kind& kind : Kinds()) {
      if (name.starts_with(kind.prefix)) found = &kind;
    }
    if (found == nullptr) {
      std::string known;
      for (const Kind& kind : Kinds())
        known += (known.empty() ? "" : ", ") + std::string(kind.prefix);
      throw UserError("explanation " + name + " means nothing; names begin with " + known);
    }
    Require(name, array, found->dtype, found->shape);
    const std::string what = name.substr(std::string_view(found->prefix).size());
    OverlayItem* item = nullptr;
    for (OverlayItem& other : items) {
      if (other.name == what) item = &other;
    }
    if (item == nullptr) {
      item = &items.emplace_back();
      item->name = what;
    }
    found->put(array, item);
  }
  return items;
}

}  // namespace rookery
