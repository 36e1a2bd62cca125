// One call of a kernel: its inputs and outputs as plain arrays. TensorFlow's C interface only, so that one build of
// this fits every TensorFlow that has it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "tensorflow/c/tf_datatype.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

// Of tensorflow/c/kernels.h, which wheels ship without the headers that it includes.
extern "C" {
struct TF_OpKernelContext;
struct TF_OpKernelConstruction;
void TF_GetInput(TF_OpKernelContext*, int index, TF_Tensor**, TF_Status*);
TF_Tensor* TF_AllocateOutput(TF_OpKernelContext*, int index, TF_DataType, const int64_t* dims, int rank, size_t bytes,
                             TF_Status*);
TF_Tensor* TF_ForwardInputOrAllocateOutput(TF_OpKernelContext*, const int* candidates, int count, int index,
                                           const int64_t* dims, int rank, int* forwarded, TF_Status*);
void TF_OpKernelContext_Failure(TF_OpKernelContext*, TF_Status*);
void TF_OpKernelConstruction_GetAttrInt32(TF_OpKernelConstruction*, const char* name, int32_t*, TF_Status*);
void TF_OpKernelConstruction_GetAttrFloat(TF_OpKernelConstruction*, const char* name, float*, TF_Status*);
void TF_OpKernelConstruction_Failure(TF_OpKernelConstruction*, TF_Status*);
}

namespace growbench {

using Dims = std::vector<int64_t>;

// An op's attributes; an op has those that its definition names.
struct Attributes {
  int32_t site = 0, limit = 0;
  float scale = 0, epsilon = 0, beta1 = 0, beta2 = 0;
};

class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {}
  ~Call() {
    if (!ok()) TF_OpKernelContext_Failure(context_, status_);
    for (TF_Tensor* tensor : held_) TF_DeleteTensor(tensor);
    TF_DeleteStatus(status_);
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  bool ok() const { return TF_GetCode(status_) == TF_OK; }
  void fail(const char* why) { TF_SetStatus(status_, TF_INVALID_ARGUMENT, why); }

  template <typename T>
  const T* input(int index) {
    return static_cast<const T*>(TF_TensorData(tensor(index)));
  }
  // The numbers of a variable's value, to be written to: a read shares them with the variable.
  float* variable(int index) { return static_cast<float*>(TF_TensorData(tensor(index))); }
  int64_t size(int index) { return TF_TensorElementCount(tensor(index)); }
  Dims dims(int index) {
    TF_Tensor* of = tensor(index);
    Dims dims(TF_NumDims(of));
    for (int axis = 0; axis < TF_NumDims(of); axis++) dims[axis] = TF_Dim(of, axis);
    return dims;
  }

  float* output(int index, const Dims& dims) {
    int64_t size = 1;
    for (int64_t dim : dims) size *= dim;
    return data(TF_AllocateOutput(context_, index, TF_FLOAT, dims.data(), static_cast<int>(dims.size()),
                                  static_cast<size_t>(size) * sizeof(float), status_));
  }
  // An output of an input's shape, in the place of one of the inputs that nothing else needs, where there is one.
  float* output_over(int index, int like, std::initializer_list<int> inputs) {
    const Dims dims = this->dims(like);
    // TensorFlow forwards only what nobody else holds.
    for (int input : inputs) release(input);
    int forwarded = -1;
    return data(TF_ForwardInputOrAllocateOutput(context_, inputs.begin(), static_cast<int>(inputs.size()), index,
                                                dims.data(), static_cast<int>(dims.size()), &forwarded, status_));
  }

 private:
  TF_Tensor* tensor(int index) {
    if (index >= static_cast<int>(inputs_.size())) inputs_.resize(index + 1, nullptr);
    if (inputs_[index] == nullptr) {
      TF_GetInput(context_, index, &inputs_[index], status_);
      held_.push_back(inputs_[index]);
    }
    return inputs_[index];
  }
  void release(int index) {
    if (index >= static_cast<int>(inputs_.size()) || inputs_[index] == nullptr) return;
    for (TF_Tensor*& tensor : held_) {
      if (tensor != inputs_[index]) continue;
      TF_DeleteTensor(tensor);
      tensor = held_.back();
      held_.pop_back();
      break;
    }
    inputs_[index] = nullptr;
  }
  float* data(TF_Tensor* tensor) {
    if (!ok() || tensor == nullptr) return nullptr;
    held_.push_back(tensor);
    return static_cast<float*>(TF_TensorData(tensor));
  }

  TF_OpKernelContext* context_;
  TF_Status* status_;
  std::vector<TF_Tensor*> inputs_, held_;
};

}  // namespace growbench
