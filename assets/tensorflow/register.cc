// Makes the kernels ops of TensorFlow's, named Growbench..., when the addon is loaded.
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <string>

#include "kernels.h"
#include "tensorflow/c/ops.h"

extern "C" {
struct TF_KernelBuilder;
TF_KernelBuilder* TF_NewKernelBuilder(const char* op, const char* device, void* (*create)(TF_OpKernelConstruction*),
                                      void (*compute)(void*, TF_OpKernelContext*), void (*destroy)(void*));
void TF_RegisterKernelBuilder(const char* name, TF_KernelBuilder*, TF_Status*);
}

namespace growbench {
namespace {

using Specs = std::initializer_list<const char*>;

void check(TF_Status* status) {
  if (TF_GetCode(status) == TF_OK) return;
  std::fprintf(stderr, "growbench: an op could not be registered: %s\n", TF_Message(status));
  std::abort();
}

void destroy(void* attributes) { delete static_cast<Attributes*>(attributes); }

template <Kernel kernel>
void compute(void* attributes, TF_OpKernelContext* context) {
  Call call(context);
  kernel(*static_cast<Attributes*>(attributes), call);
}

// An attribute that an op has, and where it is kept.
struct Slot {
  const char* name;
  int32_t Attributes::*integer;
  float Attributes::*number;
};

constexpr Slot kSlots[] = {
    {"site", &Attributes::site, nullptr},       {"limit", &Attributes::limit, nullptr},
    {"scale", nullptr, &Attributes::scale},     {"epsilon", nullptr, &Attributes::epsilon},
    {"beta1", nullptr, &Attributes::beta1},     {"beta2", nullptr, &Attributes::beta2},
};

// Bits of `kSlots`, by position.
enum Has : unsigned { kNothing = 0, kMask = 7, kEpsilon = 8, kAdam = 56 };

template <Has has>
void* create(TF_OpKernelConstruction* op) {
  auto* attributes = new Attributes;
  TF_Status* status = TF_NewStatus();
  for (unsigned i = 0; i < 6 && TF_GetCode(status) == TF_OK; i++) {
    const Slot& slot = kSlots[i];
    if ((has >> i & 1u) == 0) continue;
    if (slot.integer != nullptr) TF_OpKernelConstruction_GetAttrInt32(op, slot.name, &(attributes->*slot.integer), status);
    else TF_OpKernelConstruction_GetAttrFloat(op, slot.name, &(attributes->*slot.number), status);
  }
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(op, status);
  TF_DeleteStatus(status);
  return attributes;
}

// Every op's first output has the shape of its first input; of the others, graphs need not know.
void first_like_first(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
  if (TF_GetCode(status) != TF_OK) return;
  TF_ShapeHandle* shape = TF_NewShapeHandle();
  TF_ShapeInferenceContextGetInput(context, 0, shape, status);
  if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextSetOutput(context, 0, shape, status);
  TF_DeleteShapeHandle(shape);
}

void unknown(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}

using Shape = void (*)(TF_ShapeInferenceContext*, TF_Status*);

template <Kernel kernel, Has has = kNothing>
void add(const char* name, Specs inputs, Specs outputs, Shape shape) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(name);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(op, input);
  for (const char* output : outputs) TF_OpDefinitionBuilderAddOutput(op, output);
  for (unsigned i = 0; i < 6; i++) {
    const std::string spec = std::string(kSlots[i].name) + (kSlots[i].integer != nullptr ? ": int" : ": float");
    if ((has >> i & 1u) != 0) TF_OpDefinitionBuilderAddAttr(op, spec.c_str());
  }
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, shape);
  // An op without outputs is there for what it changes.
  TF_OpDefinitionBuilderSetIsStateful(op, outputs.size() == 0);
  TF_RegisterOpDefinition(op, status);
  check(status);
  TF_RegisterKernelBuilder(name, TF_NewKernelBuilder(name, "CPU", create<has>, compute<kernel>, destroy), status);
  check(status);
  TF_DeleteStatus(status);
}

const bool registered = [] {
  const Shape like = first_like_first;
  add<gelu>("GrowbenchGelu", {"x: float"}, {"y: float"}, like);
  add<gelu_grad>("GrowbenchGeluGrad", {"dy: float", "x: float"}, {"dx: float"}, like);
  add<dropout, kMask>("GrowbenchDropout", {"x: float", "seed: int32"}, {"y: float"}, like);
  add<layer_norm, kEpsilon>("GrowbenchLayerNorm", {"x: float", "gain: float", "bias: float"},
                            {"y: float", "normal: float", "inverse: float"}, like);
  add<layer_norm_grad>("GrowbenchLayerNormGrad", {"dy: float", "normal: float", "inverse: float", "gain: float"},
                       {"dx: float", "dgain: float", "dbias: float"}, like);
  add<softmax_grad>("GrowbenchSoftmaxGrad", {"y: float", "dy: float"}, {"dx: float"}, like);
  add<cross_entropy>("GrowbenchCrossEntropy", {"logits: float", "labels: int32"}, {"loss: float", "slope: float"},
                     unknown);
  add<cross_entropy_grad>("GrowbenchCrossEntropyGrad", {"slope: float", "dy: float"}, {"dx: float"}, like);
  add<column_sum>("GrowbenchColumnSum", {"x: float"}, {"sum: float"}, unknown);
  add<adamw, kAdam>("GrowbenchAdamW",
                    {"weight: float", "first: float", "second: float", "gradient: float", "rates: float"}, {}, unknown);
  return true;
}();

}  // namespace
}  // namespace growbench
