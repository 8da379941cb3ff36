#pragma once

#include "base/diagnostic.h"
#include "base/result.h"
#include "document/document.h"
#include "policy/schema.h"
#include "policy/uri.h"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mops::policy {

/// A schema with a URI of its own: a document, or a part of one with `$id`.
struct Resource {
  const document::Node* root = nullptr;
  Uri base;
  std::string path;              ///< of its file, for findings
  bool validates = true;         ///< the dialect has the vocabulary `validation`
  bool asserts_formats = false;  ///< the dialect has the vocabulary `format-assertion`
  std::map<std::string_view, const document::Node*> anchors;
  std::map<std::string_view, const document::Node*> dynamic_anchors;
};

/// A broken place in a schema.
struct SchemaProblem {
  const document::Node* node = nullptr;
  uint32_t resource = 0;
  std::string message;
  std::string help;
};

/// Finds what references mean among the resources of a schema and of the library; indexes documents when they are first named.
class ResourceIndex {
 public:
  ResourceIndex(const SchemaLibrary& library, const SchemaFinder& find_more) : library_(library), find_more_(find_more) {}

  struct Target {
    const document::Node* node = nullptr;
    uint32_t resource = 0;
    bool by_dynamic_anchor = false;
  };

  uint32_t add_document(const document::Node& root, const std::string& uri, std::string_view path);
  /// nullopt, and a problem at `reference`, when there is no such schema.
  std::optional<Target> resolve(uint32_t resource, const document::Node& reference);
  /// The resource that a known subschema belongs to.
  [[nodiscard]] uint32_t resource_of(const document::Node& schema, uint32_t otherwise) const;

  [[nodiscard]] const Resource& operator[](uint32_t index) const { return resources_[index]; }
  [[nodiscard]] uint32_t size() const { return static_cast<uint32_t>(resources_.size()); }
  [[nodiscard]] const std::vector<SchemaProblem>& problems() const { return problems_; }
  /// What is wrong with the texts of documents that were found.
  [[nodiscard]] const std::vector<Diagnostic>& unreadable() const { return unreadable_; }
  /// Resources point into them.
  std::map<std::string, document::Document> take_found_documents() { return std::move(found_documents_); }

 private:
  void walk(const document::Node& schema, uint32_t resource);
  uint32_t begin_resource(const document::Node& schema, uint32_t outer, const document::Node& id);
  void read_dialect(const document::Node& root, uint32_t resource);
  void add_anchors(const document::Node& schema, uint32_t resource);
  Result<const document::Document*> find_document(const std::string& uri);
  std::optional<uint32_t> find_resource(const std::string& uri, const document::Node& reference, uint32_t from);
  std::optional<Target> follow_pointer(Target from, std::string_view pointer);
  void report(const document::Node& node, uint32_t resource, std::string message, std::string help = {});

  const SchemaLibrary& library_;
  const SchemaFinder& find_more_;
  std::map<std::string, document::Document> found_documents_;
  std::vector<Diagnostic> unreadable_;
  std::deque<Resource> resources_;
  std::map<std::string, uint32_t, std::less<>> by_uri_;
  std::unordered_map<const document::Node*, uint32_t> owner_;
  std::vector<SchemaProblem> problems_;
};

}  // namespace mops::policy
