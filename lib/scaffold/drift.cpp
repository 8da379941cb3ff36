#include "scaffold/drift.h"

#include "base/text.h"
#include "base/text_diff.h"
#include "scaffold/block_edit.h"
#include "scaffold/line_ends.h"

#include <fmt/format.h>
#include <algorithm>
#include <map>

namespace mops::scaffold {
namespace {

bool is_binary(std::string_view text) { return text.find('\0') != std::string_view::npos; }
bool is_executable(uint32_t mode) { return (mode & 0100) != 0; }
/// What git keeps of it.
uint32_t git_mode(uint32_t mode) { return is_executable(mode) ? 0755 : 0644; }

/// The same text, whatever line ends git gave it.
bool is_same(std::string_view present, std::string_view fresh) { return present == with_line_ends(fresh, line_ends_of(present)); }

bool is_one_of(std::string_view present, const std::vector<std::string>& former) {
  return std::any_of(former.begin(), former.end(), [&](const std::string& text) { return is_same(present, text); });
}

/// Where line `number` (from 0) begins, as a place without length.
Span place_of_line(std::string_view text, size_t number) {
  size_t offset = 0;
  for (size_t line = 0; line < number; ++line) offset = std::min(text.find('\n', offset), text.size() - 1) + 1;
  const Position at{.line = static_cast<uint32_t>(number + 1), .column = 1, .offset = static_cast<uint32_t>(offset)};
  return {.begin = at, .end = at};
}

std::optional<Span> first_difference(std::string_view present, std::string_view fresh) {
  const auto changes = changed_lines(present, fresh);
  return changes.empty() ? std::nullopt : std::optional(place_of_line(present, changes.front().before_begin));
}

std::string diff_of(const PresentFile& present, const FileChange& change) {
  const std::string& path = change.path;
  std::string out = fmt::format("diff --git a/{0} b/{0}\n", path);
  const uint32_t old_mode = git_mode(present.mode);
  const uint32_t new_mode = git_mode(change.mode);
  if (!change.was_there) out += fmt::format("new file mode 10{:04o}\n", new_mode);
  else if (!change.content) out += fmt::format("deleted file mode 10{:04o}\n", old_mode);
  else if (old_mode != new_mode) out += fmt::format("old mode 10{:04o}\nnew mode 10{:04o}\n", old_mode, new_mode);
  const std::string_view after = change.content ? std::string_view(*change.content) : std::string_view();
  if (present.content == after) return out;
  const std::string from = change.was_there ? "a/" + path : "/dev/null";
  const std::string to = change.content ? "b/" + path : "/dev/null";
  if (is_binary(present.content) || is_binary(after)) return out + fmt::format("Binary files {} and {} differ\n", from, to);
  return out + fmt::format("--- {}\n+++ {}\n", from, to) + unified_hunks(present.content, after);
}

/// Nothing there can be compared or written: what is in the way.
std::optional<DriftFinding> in_the_way(const std::string& path, const PresentFile& present) {
  const auto damaged = [](std::string message, std::string help) {
    return DriftFinding{.kind = DriftKind::damaged, .message = std::move(message), .help = std::move(help)};
  };
  switch (present.kind) {
    case PresentKind::absent:
    case PresentKind::file: return std::nullopt;
    case PresentKind::folder: return damaged(fmt::format("`{}` is a folder, expected a file", path), "move it away");
    case PresentKind::symlink:
      return damaged(fmt::format("`{}` is a symbolic link to `{}`, expected a file", path, present.detail), "remove the link: it is never written through");
    case PresentKind::other: return damaged(fmt::format("`{}` is no regular file", path), "move it away");
    case PresentKind::blocked: return damaged(fmt::format("`{}` is no folder, so `{}` cannot be there", present.detail, path), "move it away");
    case PresentKind::ignored:
      return damaged(fmt::format("`{}` is on the disk, but git ignores it", path), fmt::format("`git check-ignore -v {}` says why; or `git add -f {}`", path, path));
  }
  return std::nullopt;
}

/// One file of the repository against what the policy has for it.
class Comparison {
 public:
  Comparison(std::string path, PresentFile present) : present_(std::move(present)) { out_.path = std::move(path); }

  void with(const FreshFile& fresh, const std::vector<const ObsoleteFile*>& obsolete) {
    if (auto problem = in_the_way(out_.path, present_)) {
      out_.findings.push_back(std::move(*problem));
      return;
    }
    if (fresh.blocks.empty()) whole(fresh);
    else blocks(fresh, obsolete);
  }

  /// A path of which an earlier policy had parts, and this one none.
  void with(const std::vector<const ObsoleteFile*>& obsolete) {
    if (present_.kind != PresentKind::file) return;
    for (const ObsoleteFile* part : obsolete) {
      if (!part->block.empty()) continue;
      if (is_one_of(present_.content, part->former)) {
        add(DriftKind::obsolete, fmt::format("`{}` is as an earlier policy wrote it, and is no longer needed", out_.path), reason_of(*part));
        change(std::nullopt, present_.mode);
      } else {
        add_by_hand(DriftKind::yours, fmt::format("`{}` was the policy's and has been changed: it is yours now", out_.path), fmt::format("remove it when you can: {}", reason_of(*part)));
      }
      return;
    }
    text_ = present_.content;
    scan_for({}, obsolete);
    finish_text();
  }

