#include "repository/repository.h"

namespace mops::repository {

Result<std::string> Repository::read_blob(const ObjectId& id) {
  std::string content;
  MOPS_TRY(read_blobs(std::span(&id, 1), [&](size_t, std::string_view bytes) -> Result<void> {
    content = bytes;
    return {};
  }));
  return content;
}

Result<uint64_t> Repository::blob_size(const ObjectId& id) {
  MOPS_ASSIGN(const std::string bytes, read_blob(id));
  return bytes.size();
}

Result<ObjectId> head_commit(Repository& repository) {
  MOPS_ASSIGN(Head head, repository.head());
  if (!head.commit)
    return fail(ErrorCode::refused, "nothing has been committed yet", "type `git add --all`, then `git commit -m \"first version\"`");
  return *std::move(head.commit);
}

}  // namespace mops::repository
