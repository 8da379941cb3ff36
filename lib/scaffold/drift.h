#pragma once

#include "base/result.h"
#include "base/source.h"
#include "scaffold/file_change.h"
#include "scaffold/fresh_template.h"

#include <optional>
#include <string>
#include <vector>

namespace mops::scaffold {

enum class PresentKind {
  absent,
  file,
  folder,
  symlink,
  other,     ///< a device, a socket
  blocked,   ///< a folder on the way to it is none: `detail` names what is there
  ignored,   ///< on the disk, but git ignores it
};

/// What is at a path of the repository.
struct PresentFile {
  PresentKind kind = PresentKind::absent;
  std::string content = {};
  uint32_t mode = 0644;  ///< permissions as in chmod, of which git knows whether it is executable
  std::string detail = {};
};

/// The repository as it is compared: implemented over the disk, and by tests in memory. Paths are relative to the model's folder.
class PresentFiles {
 public:
  virtual ~PresentFiles() = default;
  virtual Result<PresentFile> look(const std::string& path) = 0;
};

enum class DriftKind {
  missing,   ///< a managed file or block is not there
  changed,   ///< it is there, and not as the policy has it
  obsolete,  ///< an earlier policy wrote it, and it is still so
  damaged,   ///< cannot be compared or written: markers without their other half, a folder in place of a file
  yours,     ///< an earlier policy wrote it, and it was changed since: only told, never counted
};

std::string_view to_string(DriftKind kind);

struct DriftFinding {
  DriftKind kind = DriftKind::missing;
  std::string message;
  std::string reason = {};         ///< why the policy has it, or no longer has it
  std::string help = {};           ///< what to do by hand; empty: taking the change does it
  std::optional<Span> place = {};  ///< in the file as it is
};

/// What to do, and why, in a sentence.
std::string help_of(const DriftFinding& finding);

/// A file that is not as the policy has it. Nothing but managed parts changes: the bytes around blocks, and the line ends that the
/// file has, stay. A file with a damaged part has no change.
struct FileDrift {
  std::string path;
  std::vector<DriftFinding> findings;
  std::optional<FileChange> change;
  std::string diff;  ///< from what is there to what the policy has, as `git apply` takes it; empty without a change
};

/// Holds a repository against a fresh render. Only drifted files, in byte order of their paths.
Result<std::vector<FileDrift>> find_drift(const FreshTemplate& fresh, PresentFiles& present);

/// True for anything but what is the user's by now.
bool is_drift(const FileDrift& file);

/// The starters at whose path there is nothing, as changes.
Result<std::vector<FileChange>> absent_starters(const FreshTemplate& fresh, PresentFiles& present);

}  // namespace mops::scaffold
