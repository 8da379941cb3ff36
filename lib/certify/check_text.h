#pragma once

#include "evidence/certificate.h"

#include <string>
#include <string_view>
#include <vector>

namespace mops::certify {

/// "0.91", "12.5 ms", with its confidence interval "0.91 (0.89 … 0.93)"; "-" for what could not be measured.
std::string value_text(const evidence::Check& check);
/// "≥ 0.9", "≤ 50 ms", "0 … 1"; "-" without a limit.
std::string limit_text(const model::Limit& limit, std::string_view unit);

/// "latency/p99_ms is 812 ms, expected ≤ 500 ms: …".
std::string sentence_of(const evidence::Check& check);

/// How two versions that were asked the same agree: "other class for 3 % of the rows; only this version is right for 12 rows, only 1.0.0 for 10
/// (McNemar's p is 0.83)". Empty where nothing was compared.
std::string agreement_text(const evidence::Comparison& comparison);

/// Of the checks with the worst verdict the first, in words, and how many others: what a person should read first. Empty when all passed.
std::string reason_of(const std::vector<evidence::Check>& checks);

/// "1,280 requests/s keep to the latency limit", "at least …".
std::string capacity_text(const evidence::Capacity& capacity);

}  // namespace mops::certify
