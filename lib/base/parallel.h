#pragma once

#include "base/result.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

namespace mops {

struct ParallelOptions {
  size_t threads = 0;    ///< the calling one included, fewer where the system grants no more; 0: as many as there are processors
  size_t window = 0;     ///< how far work may run ahead of what was taken: bounds memory; 0: 32 for each thread
  std::stop_token stop;  ///< then no further item is begun, and the answer is ErrorCode::interrupted
};

/// The one parallel loop. `work(index, slot)` is called once for each index below `count`, on several threads; then
/// `take(index, slot)` on the calling thread, in the order of the indices, one at a time. `slot` is below `slots_of(options)` and
/// belongs to this index until it was taken: keep its result there. Ends at the first error of `take`, which is returned; work that
/// was begun is finished first. What `work` or `take` throws is thrown here in the same way.
Result<void> run_in_order(size_t count, const ParallelOptions& options, const std::function<void(size_t index, size_t slot)>& work,
                          const std::function<Result<void>(size_t index, size_t slot)>& take);
size_t slots_of(const ParallelOptions& options);

/// run_in_order for a `work` that makes a T of an index, and a `take` that is given it.
template <typename T, typename Work, typename Take>
Result<void> for_each_in_order(size_t count, const ParallelOptions& options, Work&& work, Take&& take) {
  std::vector<std::optional<T>> results(slots_of(options));
  return run_in_order(
      count, options, [&](size_t index, size_t slot) { results[slot].emplace(work(index)); },
      [&](size_t index, size_t slot) -> Result<void> {
        T result = *std::move(results[slot]);
        results[slot].reset();
        return take(index, std::move(result));
      });
}

}  // namespace mops
