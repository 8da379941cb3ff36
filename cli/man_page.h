#pragma once

#include "base/clock.h"
#include "cli/command.h"

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace mops::cli {

/// A man page as the program knows it. The page itself is prose by hand (mdoc) around blocks that the program writes, each
/// between the lines `.\" generated: NAME` and `.\" end generated`.
struct ManPage {
  std::string file;                           ///< `mops-notes-draft.1`
  std::map<std::string, std::string> blocks;  ///< by NAME: whole lines of mdoc
  std::string skeleton;                       ///< a first page with empty blocks, for somebody to write the prose into
};

/// `mops-notes-draft`
std::string page_name(std::string_view verb);

/// The page of mops (block `verbs`), then one for each verb (blocks `synopsis` and `options`). `today` dates the skeletons.
std::vector<ManPage> man_pages(std::span<const std::unique_ptr<Command>> commands, SystemTime today);

/// `text` with every block as the program writes it now. `path` is for errors. Error: invalid, as `path:line: what`: a block that is
/// unknown, missing, there twice, or without its end.
Result<std::string> with_blocks(const std::string& path, std::string_view text, const ManPage& page);

}  // namespace mops::cli
