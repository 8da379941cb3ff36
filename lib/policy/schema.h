#pragma once

#include "base/diagnostic.h"
#include "base/embedded_file.h"
#include "base/result.h"
#include "document/document.h"
#include "policy/pattern.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace mops::policy {

/// The documents that `$ref`, `$dynamicRef` and `$schema` can name: nothing is ever fetched. Must outlive the schemas compiled
/// with it. Safe to share between threads once it is filled.
class SchemaLibrary {
 public:
  /// Under `uri` (without a fragment); a `$id` inside counts as well. A text that cannot be read is kept with its findings and
  /// reported by whoever refers to it.
  void add(std::string uri, document::Document document);
  /// The same for a text that is read when it is first found: most schemas name none of the metaschemas. Borrows it.
  void add(std::string uri, const EmbeddedFile& file);
  [[nodiscard]] const document::Document* find(std::string_view uri) const;

 private:
  struct Entry {
    std::optional<EmbeddedFile> unread;
    std::once_flag once = {};
    document::Document document = {};
  };
  std::map<std::string, std::unique_ptr<Entry>, std::less<>> entries_;
};

/// Finds a schema that the library does not have, by its URI without a fragment; nullopt: there is none. Error: there is one that
/// cannot or must not be read; it is reported where the reference stands.
using SchemaFinder = std::function<Result<std::optional<document::Document>>(const std::string& uri)>;

enum class FormatMeans { comment, assertion };

struct SchemaOptions {
  std::string uri;                               ///< where the schema is, when it has no `$id`
  FormatMeans formats = FormatMeans::assertion;  ///< a metaschema with the vocabulary format-assertion asserts in any case
  PatternSpeed patterns = PatternSpeed::one_document;
  SchemaFinder find_more = {};  ///< asked after the library; what it finds is kept by the compiled schema
};

/// An unknown key, and the free key of its map that it is taken for.
struct Slip {
  Position key;
  std::string meant;
};

/// How findings about an instance are made.
struct InstanceOptions {
  /// First part of the rule ids: `manifest` gives manifest/unknown-key, /missing-key, /wrong-type, /bad-value.
  std::string_view rules = "schema";
  std::vector<Slip>* slips = nullptr;  ///< to which those among the findings are added
};

struct Program;

/// A JSON Schema of draft 2020-12, compiled. Immutable, safe from any thread. Borrows its document and the library.
///
/// Two keywords of ours shape messages and are comments to everybody else: `x-expected` (what goes after "expected", where
/// `pattern` or `not` would show a formula) and `x-help` (what to do).
class Schema {
 public:
  /// Findings: rule `schema/broken`, at the places in the schema's own file: unknown references, keywords of a wrong kind,
  /// broken patterns, a dialect other than 2020-12, references that lead back to themselves.
  static tl::expected<Schema, std::vector<Diagnostic>> compile(const document::Document& document, const SchemaLibrary& library,
                                                               const SchemaOptions& options = {});
  /// A schema that is part of a document; `path` names its file in findings.
  static tl::expected<Schema, std::vector<Diagnostic>> compile(const document::Node& root, std::string_view path,
                                                               const SchemaLibrary& library, const SchemaOptions& options = {});
  ~Schema();
  Schema(Schema&&) noexcept;
  Schema& operator=(Schema&&) noexcept;

  /// Whether the instance fits. The fast way: stops at the first misfit, makes no messages.
  [[nodiscard]] bool accepts(const document::Node& instance) const;

  /// What does not fit, each at its place in the instance, in the order of the schema's keywords. Of `anyOf` and `oneOf` only
  /// the branch nearest to the instance is followed. Empty if and only if `accepts`.
  [[nodiscard]] std::vector<Diagnostic> check(const document::Node& instance, std::string_view path,
                                              const InstanceOptions& options = {}) const;

 private:
  explicit Schema(std::unique_ptr<Program> program);
  std::unique_ptr<Program> program_;
};

}  // namespace mops::policy
