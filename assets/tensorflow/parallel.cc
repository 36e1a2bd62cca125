#include "parallel.h"

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace growbench {
namespace {

// Below so many floats a thread's waking costs more than it saves.
constexpr int64_t kWorthAThread = 32768;

// Numbers too small for a normal float count as 0, as in TensorFlow's own threads: they are slow.
void flush_denormals() {
#if defined(__SSE2__)
  _mm_setcsr(_mm_getcsr() | 0x8040);
#endif
}

// The number that TensorFlow was told for the threads of one op.
int threads() {
  static const int count = [] {
    const char* told = std::getenv("TF_NUM_INTRAOP_THREADS");
    const int asked = told == nullptr ? 0 : std::atoi(told);
    return std::max(1, asked > 0 ? asked : static_cast<int>(std::thread::hardware_concurrency()));
  }();
  return count;
}

class Team {
 public:
  explicit Team(int helpers) {
    for (int i = 0; i < helpers; i++) std::thread([this] { help(); }).detach();
  }

  void run(int parts, const std::function<void(int)>& work) {
    std::unique_lock<std::mutex> turn(turn_, std::try_to_lock);
    // Another op has the team: do it alone rather than wait.
    if (!turn.owns_lock()) {
      for (int part = 0; part < parts; part++) work(part);
      return;
    }
    std::unique_lock<std::mutex> lock(mutex_);
    work_ = &work;
    next_ = 0;
    parts_ = left_ = parts;
    wake_.notify_all();
    take_parts(lock);
    done_.wait(lock, [this] { return left_ == 0; });
    work_ = nullptr;
  }

 private:
  void help() {
    flush_denormals();
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return work_ != nullptr && next_ < parts_; });
      take_parts(lock);
    }
  }
  void take_parts(std::unique_lock<std::mutex>& lock) {
    while (next_ < parts_) {
      const int part = next_++;
      const std::function<void(int)>* work = work_;
      lock.unlock();
      (*work)(part);
      lock.lock();
      if (--left_ == 0) done_.notify_one();
    }
  }

  std::mutex turn_, mutex_;
  std::condition_variable wake_, done_;
  const std::function<void(int)>* work_ = nullptr;
  int next_ = 0, parts_ = 0, left_ = 0;
};

}  // namespace

int parts_of(int64_t count, int64_t cost) {
  const int64_t worth = std::max<int64_t>(1, count * cost / kWorthAThread);
  return static_cast<int>(std::min({worth, static_cast<int64_t>(threads()), std::max<int64_t>(1, count)}));
}

void in_parts(int64_t count, int parts, const std::function<void(int, int64_t, int64_t)>& work) {
  const auto one = [&](int part) { work(part, count * part / parts, count * (part + 1) / parts); };
  if (parts == 1) return one(0);
  // Never destroyed: its threads may outlive what the process destroys at its end.
  static Team* team = new Team(threads() - 1);
  team->run(parts, one);
}

}  // namespace growbench
