#pragma once

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "document/document.h"

#include <chrono>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mops::document {

class Reader;

/// A value inside a document that is being read, or its absence. Getters never fail: what does not fit is told to the Reader
/// (which keeps the first problem), and a default is returned. Borrows its Reader and the document.
class Field {
 public:
  /// Absent: not in the document, or below something that was no map.
  [[nodiscard]] bool present() const { return node_ != nullptr; }
  [[nodiscard]] const Node* node() const { return node_; }

  /// The value under a key that must be there. Of an absent field: absent, without a further problem.
  [[nodiscard]] Field at(std::string_view key) const;
  /// The value under a key that may be missing.
  [[nodiscard]] Field maybe(std::string_view key) const;
  /// The same for documents that programs write, where null stands for absent.
  [[nodiscard]] Field nullable(std::string_view key) const;

  /// The value, or the default when absent. Numbers: finite. `count`: an integer >= 0. `path`: relative, inside the folder,
  /// without `.`, `..`, empty parts and line breaks. `seconds`: a number within the bounds, to the millisecond. `scalar`: any
  /// single value but null, as it was written. `time`: RFC 3339. `choice`: one of the words. `parsed`: a text that `parse` (std::string_view -> Result<T>) takes.
  [[nodiscard]] std::string text(std::string_view when_absent = {}) const;
  [[nodiscard]] std::string scalar() const;
  [[nodiscard]] std::string path() const;
  [[nodiscard]] double number(double when_absent = 0) const;
  [[nodiscard]] std::chrono::milliseconds seconds(double least, double most, std::chrono::milliseconds when_absent) const;
  [[nodiscard]] int64_t integer(int64_t when_absent = 0) const;
  [[nodiscard]] uint64_t count(uint64_t when_absent = 0) const;
  [[nodiscard]] bool boolean(bool when_absent = false) const;
  [[nodiscard]] std::optional<double> maybe_number() const;
  [[nodiscard]] std::optional<Digest> maybe_digest() const;
  [[nodiscard]] Digest digest() const { return maybe_digest().value_or(Digest()); }
  [[nodiscard]] SystemTime time() const { return maybe_time().value_or(SystemTime()); }
  [[nodiscard]] std::optional<SystemTime> maybe_time() const;

  template <typename Parse>
  [[nodiscard]] auto parsed(Parse parse) const {
    using Parsed = typename decltype(parse(std::string_view()))::value_type;
    if (!present()) return Parsed{};
    const std::string word = text();
    auto value = parse(std::string_view(word));
    if (value) return std::move(*value);
    refuse(value.error().message, value.error().help);
    return Parsed{};
  }

  template <typename Enum>
  [[nodiscard]] Enum choice(std::initializer_list<std::pair<std::string_view, Enum>> words, Enum when_absent) const {
    if (!present()) return when_absent;
    const std::string word = text();
    std::vector<std::string> known;
    for (const auto& [name, value] : words) {
      if (name == word) return value;
      known.emplace_back(name);
    }
    refuse_word(word, known);
    return when_absent;
  }

  /// The children of a list or map; nothing when absent. `entries` in the order of the file, without `x-` keys.
  [[nodiscard]] std::vector<Field> items() const;
  [[nodiscard]] std::vector<std::pair<std::string, Field>> entries() const;
  [[nodiscard]] std::vector<std::string> texts() const;
  [[nodiscard]] std::map<std::string, std::string> text_map() const;

  /// Wants `format: NAME/vVERSION` in this map: another name, or a newer version, is a problem that names both.
  void expect_format(std::string_view name, uint32_t version) const;
  /// Refuses a map's other keys but those that begin with `x-`.
  void expect_keys(const std::vector<std::string>& known) const;
  /// A problem at this place, found by the caller. No effect when absent or when there is an earlier problem.
  void refuse(std::string message, std::string help = {}) const;

 private:
  friend class Reader;
  Field(Reader& reader, const Node* node, std::string name, size_t item = 0)
      : reader_(&reader), node_(node), name_(std::move(name)), item_(item) {}
  [[nodiscard]] bool is(NodeKind kind) const;
  void refuse_kind(std::string_view expected) const;
  void refuse_missing(std::string_view key, std::string help) const;
  void refuse_word(std::string_view word, const std::vector<std::string>& known) const;

  Reader* reader_;
  const Node* node_;
  std::string name_;  ///< of the nearest key, for messages
  size_t item_;       ///< of the list under that key, from 1; 0: not in a list
};

/// Reads a document of a known format into a value. Keys that are not asked for are ignored (a schema refuses them). Use:
/// make one, take fields from `root`, and return `finish(value)`.
class Reader {
 public:
  /// `document` must outlive the reader. A document that is not sound is the first problem.
  explicit Reader(const Document& document);

  [[nodiscard]] Field root();

  /// The value, or the first problem: invalid, `path:line:col: message`.
  template <typename T>
  Result<T> finish(T value) {
    if (problem_) return tl::unexpected<Error>(std::move(*problem_));
    return value;
  }

 private:
  friend class Field;
  void refuse(const Span& span, std::string message, std::string help);

  const Document& document_;
  std::optional<Error> problem_;
};

}  // namespace mops::document