  FileDrift finish() {
    const bool is_damaged = std::any_of(out_.findings.begin(), out_.findings.end(), [](const DriftFinding& f) { return f.kind == DriftKind::damaged; });
    if (is_damaged) out_.change.reset();
    if (out_.change) out_.diff = diff_of(present_, *out_.change);
    return std::move(out_);
  }

 private:
  static std::string reason_of(const ObsoleteFile& part) { return part.instead.empty() ? part.reason : fmt::format("{}; instead: {}", part.reason, part.instead); }

  void add(DriftKind kind, std::string message, std::string reason, std::optional<Span> place = {}) {
    out_.findings.push_back({.kind = kind, .message = std::move(message), .reason = std::move(reason), .place = place});
  }

  void add_by_hand(DriftKind kind, std::string message, std::string help, std::optional<Span> place = {}) {
    out_.findings.push_back({.kind = kind, .message = std::move(message), .help = std::move(help), .place = place});
  }

  void change(std::optional<std::string> content, uint32_t mode) {
    out_.change = FileChange{.path = out_.path, .content = std::move(content), .mode = mode, .was_there = present_.kind == PresentKind::file};
  }

  void whole(const FreshFile& fresh) {
    if (present_.kind == PresentKind::absent) {
      add(DriftKind::missing, fmt::format("there is no `{}`", out_.path), fresh.reason);
      change(fresh.file.content, fresh.file.mode);
      return;
    }
    const std::string expected = with_line_ends(fresh.file.content, line_ends_of(present_.content));
    const bool is_now = is_executable(present_.mode);
    if (present_.content != expected) {
      add(DriftKind::changed, fmt::format("`{}` is not as the policy has it", out_.path), fresh.reason, first_difference(present_.content, expected));
    } else if (is_now != is_executable(fresh.file.mode)) {
      const auto word = [](bool executable) { return executable ? "executable" : "not executable"; };
      add(DriftKind::changed, fmt::format("`{}` is {}, expected it to be {}", out_.path, word(is_now), word(!is_now)), fresh.reason);
    } else {
      return;
    }
    change(expected, is_now == is_executable(fresh.file.mode) ? present_.mode : fresh.file.mode);
  }

  void blocks(const FreshFile& fresh, const std::vector<const ObsoleteFile*>& obsolete) {
    const bool is_blank = present_.kind == PresentKind::file && trim(present_.content).empty();
    if (present_.kind == PresentKind::absent || is_blank) {
      for (const FreshBlock& block : fresh.blocks)
        add(DriftKind::missing, fmt::format("{} `{}`, which has the policy's block `{}`", is_blank ? "there is nothing in" : "there is no", out_.path, block.name), block.reason);
      change(fresh.file.content, is_blank ? present_.mode : fresh.file.mode);
      return;
    }
    if (is_binary(present_.content)) {
      add_by_hand(DriftKind::damaged, fmt::format("`{}` is binary, expected a text", out_.path), "move it away");
      return;
    }
    text_ = present_.content;
    if (!scan_for(fresh.blocks, obsolete)) return;
    const BlockScan scan = scan_blocks(text_);
    if (scan.blocks.empty() && is_one_of(text_, fresh.former)) {
      add(DriftKind::changed, fmt::format("`{}` is as an earlier policy wrote it", out_.path), fresh.blocks.front().reason);
      change(with_line_ends(fresh.file.content, line_ends_of(text_)), present_.mode);
      return;
    }
    for (const FreshBlock& block : fresh.blocks) one_block(block);
    finish_text();
  }

  void one_block(const FreshBlock& fresh) {
    const BlockScan scan = scan_blocks(text_);
    const Block* block = scan.find(fresh.name);
    if (block == nullptr) {
      auto longer = with_block(text_, fresh);
      if (longer) {
        add(DriftKind::missing, fmt::format("there is no block `{}`", fresh.name), fresh.reason);
        text_ = std::move(*longer);
        return;
      }
      add_by_hand(DriftKind::damaged, fmt::format("there is no block `{}`, and no line `{}` below which it could be put", fresh.name, fresh.after),
          fmt::format("write the line, or `# mops:begin {0}` and `# mops:end {0}` where the block belongs", fresh.name));
      return;
    }
    const std::string expected = expected_content(text_, *block, fresh);
    const std::string_view found = std::string_view(text_).substr(block->content_begin, block->content_end - block->content_begin);
    if (found == expected) return;
    std::string healed = with_content(text_, *block, expected);
    add(DriftKind::changed, fmt::format("block `{}` is not as the policy has it", fresh.name), fresh.reason, original_place(fresh.name, expected));
    text_ = std::move(healed);
  }

