#include "scaffold/description.h"

#include "document/reader.h"

#include <fmt/format.h>

namespace mops::scaffold {
namespace {

using document::Field;

PartScope read_scope(const Field& item) {
  return item.maybe("scope").choice<PartScope>({{"model", PartScope::model}, {"repository", PartScope::repository}}, PartScope::model);
}

std::vector<std::string> read_former(const Field& item) {
  std::vector<std::string> paths;
  for (const Field& path : item.maybe("former").items()) {
    paths.push_back(path.path());
    if (!paths.back().starts_with(k_former_folder)) path.refuse(fmt::format("found `{}`, expected a path below `{}`", paths.back(), k_former_folder));
  }
  return paths;
}

}  // namespace

Result<TemplateDescription> read_description(const document::Document& document) {
  document::Reader reader(document);
  const Field root = reader.root();
  root.expect_format("template", 1);
  root.expect_keys({"format", "managed", "obsolete"});
  TemplateDescription out;
  for (const Field& item : root.maybe("managed").items()) {
    item.expect_keys({"path", "kind", "block", "after", "scope", "former", "reason"});
    ManagedPart part{.path = item.at("path").path(),
                     .kind = item.at("kind").choice<PartKind>({{"file", PartKind::file}, {"block", PartKind::block}}, PartKind::file),
                     .block = {},
                     .after = item.maybe("after").text(),
                     .scope = read_scope(item),
                     .former = read_former(item),
                     .reason = item.at("reason").text()};
    if (part.kind == PartKind::block) part.block = item.at("block").text();
    out.managed.push_back(std::move(part));
  }
  for (const Field& item : root.maybe("obsolete").items()) {
    item.expect_keys({"path", "block", "scope", "former", "reason", "instead"});
    out.obsolete.push_back({.path = item.at("path").path(),
                            .block = item.maybe("block").text(),
                            .scope = read_scope(item),
                            .former = read_former(item),
                            .reason = item.at("reason").text(),
                            .instead = item.maybe("instead").text()});
    if (out.obsolete.back().former.empty()) item.at("former").refuse("`former` is empty", "name the file as the earlier policy wrote it");
  }
  return reader.finish(std::move(out));
}

}  // namespace mops::scaffold
