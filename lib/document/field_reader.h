#pragma once

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "document/document.h"

#include <optional>
#include <string>
#include <string_view>

namespace mops::document {

/// Reads the fields of documents that programs write for programs: remembers the first field that is missing or of another
/// kind, so that a reader is a list of assignments with one check at its end. Unknown fields are ignored. Borrows the node.
class FieldReader {
 public:
  /// `what` is the subject of the error: "journal record".
  FieldReader(const Node& map, std::string what);
  /// The root of a document; a document that is not sound, or no map, is the first problem.
  explicit FieldReader(const Document& document);

  std::string text(std::string_view key);
  std::optional<std::string> optional_text(std::string_view key);
  bool boolean(std::string_view key);
  uint64_t count(std::string_view key);
  int64_t integer(std::string_view key);
  double number(std::string_view key);
  std::optional<double> optional_number(std::string_view key);
  Digest digest(std::string_view key);
  std::optional<Digest> optional_digest(std::string_view key);
  SystemTime time(std::string_view key);
  std::optional<SystemTime> optional_time(std::string_view key);
  /// Never null: an empty list or map when it is missing.
  const Node& list(std::string_view key);
  const Node& map(std::string_view key);
  /// nullptr when it is missing or null.
  const Node* optional_map(std::string_view key);

  /// A field whose text `parse` must take: `fields.parsed("version", Version::parse)`.
  template <typename Parse>
  auto parsed(std::string_view key, Parse parse) {
    auto value = parse(text(key));
    using Parsed = typename decltype(value)::value_type;
    if (value) return std::move(*value);
    complain(key, value.error().message);
    return Parsed{};
  }

  /// Adopts the problem of a reader of a nested map.
  void include(const FieldReader& nested);
  void complain(std::string_view key, std::string_view problem);
  /// Error: invalid, the first problem.
  [[nodiscard]] Result<void> result() const;

 private:
  const Node* need(std::string_view key, std::string_view expected, bool (*fits)(const Node&));
  const Node* optional(std::string_view key, std::string_view expected, bool (*fits)(const Node&));

  const Node* map_;
  std::string what_;
  std::string problem_;
};

}  // namespace mops::document