  /// Of the first line in the block that differs, in the file as it is (earlier blocks may have become longer in `text_`).
  [[nodiscard]] std::optional<Span> original_place(const std::string& name, std::string_view expected) const {
    const BlockScan scan = scan_blocks(present_.content);
    const Block* block = scan.find(name);
    if (block == nullptr) return std::nullopt;
    const std::string_view content = std::string_view(present_.content).substr(block->content_begin, block->content_end - block->content_begin);
    const auto changes = changed_lines(content, expected);
    if (changes.empty()) return block->marker;
    return place_of_line(present_.content, block->marker.begin.line + changes.front().before_begin);
  }

  /// Tells of markers that cannot be understood and of blocks that nobody has; takes out obsolete ones. False: damaged.
  bool scan_for(const std::vector<FreshBlock>& wanted, const std::vector<const ObsoleteFile*>& obsolete) {
    const BlockScan scan = scan_blocks(text_);
    for (const MarkerProblem& problem : scan.problems) add_by_hand(DriftKind::damaged, problem.message, problem.help, problem.marker);
    if (!scan.problems.empty()) return false;
    std::vector<std::string> known;
    for (const FreshBlock& block : wanted) known.push_back(block.name);
    bool is_sound = true;
    for (const Block& block : scan.blocks) {
      if (std::find(known.begin(), known.end(), block.name) != known.end()) continue;
      const auto old = std::find_if(obsolete.begin(), obsolete.end(), [&](const ObsoleteFile* part) { return part->block == block.name; });
      if (old != obsolete.end()) {
        obsolete_block(**old, block.name);
        continue;
      }
      // A file without a managed block is the user's, with whatever it says.
      if (wanted.empty()) continue;
      const auto near = nearest(block.name, known);
      add_by_hand(DriftKind::damaged, fmt::format("the policy has no block `{}` for this file", block.name),
          near ? fmt::format("did you mean `{}`?", *near) : std::string("remove its two markers, then its lines are yours"), block.marker);
      is_sound = false;
    }
    return is_sound;
  }

  void obsolete_block(const ObsoleteFile& part, const std::string& name) {
    const BlockScan scan = scan_blocks(text_);
    const Block& block = *scan.find(name);
    const std::string_view content = std::string_view(text_).substr(block.content_begin, block.content_end - block.content_begin);
    if (!is_one_of(reindented(content, block.indent, ""), part.former)) {
      add_by_hand(DriftKind::yours, fmt::format("block `{}` was the policy's and has been changed: it is yours now", name),
          fmt::format("remove it, or only its two markers, when you can: {}", reason_of(part)), block.marker);
      return;
    }
    add(DriftKind::obsolete, fmt::format("block `{}` is as an earlier policy wrote it, and is no longer needed", name), reason_of(part), block.marker);
    text_ = without_block(text_, block);
  }

  void finish_text() {
    if (text_ != present_.content) change(text_, present_.mode);
  }

  PresentFile present_;
  FileDrift out_;
  std::string text_;  ///< of a file with blocks: what it is to become
};

}  // namespace

std::string_view to_string(DriftKind kind) {
  switch (kind) {
    case DriftKind::missing: return "missing";
    case DriftKind::changed: return "changed";
    case DriftKind::obsolete: return "obsolete";
    case DriftKind::damaged: return "damaged";
    case DriftKind::yours: return "yours";
  }
  return {};
}

std::string help_of(const DriftFinding& finding) {
  return finding.help.empty() ? fmt::format("{}; `mops policy diff --write` takes the policy's", finding.reason) : finding.help;
}

Result<std::vector<FileDrift>> find_drift(const FreshTemplate& fresh, PresentFiles& present) {
  struct Wanted {
    const FreshFile* fresh = nullptr;
    std::vector<const ObsoleteFile*> obsolete;
  };
  std::map<std::string, Wanted> by_path;
  for (const FreshFile& file : fresh.managed) by_path[file.file.path].fresh = &file;
  for (const ObsoleteFile& part : fresh.obsolete) by_path[part.path].obsolete.push_back(&part);

  std::vector<FileDrift> drifts;
  for (const auto& [path, wanted] : by_path) {
    MOPS_ASSIGN(PresentFile file, present.look(path));
    Comparison comparison(path, std::move(file));
    if (wanted.fresh != nullptr) comparison.with(*wanted.fresh, wanted.obsolete);
    else comparison.with(wanted.obsolete);
    if (FileDrift drift = comparison.finish(); !drift.findings.empty()) drifts.push_back(std::move(drift));
  }
  return drifts;
}

bool is_drift(const FileDrift& file) {
  return std::any_of(file.findings.begin(), file.findings.end(), [](const DriftFinding& finding) { return finding.kind != DriftKind::yours; });
}

Result<std::vector<FileChange>> absent_starters(const FreshTemplate& fresh, PresentFiles& present) {
  std::vector<FileChange> changes;
  for (const PlannedFile& starter : fresh.starters) {
    MOPS_ASSIGN(const PresentFile file, present.look(starter.path));
    if (file.kind == PresentKind::absent)
      changes.push_back({.path = starter.path, .content = starter.content, .mode = starter.mode, .was_there = false});
  }
  return changes;
}

}  // namespace mops::scaffold
