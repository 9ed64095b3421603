// Arrays to and from NumPy, without copies.
#ifndef ROOKERY_PYTHON_ARRAYS_H_
#define ROOKERY_PYTHON_ARRAYS_H_

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include "core/array.h"
#include "core/spec.h"

namespace rookery::python {

namespace nb = nanobind;

using AnyArray = nb::ndarray<nb::c_contig, nb::device::cpu, nb::ro>;

// A NumPy array on the same memory, which it keeps alive.
nb::object ToNumpy(const Array& array);
// Names with NumPy arrays / with values: scalars are Python's own.
using Arrays = nb::typed<nb::dict, nb::str, nb::ndarray<nb::numpy>>;
using Values = nb::typed<nb::dict, nb::str, nb::any>;
Arrays ToNumpy(const ArrayMap& map);
Values ToValues(const ArrayMap& map);

// An Array on NumPy's memory, which it keeps alive; ValueError for a dtype that Arrays lack.
Array FromNumpy(const AnyArray& array);
// dict of arrays, which must be contiguous.
ArrayMap FromNumpy(const nb::dict& arrays);

// [{"name", "dtype", "shape", "low", "high", "unit", "description", "discrete", "quaternion",
// "choices"}, ...]
nb::typed<nb::list, Values> SpecToPython(const Spec& spec);

}  // namespace rookery::python

#endif  // ROOKERY_PYTHON_ARRAYS_H_
