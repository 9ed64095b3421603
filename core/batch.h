// Batch: results of several environments in arrays with a first axis for the environment, and
// BatchRows, into whose rows the environments write themselves.
#ifndef ROOKERY_CORE_BATCH_H_
#define ROOKERY_CORE_BATCH_H_

#include <cstdint>
#include <vector>

#include "core/array.h"
#include "core/env.h"
#include "core/spec.h"

namespace rookery {

// n results; row i is of environment env_id[i].
struct Batch {
  ArrayMap observation;         // each (n, ...)
  Array reward;                 // float64 (n)
  Array terminated, truncated;  // bool (n)
  ArrayMap info;                // each (n, ...)
  Array env_id;                 // int64 (n)
  Array ended;                  // bool (n): the episode ended and final_... has its last rows
  ArrayMap final_observation;   // each (n, ...), empty unless environments are reset at once
  ArrayMap final_info;          // likewise
};

// Zeros; env_id counts up. `finals`: with final_observation and final_info.
Batch MakeBatch(const EnvSpec& spec, int64_t n, bool finals);
// Zeros: each array of the spec with a first axis of n.
ArrayMap BatchOf(const Spec& spec, int64_t n);
// (n, ...) for arrays of shape (...).
Shape WithFirstAxis(int64_t n, const Shape& shape);
// Views of one row of every array. ArrayMap::Ensure writes into them, as nobody shares them.
ArrayMap RowViews(const Spec& spec, ArrayMap* batch, size_t row);
// One row of every array of `to` from the same array of `from`.
void CopyRow(const ArrayMap& from, size_t from_row, ArrayMap* to, size_t to_row);
// The arrays of one environment, which have no axis for it, as a row.
void PutRow(const ArrayMap& one, ArrayMap* batch, size_t row);
// A whole row: observation, reward, flags, info, env_id, finals.
void CopyRow(const Batch& from, size_t from_row, Batch* to, size_t to_row);

// A batch with one StepResult a row, whose arrays are views of it.
class BatchRows {
 public:
  BatchRows(const EnvSpec& spec, int64_t n, bool finals);

  Batch& batch() { return batch_; }
  StepResult& result(size_t row) { return results_[row]; }
  // Copies arrays of result(row) that an environment put elsewhere (it shares them) into the batch.
  void Gather(size_t row);
  // Does nobody else hold one of the batch's arrays?
  bool Free();

 private:
  Batch batch_;
  std::vector<StepResult> results_;
  std::vector<int64_t> owners_;  // use counts of the arrays when nobody else holds them
};

}  // namespace rookery

#endif  // ROOKERY_CORE_BATCH_H_
