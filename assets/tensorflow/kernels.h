// The kernels: what a training step does between its matrix products, each in as few passes over memory as it takes.
#pragma once

#include "call.h"

namespace growbench {

using Kernel = void (*)(const Attributes&, Call&);

void gelu(const Attributes&, Call&);
void gelu_grad(const Attributes&, Call&);
void dropout(const Attributes&, Call&);
void adamw(const Attributes&, Call&);
void layer_norm(const Attributes&, Call&);
void layer_norm_grad(const Attributes&, Call&);
void softmax_grad(const Attributes&, Call&);
void cross_entropy(const Attributes&, Call&);
void cross_entropy_grad(const Attributes&, Call&);
void column_sum(const Attributes&, Call&);

}  // namespace growbench
