#pragma once

#include "base/digest.h"
#include "base/result.h"
#include "document/document.h"

#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mops::model {

class Reader;

/// A value inside a document that is being read, or its absence. Getters never fail: what does not fit is told to the Reader
/// (which keeps the first problem), and a default is returned. Borrows its Reader and the document.
class Field {
 public:
  /// Absent: not in the document, or below something that was no map.
  [[nodiscard]] bool present() const { return node_ != nullptr; }
  [[nodiscard]] const document::Node* node() const { return node_; }

  /// The value under a key that must be there. Of an absent field: absent, without a further problem.
  [[nodiscard]] Field at(std::string_view key) const;
  /// The value under a key that may be missing.
  [[nodiscard]] Field maybe(std::string_view key) const;

  /// The value, or the default when absent. Numbers: finite. `count`: an integer >= 0. `path`: relative, inside the folder,
  /// without `.`, `..`, empty parts and line breaks. `choice`: one of the words.
  [[nodiscard]] std::string text(std::string_view when_absent = {}) const;
  [[nodiscard]] std::string path() const;
  [[nodiscard]] double number(double when_absent = 0) const;
  [[nodiscard]] int64_t integer(int64_t when_absent = 0) const;
  [[nodiscard]] uint64_t count(uint64_t when_absent = 0) const;
  [[nodiscard]] bool boolean(bool when_absent = false) const;
  [[nodiscard]] std::optional<double> maybe_number() const;
  [[nodiscard]] std::optional<Digest> maybe_digest() const;
  [[nodiscard]] Digest digest() const { return maybe_digest().value_or(Digest()); }

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

  /// A problem at this place, found by the caller. No effect when absent or when there is an earlier problem.
  void refuse(std::string message, std::string help = {}) const;

 private:
  friend class Reader;
  Field(Reader& reader, const document::Node* node, std::string name) : reader_(&reader), node_(node), name_(std::move(name)) {}
  [[nodiscard]] bool is(document::NodeKind kind) const;
  void refuse_kind(std::string_view expected) const;
  void refuse_word(std::string_view word, const std::vector<std::string>& known) const;

  Reader* reader_;
  const document::Node* node_;
  std::string name_;  ///< of the nearest key, for messages
};

/// Reads a document of a known format into a value. Keys that are not asked for are ignored (a schema refuses them). Use:
/// make one, take fields from `root`, and return `finish(value)`.
class Reader {
 public:
  /// `document` must outlive the reader. A document that is not sound is the first problem.
  explicit Reader(const document::Document& document);

  [[nodiscard]] Field root();
  /// Wants `format: NAME/vVERSION` at the root: another name, or a newer version, is a problem that names both.
  void expect_format(std::string_view name, uint32_t version);
  void expect_format(const Field& field, std::string_view name, uint32_t version);

  /// The value, or the first problem: invalid, `path:line:col: message`.
  template <typename T>
  Result<T> finish(T value) {
    if (problem_) return tl::unexpected<Error>(std::move(*problem_));
    return value;
  }

 private:
  friend class Field;
  void refuse(const Span& span, std::string message, std::string help);

  const document::Document& document_;
  std::optional<Error> problem_;
};

/// Why `path` cannot name a file inside a folder (absolute, `..`, an empty part, a line break ...), or nothing.
std::optional<std::string> problem_of_relative_path(std::string_view path);

}  // namespace mops::model
