// Kernels that work on single elements. Loops load an element once, into a constant: compilers turn them into vector
// instructions only where it is plain that no store changes it in between.
#include <cstddef>

#include "kernels.h"
#include "lanes.h"
#include "parallel.h"

namespace growbench {
namespace {

FOR_EACH_PROCESSOR void gelu_range(const float* x, float* y, int64_t begin, int64_t end) {
#pragma omp simd
  for (int64_t i = begin; i < end; i++) {
    const float input = x[i];
    y[i] = input * normal_below(input, exponential(-0.5f * input * input));
  }
}

// dy (Φ(x) + x φ(x))
FOR_EACH_PROCESSOR void gelu_grad_range(const float* dy, const float* x, float* dx, int64_t begin, int64_t end) {
#pragma omp simd
  for (int64_t i = begin; i < end; i++) {
    const float input = x[i], gaussian = exponential(-0.5f * input * input);
    dx[i] = dy[i] * (normal_below(input, gaussian) + input * gaussian * 0.39894228f);
  }
}

// What of an element's bits is dropped (all below `limit`), and what the others are multiplied by.
struct Mask {
  uint32_t key;
  int32_t limit;
  float scale;
};

constexpr uint32_t kGolden = 0x9e3779b1u;

FOR_EACH_PROCESSOR void drop_range(const float* x, float* y, Mask mask, int64_t begin, int64_t end) {
  const uint32_t key = mask.key;
  const int32_t limit = mask.limit;
  const float scale = mask.scale;
#pragma omp simd
  for (int64_t i = begin; i < end; i++) {
    const int32_t bits = static_cast<int32_t>(mix((static_cast<uint32_t>(i) * kGolden) ^ key));
    const float kept = x[i] * scale;
    y[i] = bits >= limit ? kept : 0.0f;
  }
}

struct Adam {
  float clip, rate, decay, correction, beta1, beta2, epsilon;
};

// Loshchilov & Hutter 2019, Algorithm 2, in PyTorch's form: one pass, in place.
FOR_EACH_PROCESSOR void adamw_range(float* weight, float* first, float* second, const float* gradient, Adam adam,
                                    int64_t begin, int64_t end) {
  const float keep = 1.0f - adam.decay, new1 = 1.0f - adam.beta1, new2 = 1.0f - adam.beta2;
  const float clip = adam.clip, rate = adam.rate, correction = adam.correction;
  const float beta1 = adam.beta1, beta2 = adam.beta2, epsilon = adam.epsilon;
#pragma omp simd
  for (int64_t i = begin; i < end; i++) {
    const float g = gradient[i] * clip;
    const float m = first[i] * beta1 + g * new1;
    const float v = second[i] * beta2 + g * g * new2;
    first[i] = m;
    second[i] = v;
    weight[i] = weight[i] * keep - rate * m / (__builtin_sqrtf(v * correction) + epsilon);
  }
}

template <typename Work>
void over(int64_t size, const Work& work) {
  in_parts(size, parts_of(size, 2), [&](int, int64_t begin, int64_t end) { work(begin, end); });
}

}  // namespace

void gelu(const Attributes&, Call& call) {
  const float* x = call.input<float>(0);
  float* y = call.output(0, call.dims(0));
  if (y != nullptr) over(call.size(0), [&](int64_t begin, int64_t end) { gelu_range(x, y, begin, end); });
}

void gelu_grad(const Attributes&, Call& call) {
  const int64_t size = call.size(0);
  float* dx = call.output_over(0, 0, {0});
  if (dx == nullptr) return;
  const float *dy = call.input<float>(0), *x = call.input<float>(1);
  over(size, [&](int64_t begin, int64_t end) { gelu_grad_range(dy, x, dx, begin, end); });
}

// Bit for bit the mask that the other engines make of the same seed, step, site and rate.
void dropout(const Attributes& attributes, Call& call) {
  const int64_t size = call.size(0);
  const int32_t* fed = call.input<int32_t>(1);
  const uint32_t seeded = mix(static_cast<uint32_t>(fed[0]) * kGolden);
  const uint32_t key = mix(mix(seeded + static_cast<uint32_t>(fed[1])) + static_cast<uint32_t>(attributes.site) * kGolden);
  const Mask mask{key, attributes.limit, attributes.scale};
  float* y = call.output_over(0, 0, {0});
  if (y == nullptr) return;
  const float* x = call.input<float>(0);
  over(size, [&](int64_t begin, int64_t end) { drop_range(x, y, mask, begin, end); });
}

void adamw(const Attributes& attributes, Call& call) {
  float *weight = call.variable(0), *first = call.variable(1), *second = call.variable(2);
  const float *gradient = call.input<float>(3), *rates = call.input<float>(4);
  const Adam adam{rates[0], rates[1], rates[2], rates[3], attributes.beta1, attributes.beta2, attributes.epsilon};
  const int64_t size = call.size(0);
  in_parts(size, parts_of(size, 7), [&](int, int64_t begin, int64_t end) {
    adamw_range(weight, first, second, gradient, adam, begin, end);
  });
}

}  // namespace growbench
