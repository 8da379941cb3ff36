#pragma once

#include "policy/program.h"
#include "policy/resources.h"

#include <unordered_map>
#include <vector>

namespace mops::policy {

/// Compiles what can be reached from one schema into a Program. Used once.
class Compiler {
 public:
  Compiler(const SchemaLibrary& library, const SchemaOptions& options) : options_(options), resources_(library, options.find_more) {}

  Program compile(const document::Node& root, std::string_view path);
  /// What was broken; a program with problems must not be used.
  [[nodiscard]] std::vector<Diagnostic> findings() const;

 private:
  using Handler = void (Compiler::*)(const document::Entry&);
  struct Keyword {
    std::string_view name;
    Handler handler;
    enum class Vocabulary { always, validation } vocabulary;
  };
  static const Keyword* find_keyword(std::string_view name);

  SchemaIndex schema(const document::Node& node);
  SchemaIndex schema(const document::Node& node, uint32_t resource);
  void fill(SchemaIndex index);
  void drain();
  void link_dynamic_anchors();
  void find_circles();

  void report(const document::Node& node, std::string message, std::string help = {});
  bool expect(const document::Entry& entry, document::NodeKind kind);
  void one_schema(const document::Entry& entry, SchemaIndex Subschema::*member);
  void schema_list(const document::Entry& entry, PoolRange Subschema::*member);
  void schema_map(const document::Entry& entry, PoolRange Subschema::*member);
  void count(const document::Entry& entry, uint64_t Subschema::*member);
  void bound(const document::Entry& entry, const document::Node* Subschema::*member);
  PoolRange text_list(const document::Entry& entry);
  uint32_t pattern(const document::Node& text);

  template <auto Member>
  void one(const document::Entry& entry) {
    one_schema(entry, Member);
  }
  template <auto Member>
  void list(const document::Entry& entry) {
    schema_list(entry, Member);
  }
  template <auto Member>
  void map(const document::Entry& entry) {
    schema_map(entry, Member);
  }
  template <auto Member>
  void number_of(const document::Entry& entry) {
    count(entry, Member);
  }
  template <auto Member>
  void limit(const document::Entry& entry) {
    bound(entry, Member);
  }
  void read_ref(const document::Entry& entry);
  void read_dynamic_ref(const document::Entry& entry);
  void read_type(const document::Entry& entry);
  void read_enum(const document::Entry& entry);
  void read_const(const document::Entry& entry);
  void read_pattern(const document::Entry& entry);
  void read_format(const document::Entry& entry);
  void read_multiple_of(const document::Entry& entry);
  void read_unique_items(const document::Entry& entry);
  void read_required(const document::Entry& entry);
  void read_dependent_required(const document::Entry& entry);
  void read_pattern_properties(const document::Entry& entry);

  const SchemaOptions& options_;
  ResourceIndex resources_;
  Program program_;
  std::vector<SchemaProblem> problems_;
  std::unordered_map<const document::Node*, SchemaIndex> known_;
  std::vector<SchemaIndex> waiting_;
  Subschema now_;  ///< the one being filled
};

}  // namespace mops::policy
