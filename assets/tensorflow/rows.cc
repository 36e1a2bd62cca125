// Kernels that work on rows of the last axis.
#include <cmath>
#include <limits>

#include "kernels.h"
#include "lanes.h"
#include "parallel.h"

namespace growbench {
namespace {

FOR_EACH_PROCESSOR float norm_row(const float* x, const float* gain, const float* bias, float epsilon, float* y,
                                  float* normal, int64_t n) {
  float sum = 0, squares = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++) sum += x[i];
  const float mean = sum / static_cast<float>(n);
#pragma omp simd reduction(+ : squares)
  for (int64_t i = 0; i < n; i++) squares += (x[i] - mean) * (x[i] - mean);
  const float inverse = 1.0f / __builtin_sqrtf(squares / static_cast<float>(n) + epsilon);
#pragma omp simd
  for (int64_t i = 0; i < n; i++) {
    const float standard = (x[i] - mean) * inverse;
    normal[i] = standard;
    y[i] = standard * gain[i] + bias[i];
  }
  return inverse;
}

// Adds to dgain and dbias what this row gives them.
FOR_EACH_PROCESSOR void norm_grad_row(const float* dy, const float* normal, float inverse, const float* gain, float* dx,
                                      float* dgain, float* dbias, int64_t n) {
  float total = 0, along = 0;
#pragma omp simd reduction(+ : total, along)
  for (int64_t i = 0; i < n; i++) {
    const float scaled = dy[i] * gain[i];
    total += scaled;
    along += scaled * normal[i];
    dgain[i] += dy[i] * normal[i];
    dbias[i] += dy[i];
  }
  const float mean = total / static_cast<float>(n), share = along / static_cast<float>(n);
#pragma omp simd
  for (int64_t i = 0; i < n; i++) dx[i] = (dy[i] * gain[i] - mean - normal[i] * share) * inverse;
}

FOR_EACH_PROCESSOR void softmax_grad_row(const float* y, const float* dy, float* dx, int64_t n) {
  float total = 0;
#pragma omp simd reduction(+ : total)
  for (int64_t i = 0; i < n; i++) total += dy[i] * y[i];
#pragma omp simd
  for (int64_t i = 0; i < n; i++) dx[i] = (dy[i] - total) * y[i];
}

// Writes softmax(x) to y and gives log Σ e^x.
FOR_EACH_PROCESSOR float softmax_row(const float* x, float* y, int64_t n) {
  float largest = x[0], sum = 0;
#pragma omp simd reduction(max : largest)
  for (int64_t i = 0; i < n; i++) {
    const float logit = x[i];
    largest = logit > largest ? logit : largest;
  }
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++) {
    const float share = exponential(x[i] - largest);
    y[i] = share;
    sum += share;
  }
  const float inverse = 1.0f / sum;
#pragma omp simd
  for (int64_t i = 0; i < n; i++) y[i] *= inverse;
  return largest + std::log(sum);
}

FOR_EACH_PROCESSOR void scale_row(const float* y, float by, float* dx, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; i++) dx[i] = y[i] * by;
}

FOR_EACH_PROCESSOR void add_row(const float* x, float* sum, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; i++) sum[i] += x[i];
}

}  // namespace

void layer_norm(const Attributes& attributes, Call& call) {
  const Dims dims = call.dims(0);
  const int64_t n = dims.back(), rows = call.size(0) / n;
  Dims single = dims;
  single.back() = 1;
  const float *x = call.input<float>(0), *gain = call.input<float>(1), *bias = call.input<float>(2);
  float *y = call.output(0, dims), *normal = call.output(1, dims), *inverse = call.output(2, single);
  if (!call.ok()) return;
  in_parts(rows, parts_of(rows, 3 * n), [&](int, int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row++) {
      const int64_t at = row * n;
      inverse[row] = norm_row(x + at, gain, bias, attributes.epsilon, y + at, normal + at, n);
    }
  });
}

void layer_norm_grad(const Attributes&, Call& call) {
  const Dims dims = call.dims(0);
  const int64_t n = dims.back(), rows = call.size(0) / n;
  float *dx = call.output_over(0, 0, {0}), *dgain = call.output(1, {n}), *dbias = call.output(2, {n});
  if (!call.ok()) return;
  const float *dy = call.input<float>(0), *normal = call.input<float>(1);
  const float *inverse = call.input<float>(2), *gain = call.input<float>(3);
  const int parts = parts_of(rows, 3 * n);
  std::vector<float> sums(static_cast<size_t>(parts * 2 * n), 0.0f);
  in_parts(rows, parts, [&](int part, int64_t begin, int64_t end) {
    float* own = sums.data() + part * 2 * n;
    for (int64_t row = begin; row < end; row++) {
      const int64_t at = row * n;
      norm_grad_row(dy + at, normal + at, inverse[row], gain, dx + at, own, own + n, n);
    }
  });
  for (int part = 1; part < parts; part++) add_row(sums.data() + part * 2 * n, sums.data(), 2 * n);
  std::memcpy(dgain, sums.data(), static_cast<size_t>(n) * sizeof(float));
  std::memcpy(dbias, sums.data() + n, static_cast<size_t>(n) * sizeof(float));
}

void softmax_grad(const Attributes&, Call& call) {
  const int64_t n = call.dims(0).back(), rows = call.size(0) / n;
  float* dx = call.output_over(0, 0, {1});
  if (dx == nullptr) return;
  const float *y = call.input<float>(0), *dy = call.input<float>(1);
  in_parts(rows, parts_of(rows, 2 * n), [&](int, int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row++) softmax_grad_row(y + row * n, dy + row * n, dx + row * n, n);
  });
}

void cross_entropy(const Attributes&, Call& call) {
  const Dims dims = call.dims(0);
  const int64_t rows = dims[0], classes = dims[1];
  const int32_t* labels = call.input<int32_t>(1);
  float* loss = call.output(0, {rows});
  const float* logits = call.input<float>(0);
  float* y = call.output(1, dims);
  if (!call.ok()) return;
  in_parts(rows, parts_of(rows, 2 * classes), [&](int, int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row++) {
      const float* x = logits + row * classes;
      const bool known = labels[row] >= 0 && labels[row] < classes;
      const float wanted = known ? x[labels[row]] : std::numeric_limits<float>::quiet_NaN();
      loss[row] = softmax_row(x, y + row * classes, classes) - wanted;
      // What is left of it is the gradient.
      if (known) y[row * classes + labels[row]] -= 1.0f;
    }
  });
}

void cross_entropy_grad(const Attributes&, Call& call) {
  const Dims dims = call.dims(0);
  const int64_t rows = dims[0], classes = dims[1];
  float* dx = call.output_over(0, 0, {0});
  if (dx == nullptr) return;
  const float *y = call.input<float>(0), *dy = call.input<float>(1);
  in_parts(rows, parts_of(rows, classes), [&](int, int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row++) scale_row(y + row * classes, dy[row], dx + row * classes, classes);
  });
}

// The sum over rows: what a bias gets.
void column_sum(const Attributes&, Call& call) {
  const int64_t n = call.dims(0).back(), rows = call.size(0) / n;
  const float* x = call.input<float>(0);
  float* sum = call.output(0, {n});
  if (sum == nullptr) return;
  // Parts are columns: each is added up from the first row to the last.
  in_parts(n, parts_of(n, rows), [&](int, int64_t begin, int64_t end) {
    std::memset(sum + begin, 0, static_cast<size_t>(end - begin) * sizeof(float));
    for (int64_t row = 0; row < rows; row++) add_row(x + row * n + begin, sum + begin, end - begin);
  });
}

}  // namespace growbench
