#include "policy/front_matter.h"
#include "policy/glob.h"
#include "policy/inspection.h"

#include <fmt/format.h>

namespace mops::policy {
namespace {

/// A Markdown file is its front matter.
std::optional<document::Document> parse_demanded(SourceFile source) {
  if (source.path.ends_with(".md")) return parse_front_matter(source);
  return document::parse(std::move(source));
}

}  // namespace

Result<void> inspect_demands(Inspection& inspection) {
  for (const DocumentDemand& demand : inspection.policy().file().documents) {
    bool found = false;
    const std::vector<std::string> paths = inspection.paths();
    for (const std::string& path : paths) {
      if (!fits_glob(demand.files, path)) continue;
      found = true;
      MOPS_ASSIGN(SourceFile source, inspection.read(path));
      if (const auto document = parse_demanded(std::move(source)))
        inspection.adopt(inspection.policy().check_demand(demand, *document));
      else
        inspection.add(demand.rules + "/missing", path, Span(), "the file begins with no front matter", demand.reason);
    }
    if (!found && demand.required)
      inspection.add(demand.rules + "/missing", demand.files, std::nullopt, fmt::format("there is no file `{}`", demand.files), demand.reason);
  }
  return {};
}

}  // namespace mops::policy
