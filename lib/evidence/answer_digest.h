#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mops::evidence {

/// One element of an answer. The alternative follows the output's datatype, not the look of the value: an FP64 is always a
/// double. monostate: null. Unsigned 64-bit integers beyond int64_t: as text.
using AnswerValue = std::variant<std::monostate, bool, int64_t, double, std::string>;

/// Certified answers are never stored. Each element leaves a keyed digest instead, which only who has the row can compute:
/// the first 16 hex of hmac_sha256(row_key, "output|element|grid|cell"). `row_key` is the sha256 (bytes) of the row's raw
/// CSV text.
///
/// Texts, booleans, integers, nulls, NaN and infinities: one digest of the value itself (grid `=`).
/// Other doubles x: put on the scale u(x) = x for |x| <= 1, else sign(x) (1 + ln |x|), whose slope is 1 / max(1, |x|), so that
/// one cell width 4 * tolerance serves all magnitudes; two digests, 32 hex, of cell floor(u / width) on grid `0` and
/// floor(u / width + 1/2) on grid `1`. Two values match when one of the two is equal. |x - y| <= tolerance max(1, |x|) always
/// matches (it is less than half a cell); |x - y| > 16 tolerance max(1, |x|) never does. `tolerance`: 0 compares exactly; else
/// it is brought into [1e-12, 0.5], where double precision and the bounds hold.
std::vector<std::string> answer_digests(std::string_view row_key, std::string_view output_name, std::span<const AnswerValue> values, double tolerance);

/// Both sides as made by answer_digests, of one or several outputs one after the other; the same tolerance on both sides.
bool answers_match(std::span<const std::string> certified, std::span<const std::string> served);

}  // namespace mops::evidence
