// Work split over threads in fixed parts, so that sums do not depend on which thread is free.
#pragma once

#include <cstdint>
#include <functional>

namespace growbench {

// How many parts `count` pieces of `cost` (about so many floats read or written) are split into.
int parts_of(int64_t count, int64_t cost);

// Calls work(part, begin, end) for each part of [0, count), at once where threads are free.
void in_parts(int64_t count, int parts, const std::function<void(int, int64_t, int64_t)>& work);

}  // namespace growbench
