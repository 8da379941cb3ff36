#include "cli/fix.h"

#include "base/text_diff.h"
#include "cli/workspace.h"
#include "document/encoding.h"

#include <algorithm>
#include <map>

namespace mops::cli {
namespace {

/// In the order of the file, without those that overlap one before them.
std::vector<const Fix*> in_order(std::span<const Fix> fixes) {
  std::vector<const Fix*> order;
  for (const Fix& fix : fixes) order.push_back(&fix);
  std::stable_sort(order.begin(), order.end(), [](const Fix* a, const Fix* b) { return a->span.begin.offset < b->span.begin.offset; });
  size_t end = 0;
  std::erase_if(order, [&](const Fix* fix) {
    if (fix->span.begin.offset < end) return true;
    end = fix->span.end.offset;
    return false;
  });
  return order;
}

/// Whether the text is the one that the findings are about.
bool fit_text(std::string_view text, std::span<const Fix> fixes) {
  document::PositionCursor cursor(text);
  const auto order = in_order(fixes);
  return std::all_of(order.begin(), order.end(), [&](const Fix* fix) {
    const Span& span = fix->span;
    return span.end.offset <= text.size() && cursor.at(span.begin.offset) == span.begin && cursor.at(span.end.offset) == span.end;
  });
}

Result<void> fix_file(Env& env, const std::string& path, std::span<const Fix> fixes, FixMode mode, FixReport& report) {
  const Path place = folder_of(env, path);
  auto status = env.files.status(place);
  if (!status && status.error().code == ErrorCode::not_found) return {};
  if (!status) return fail(std::move(status).error());
  if (status->kind != FileKind::file) {
    report.left_alone.push_back(fmt::format("`{}` is a symbolic link", path));
    return {};
  }
  MOPS_ASSIGN(const std::string before, env.files.read(place));
  if (!fit_text(before, fixes)) {
    report.left_alone.push_back(fmt::format("`{}` was changed by somebody else meanwhile", path));
    return {};
  }
  const FixedText after = apply_fixes(before, fixes);
  report.fixes += after.fixes;
  report.files.insert(path);
  if (mode == FixMode::write) return env.files.write(place, after.text, status->mode);
  report.diff += fmt::format("--- a/{}\n+++ b/{}\n{}", path, path, unified_hunks(before, after.text));
  return {};
}

}  // namespace

FixedText apply_fixes(std::string_view text, std::span<const Fix> fixes) {
  FixedText out;
  size_t done = 0;
  for (const Fix* fix : in_order(fixes)) {
    out.text.append(text, done, fix->span.begin.offset - done);
    out.text += fix->text;
    done = fix->span.end.offset;
    ++out.fixes;
  }
  out.text.append(text, done);
  return out;
}

std::string FixReport::sentences(std::optional<FixMode> mode) const {
  const auto counted = [](size_t count, std::string_view word) { return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s"); };
  std::string out;
  for (const std::string& file : left_alone) out += fmt::format("{}, and was left alone\n", file);
  if (fixes == 0) return out;
  const std::string what = fmt::format("{} in {}", counted(fixes, "finding"), counted(files.size(), "file"));
  return out + (mode == FixMode::write ? fmt::format("fixed {}\n", what) : fmt::format("would fix {}; nothing was written\n", what));
}

FixReport& FixReport::operator+=(FixReport other) {
  fixes += other.fixes;
  files.merge(std::move(other.files));
  diff += other.diff;
  std::move(other.left_alone.begin(), other.left_alone.end(), std::back_inserter(left_alone));
  return *this;
}

Result<FixReport> fix_files(Env& env, std::span<const Diagnostic> findings, FixMode mode) {
  std::map<std::string, std::vector<Fix>> by_path;
  for (const Diagnostic& finding : findings)
    if (finding.fix) by_path[finding.fix->path].push_back(*finding.fix);
  FixReport report;
  for (const auto& [path, fixes] : by_path) MOPS_TRY(fix_file(env, path, fixes, mode, report));
  return report;
}

Result<FixReport> fix_and_look(Env& env, std::optional<FixMode> mode, const Look& look) {
  constexpr int k_most_rounds = 5;
  FixReport report;
  for (int round = 0;; ++round) {
    MOPS_ASSIGN(const std::span<const Diagnostic> findings, look());
    if (!mode || round == k_most_rounds) return report;
    MOPS_ASSIGN(FixReport fixed, fix_files(env, findings, *mode));
    const bool is_changed = fixed.fixes > 0 && *mode == FixMode::write;
    report += std::move(fixed);
    if (!is_changed) return report;
  }
}

std::optional<FixMode> FixWords::mode() const {
  if (!fix) return std::nullopt;
  return dry_run ? FixMode::show : FixMode::write;
}

std::vector<Option> FixWords::options() {
  return {{.name = "--fix", .help = "put quotes round what YAML reads as a number, boolean or null where a text is wanted, and the like; then check", .target = &fix},
          {.name = "--dry-run", .help = "print as a diff what `--fix` would change, and write nothing", .target = &dry_run}};
}

Result<void> FixWords::check(std::string_view format) const {
  if (dry_run && !fix) return fail(ErrorCode::usage, "`--dry-run` shows what `--fix` would do", "add `--fix`, or leave out `--dry-run`");
  if (dry_run && format != "full") return fail(ErrorCode::usage, fmt::format("`--dry-run` prints a diff, not `{}`", format), "leave out `--format`");
  return {};
}

size_t count_fixable(std::span<const Diagnostic> findings) {
  return static_cast<size_t>(std::count_if(findings.begin(), findings.end(), [](const Diagnostic& finding) { return finding.fix.has_value(); }));
}

}  // namespace mops::cli
