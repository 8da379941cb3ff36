#pragma once

#include "base/digest.h"
#include "base/result.h"
#include "document/document.h"
#include "model/compatibility.h"
#include "model/version.h"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mops::model {

/// A number as it was written: comparing is done at its digits ("0.98" equals 0.9812).
struct WrittenNumber {
  std::string text;
  Span span;
};

/// The sections of Keep a Changelog, in its order.
inline constexpr std::array<std::string_view, 6> k_notes_sections = {"added", "changed", "deprecated", "removed", "fixed", "security"};

/// What changed since an earlier version: the numbers are differences, new minus old.
struct NotesChanges {
  Version against;
  Span against_span;
  std::map<std::string, WrittenNumber> metrics;
  std::map<std::string, WrittenNumber> performance;
  std::optional<Compatibility> interface;
  std::optional<Span> interface_span;
};

/// `release-notes/X.Y.Z.yaml`. `facts` are what evidence must confirm.
struct Notes {
  Version version;
  std::string date;                                          ///< 2026-11-23
  std::string summary;
  std::map<std::string, std::vector<std::string>> sections;  ///< by k_notes_sections
  bool no_user_visible_change = false;
  std::optional<Digest> payload;
  std::optional<Digest> certificate;
  std::map<std::string, WrittenNumber> metrics;
  std::map<std::string, WrittenNumber> performance;          ///< p50_ms, p99_ms, throughput_per_second, error_share
  std::optional<NotesChanges> changes = {};
  std::optional<Span> facts_span = {};                       ///< where all facts, version, payload and certificate stand
  std::optional<Span> version_span = {};
  std::optional<Span> payload_span = {};
  std::optional<Span> certificate_span = {};
};

Result<Notes> read_notes(const document::Document& document);

/// What a draft says where a person must write.
inline constexpr std::string_view k_draft_summary = "Say in one sentence what is better for whom.";
inline constexpr std::string_view k_draft_change = "Say what changed, and why.";
/// True for those sentences, and for what begins like the summary's.
bool is_draft_text(std::string_view text);

/// True if `value`, rounded to as many digits after the point as `text` has, prints as `text` ("0.98" for 0.9812; "1e-3" is
/// compared at the digits of its mantissa). False when `text` is not a number.
bool equal_at_written_digits(std::string_view text, double value);

}  // namespace mops::model
