// Arithmetic in the ways of NumPy, where a peer's results are to be met to the last bit.
#ifndef ROOKERY_ENVS_CONTROL_NUMPY_MATH_H_
#define ROOKERY_ENVS_CONTROL_NUMPY_MATH_H_

namespace rookery::numpy {

// `x ** 2` of a scalar: the C library's pow, which is not always x * x.
double Squared(double x);
float Squared(float x);

// `x % y` for y > 0: in [0, y).
double Remainder(double x, double y);

// Sine and cosine of a float32, as NumPy's vector code on processors with fused multiply-add:
// reduced to [-pi/4, pi/4] in three parts, then a minimax polynomial.
float Sin(float x);
float Cos(float x);

}  // namespace rookery::numpy

#endif  // ROOKERY_ENVS_CONTROL_NUMPY_MATH_H_
