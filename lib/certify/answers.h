#pragma once

#include "certify/model_client.h"
#include "evidence/certificate.h"

#include <functional>

namespace mops::certify {

/// Rows spread evenly over a data set, at most `count`, first and last among them.
std::vector<uint64_t> spread_rows(uint64_t rows, uint64_t count);

/// Asks for each row alone and keeps the digests of its answer (evidence/answer_digest.h).
Result<evidence::CertifiedAnswers> certify_answers(ModelClient& client, const tensor::Dataset& dataset, const std::vector<uint64_t>& rows,
                                                   double tolerance, std::stop_token stop);

/// Asks a running version for the certified rows: warms it up, and shows that what runs is what was certified. Error: refused,
/// naming the first row whose answer is another one and how many are; the client's errors.
Result<void> verify_answers(ModelClient& client, const tensor::Dataset& dataset, const evidence::CertifiedAnswers& certified, std::stop_token stop);

}  // namespace mops::certify
