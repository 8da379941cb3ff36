#include "policy/explainer.h"
namespace mops::policy {
std::vector<Diagnostic> explain_misfits(const Program&, const document::Node& instance, std::string_view path, const InstanceOptions&) {
  return {Diagnostic{.rule="schema/bad-value", .message="does not fit", .location={.path=std::string(path), .span=instance.span}}};
}
}
