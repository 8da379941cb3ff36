#pragma once

#include "base/digest.h"
#include "base/result.h"
#include "document/document.h"
#include "model/version.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mops::model {

/// A number as it was written: comparing is done at its digits ("0.98" equals 0.9812).
struct WrittenNumber {
  std::string text;
  Span span;
};

/// `release-notes/X.Y.Z.yaml`. `facts` are what evidence must confirm.
struct Notes {
  Version version;
  std::string date;                                          ///< 2026-11-23
  std::string summary;
  std::map<std::string, std::vector<std::string>> sections;  ///< Keep a Changelog: added, changed, deprecated, removed, fixed, security
  std::optional<Digest> payload;
  std::optional<Digest> certificate;
  std::map<std::string, WrittenNumber> metrics;
  std::map<std::string, WrittenNumber> performance;          ///< p50_ms, p99_ms, throughput_per_second, error_share
  std::optional<Span> version_span = {};                     ///< where version, payload and certificate stand
  std::optional<Span> payload_span = {};
  std::optional<Span> certificate_span = {};
};

Result<Notes> read_notes(const document::Document& document);

/// True if `value`, rounded to as many digits after the point as `text` has, prints as `text` ("0.98" for 0.9812; "1e-3" is
/// compared at the digits of its mantissa). False when `text` is not a number.
bool equal_at_written_digits(std::string_view text, double value);

}  // namespace mops::model
