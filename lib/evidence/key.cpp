#include "evidence/key.h"

#include <fmt/format.h>

namespace mops::evidence {
namespace {

Path public_path(const Path& path) { return Path(path.string() + ".pub"); }

template <typename Key>
Result<Key> load(FileSystem& files, const Path& path) {
  MOPS_ASSIGN(const std::string pem, files.read(path));
  auto key = Key::from_pem(pem);
  if (!key) return fail(std::move(key).error().in_context(fmt::format("cannot read the key `{}`", path.string())));
  return key;
}

}  // namespace

Result<SigningKey> load_signing_key(FileSystem& files, const Path& path) { return load<SigningKey>(files, path); }

Result<PublicKey> load_public_key(FileSystem& files, const Path& path) { return load<PublicKey>(files, path); }

Result<SigningKey> load_or_create_signing_key(FileSystem& files, const Path& path, KeyType type) {
  if (!exists(files, path)) {
    MOPS_ASSIGN(const SigningKey made, SigningKey::generate(type));
    if (path.has_parent_path()) MOPS_TRY(files.make_directories(path.parent_path()));
    MOPS_TRY(files.write(path, made.pem(), 0600));
  }
  // Read back also when just made: of two processes that made one at a time, both go on with the one that stayed.
  MOPS_ASSIGN(SigningKey key, load_signing_key(files, path));
  if (!exists(files, public_path(path))) MOPS_TRY(files.write(public_path(path), key.public_key().pem(), 0644));
  return key;
}

}  // namespace mops::evidence
