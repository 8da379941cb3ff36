#pragma once

#include "certify/report.h"

#include <string>
#include <utility>
#include <vector>

namespace mops::certify {

// What HTML and Markdown both say. All are plain texts.

/// A check as a row.
struct CheckRow {
  std::string name;
  std::string meaning;  ///< in plain words; empty where nobody wrote some
  std::string value;
  std::string limit;
  std::string count;
  Verdict verdict = Verdict::inconclusive;
  std::string note;
};
/// What did not pass comes first; within that the order of the certificate.
std::vector<CheckRow> check_rows(const evidence::Certificate& certificate);

/// A number of both versions.
struct ComparisonRow {
  std::string name;
  std::string current;
  std::string candidate;
  std::string difference;
  std::string word;  ///< better, worse, equal
};
std::vector<ComparisonRow> comparison_rows(const evidence::Certificate& candidate, const evidence::Certificate& current);
/// "Better in roc_auc (0.669, now 0.768); worse in latency p50 (2 ms, now 3 ms)." Empty where nothing is either.
std::string comparison_sentence(const std::vector<ComparisonRow>& rows);

/// A metric of both versions on the same rows.
struct DifferenceRow {
  std::string name;
  std::string current;
  std::string candidate;
  std::string difference;  ///< with its interval
  std::string word;        ///< better, worse, equal; "may be chance" when the interval holds 0
};
/// None where nothing was compared.
std::vector<DifferenceRow> difference_rows(const evidence::Certificate& certificate);

/// What was measured, where and when: (name, value).
std::vector<std::pair<std::string, std::string>> fact_rows(const ReportOrder& order);

}  // namespace mops::certify
