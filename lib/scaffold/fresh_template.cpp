#include "scaffold/fresh_template.h"

#include "base/text.h"
#include "scaffold/block.h"

#include <fmt/format.h>
#include <algorithm>
#include <map>
#include <set>

namespace mops::scaffold {
namespace {

/// Differ from run to run: a fresh render would never be what is in the repository.
constexpr std::string_view k_passing[] = {"date", "mops_version"};

class Rendering {
 public:
  Rendering(const NewModel& model, TemplateFiles chosen)
      : where_(fmt::format("template {}/{}", model.language, model.task)), chosen_(std::move(chosen)), values_(values_of(model)), lasting_(values_) {
    for (const std::string_view name : k_passing) lasting_.erase(std::string(name));
  }

  Result<FreshTemplate> run(PartScope scope) {
    std::map<std::string, FreshFile> managed;
    for (const ManagedPart& part : chosen_.description.managed) {
      MOPS_ASSIGN(const FreshFile file, fresh(part));
      owned_.insert(file.file.path);
      // Not here: it is the user's, but `mops new` wrote it for a repository, so it is no starter for this folder either.
      if (part.scope == PartScope::repository && scope == PartScope::model) continue;
      const auto [known, is_new] = managed.emplace(file.file.path, file);
      if (is_new) continue;
      if (part.kind == PartKind::file || known->second.blocks.empty()) return fail(broken(part.path, "is listed twice"));
      append(known->second.blocks, file.blocks);
      append(known->second.former, file.former);
    }
    FreshTemplate out;
    for (const ObsoletePart& part : chosen_.description.obsolete) {
      if (part.scope == PartScope::repository && scope == PartScope::model) continue;
      MOPS_ASSIGN(ObsoleteFile obsolete, fresh(part));
      if (part.block.empty() && owned_.contains(obsolete.path)) return fail(broken(part.path, "is both managed and obsolete"));
      out.obsolete.push_back(std::move(obsolete));
    }
    for (auto& [path, file] : managed) out.managed.push_back(std::move(file));
    for (const auto& [path, content] : chosen_.files) {
      PlannedFile starter = rendered_file(path, content, values_);
      if (!owned_.contains(starter.path)) out.starters.push_back(std::move(starter));
    }
    return out;
  }

 private:
  template <typename T>
  static void append(std::vector<T>& to, const std::vector<T>& from) {
    to.insert(to.end(), from.begin(), from.end());
  }

  [[nodiscard]] Error broken(std::string_view path, std::string_view problem) const {
    return {.code = ErrorCode::invalid, .message = fmt::format("{}: `{}` {}", where_, path, problem), .help = "this is a mistake in the policy: tell those who keep it"};
  }

  /// `text` belongs to the policy, so it must be the same today and tomorrow.
  [[nodiscard]] Result<void> expect_lasting(std::string_view path, std::string_view text) const {
    for (const std::string& name : unknown_placeholders(text, lasting_))
      if (values_.contains(name)) return fail(broken(path, fmt::format("has `{{{{ {} }}}}` in a managed part, which is another one at every render", name)));
    return {};
  }

  [[nodiscard]] Result<std::vector<std::string>> former(const std::vector<std::string>& names) const {
    std::vector<std::string> texts;
    for (const std::string& name : names) {
      const auto found = chosen_.former.find(name);
      if (found == chosen_.former.end()) return fail(broken(name, "is not in the template"));
      MOPS_TRY(expect_lasting(name, found->second));
      texts.push_back(render(found->second, values_));
    }
    return texts;
  }

  [[nodiscard]] Result<FreshFile> fresh(const ManagedPart& part) const {
    const auto found = chosen_.files.find(part.path);
    if (found == chosen_.files.end()) return fail(broken(part.path, "is not in the template"));
    MOPS_TRY(expect_lasting(part.path, part.path));
    FreshFile out{.file = rendered_file(found->first, found->second, values_), .blocks = {}, .former = {}, .reason = part.reason};
    MOPS_ASSIGN(out.former, former(part.former));
    if (part.kind == PartKind::file) {
      MOPS_TRY(expect_lasting(part.path, found->second));
      return out;
    }
    const BlockScan raw = scan_blocks(found->second);
    if (!raw.problems.empty()) return fail(broken(part.path, raw.problems.front().message));
    const Block* block = raw.find(part.block);
    if (block == nullptr) return fail(broken(part.path, fmt::format("has no block `{}`", part.block)));
    const std::string_view text = found->second.substr(block->begin, block->end - block->begin);
    MOPS_TRY(expect_lasting(part.path, text));
    if (!text.ends_with('\n')) return fail(broken(part.path, "has no line break at its end"));
    out.blocks.push_back({.name = part.block,
                          .text = render(text, values_),
                          .content = render(found->second.substr(block->content_begin, block->content_end - block->content_begin), values_),
                          .indent = block->indent,
                          .after = render(part.after, values_),
                          .reason = part.reason});
    return out;
  }

  [[nodiscard]] Result<ObsoleteFile> fresh(const ObsoletePart& part) const {
    ObsoleteFile out{.path = render(part.path, values_), .block = part.block, .former = {}, .reason = part.reason, .instead = part.instead};
    MOPS_ASSIGN(out.former, former(part.former));
    if (part.block.empty()) return out;
    for (std::string& text : out.former) {
      const BlockScan scan = scan_blocks(text);
      const Block* block = scan.problems.empty() ? scan.find(part.block) : nullptr;
      if (block == nullptr) return fail(broken(part.path, fmt::format("is obsolete in its block `{}`, which a file under `former` does not have", part.block)));
      text = reindented(std::string_view(text).substr(block->content_begin, block->content_end - block->content_begin), block->indent, "");
    }
    return out;
  }

  std::string where_;
  TemplateFiles chosen_;
  Values values_;
  Values lasting_;
  std::set<std::string> owned_;  ///< paths that the policy manages, here or elsewhere
};

}  // namespace

Result<FreshTemplate> render_template(const NewModel& model, PartScope scope, std::span<const EmbeddedFile> templates) {
  MOPS_ASSIGN(TemplateFiles chosen, template_files(templates, model.language, model.task));
  return Rendering(model, std::move(chosen)).run(scope);
}

}  // namespace mops::scaffold
