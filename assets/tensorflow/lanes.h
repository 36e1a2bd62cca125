// Functions of single floats, in a form that compilers turn into vector instructions.
#pragma once


#include <cstdint>
#include <cstring>

// One build for several processors: the loader takes the best one.
#if defined(__x86_64__) && defined(__linux__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif
#define LANE static inline __attribute__((always_inline))

namespace growbench {

// e^x to about 2 units in the last place: x = n ln 2 + r, a degree-6 polynomial in r (Cephes' expf), times 2^n.
LANE float exponential(float argument) {
  const float x = argument < -87.3f ? -87.3f : argument > 88.0f ? 88.0f : argument;
  // Adding 1.5 * 2^23 rounds to an integer.
  const float n = (x * 1.44269504f + 12582912.0f) - 12582912.0f;
  // ln 2 in two parts, so that n ln 2 loses nothing.
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  const int32_t bits = (static_cast<int32_t>(n) + 127) << 23;
  float power;
  std::memcpy(&power, &bits, sizeof power);
  return p * power;
}

// Φ(x), the share of a standard normal distribution below x, given e^(-x²/2): Abramowitz & Stegun 7.1.26, to 3e-7.
LANE float normal_below(float x, float gaussian) {
  const float z = __builtin_fabsf(x) * 0.70710678f;
  const float t = 1.0f / (1.0f + 0.3275911f * z);
  float p = 1.061405429f;
  p = p * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  const float above = 0.5f * p * t * gaussian;
  return x < 0 ? above : 1.0f - above;
}

// Spreads every bit of an integer over all bits (Chris Wellons' "lowbias32").
LANE uint32_t mix(uint32_t x) {
  x = (x ^ (x >> 16)) * 0x7feb352du;
  x = (x ^ (x >> 15)) * 0x846ca68bu;
  return x ^ (x >> 16);
}

}  // namespace growbench
