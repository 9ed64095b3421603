#include "core/batch.h"

#include <cstring>
#include <memory>

namespace rookery {
namespace {

size_t RowBytes(const Array& batch) {
  const int64_t n = batch.shape()[0];
  return n == 0 ? 0 : batch.nbytes() / static_cast<size_t>(n);
}
char* RowOf(Array* batch, size_t row) {
  return static_cast<char*>(batch->data()) + row * RowBytes(*batch);
}
void CopyRow(const Array& from, size_t from_row, Array* to, size_t to_row) {
  const size_t bytes = RowBytes(from);
  std::memcpy(RowOf(to, to_row), static_cast<const char*>(from.data()) + from_row * bytes, bytes);
}

template <typename Body>
void ForEachArray(Batch& batch, Body body) {
  for (Array* array :
       {&batch.reward, &batch.terminated, &batch.truncated, &batch.env_id, &batch.ended}) {
    body(*array);
  }
  for (ArrayMap* map :
       {&batch.observation, &batch.info, &batch.final_observation, &batch.final_info}) {
    for (auto& [name, array] : *map) body(array);
  }
}

}  // namespace

Shape WithFirstAxis(int64_t n, const Shape& shape) {
  Shape out = {n};
  out.insert(out.end(), shape.begin(), shape.end());
  return out;
}

ArrayMap BatchOf(const Spec& spec, int64_t n) {
  ArrayMap out;
  for (const ArraySpec& array : spec.arrays()) {
    out.Set(array.name, Array(array.dtype, WithFirstAxis(n, array.shape)));
  }
  return out;
}

Batch MakeBatch(const EnvSpec& spec, int64_t n, bool finals) {
  Batch batch{.observation = BatchOf(spec.observation, n),
              .reward = Array(DType::kFloat64, {n}),
              .terminated = Array(DType::kBool, {n}),
              .truncated = Array(DType::kBool, {n}),
              .info = BatchOf(spec.info, n),
              .env_id = Array(DType::kInt64, {n}),
              .ended = Array(DType::kBool, {n}),
              .final_observation = finals ? BatchOf(spec.observation, n) : ArrayMap(),
              .final_info = finals ? BatchOf(spec.info, n) : ArrayMap()};
  for (int64_t i = 0; i < n; ++i) batch.env_id.As<int64_t>()[static_cast<size_t>(i)] = i;
  return batch;
}

ArrayMap RowViews(const Spec& spec, ArrayMap* batch, size_t row) {
  ArrayMap out;
  for (const ArraySpec& array : spec.arrays()) {
    Array& whole = batch->at(array.name);
    // An owner of its own for each view: what counts as shared is the row, not the batch.
    out.Set(array.name, Array(array.dtype, array.shape, RowOf(&whole, row),
                              std::make_shared<std::shared_ptr<void>>(whole.owner())));
  }
  return out;
}

void CopyRow(const ArrayMap& from, size_t from_row, ArrayMap* to, size_t to_row) {
  for (auto& [name, array] : *to) CopyRow(from.at(name), from_row, &array, to_row);
}

void PutRow(const ArrayMap& one, ArrayMap* batch, size_t row) {
  for (auto& [name, array] : *batch) {
    const Array& from = one.at(name);
    std::memcpy(RowOf(&array, row), from.data(), from.nbytes());
  }
}

void CopyRow(const Batch& from, size_t from_row, Batch* to, size_t to_row) {
  CopyRow(from.reward, from_row, &to->reward, to_row);
  CopyRow(from.terminated, from_row, &to->terminated, to_row);
  CopyRow(from.truncated, from_row, &to->truncated, to_row);
  CopyRow(from.env_id, from_row, &to->env_id, to_row);
  CopyRow(from.ended, from_row, &to->ended, to_row);
  CopyRow(from.observation, from_row, &to->observation, to_row);
  CopyRow(from.info, from_row, &to->info, to_row);
  CopyRow(from.final_observation, from_row, &to->final_observation, to_row);
  CopyRow(from.final_info, from_row, &to->final_info, to_row);
}

BatchRows::BatchRows(const EnvSpec& spec, int64_t n, bool finals)
    : batch_(MakeBatch(spec, n, finals)), results_(static_cast<size_t>(n)) {
  for (size_t i = 0; i < results_.size(); ++i) {
    results_[i].observation = RowViews(spec.observation, &batch_.observation, i);
    results_[i].info = RowViews(spec.info, &batch_.info, i);
  }
  ForEachArray(batch_, [&](Array& array) { owners_.push_back(array.owner().use_count()); });
}

void BatchRows::Gather(size_t row) {
  const auto gather = [&](const ArrayMap& result, ArrayMap* batch) {
    auto whole = batch->begin();  // in the order of the specification, as the result is
    for (const auto& [name, array] : result) {
      char* const to = RowOf(&whole->second, row);
      if (array.data() != to) std::memcpy(to, array.data(), array.nbytes());
      ++whole;
    }
  };
  gather(results_[row].observation, &batch_.observation);
  gather(results_[row].info, &batch_.info);
}

bool BatchRows::Free() {
  size_t i = 0;
  bool free = true;
  ForEachArray(batch_,
               [&](Array& array) { free = free && array.owner().use_count() == owners_[i++]; });
  return free;
}

}  // namespace rookery
