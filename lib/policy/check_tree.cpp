#include "model/payload.h"
#include "policy/inspection.h"
#include "policy/pickle.h"
#include "policy/secret.h"

#include <fmt/format.h>
#include <set>

namespace mops::policy {
namespace {

/// Beyond it a file is data: it is not searched for secrets.
constexpr uint64_t k_largest_text = 1 << 20;

std::string people_size(uint64_t bytes) {
  constexpr uint64_t k_mebi = 1 << 20;
  if (bytes < k_mebi) return fmt::format("{} bytes", bytes);
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / k_mebi);
}

}  // namespace

Result<void> inspect_tree(Inspection& inspection, const std::set<std::string, std::less<>>& artifacts) {
  const std::vector<std::string> paths = inspection.paths();
  for (const std::string& path : paths) {
    MOPS_ASSIGN(const uint64_t size, inspection.size(path));
    const bool is_artifact = artifacts.contains(path);
    if (!is_artifact && size > inspection.policy().file().largest_file)
      inspection.add("artifact/large-file", path, std::nullopt,
                     fmt::format("the file has {}, more than the {} that git should keep", people_size(size), people_size(inspection.policy().file().largest_file)),
                     "list it in `mops.lock`, keep it in Git LFS, or let git ignore it");
    // An artifact was read for its digest, whatever its size.
    if (size > k_largest_text && !is_artifact) continue;
    MOPS_ASSIGN(const SourceFile source, inspection.read(path));
    if (const auto pickle = find_pickle(path, source.text))
      inspection.add("artifact/pickle", path, std::nullopt, fmt::format("the file is {}: loading it runs code that is in it", *pickle),
                     "write the weights as safetensors, ONNX or JSON");
    if (size > k_largest_text) continue;
    for (const FoundSecret& secret : find_secrets(source.text))
      inspection.add("secret/found", path, secret.span, fmt::format("found what looks like {}", secret.kind),
                     "revoke it, since history keeps it; name it under `secrets` and let the stage provide it");
  }
  return {};
}

}  // namespace mops::policy
