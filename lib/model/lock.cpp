#include "model/lock.h"

#include "document/reader.h"
#include "document/value.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace mops::model {

Result<Lock> read_lock(const document::Document& document) {
  document::Reader reader(document);
  const document::Field root = reader.root();
  root.expect_format("lock", 1);
  Lock lock;
  std::set<std::string> seen;
  for (const document::Field& item : root.at("artifacts").items()) {
    Artifact artifact{.path = item.at("path").path(), .sha256 = item.at("sha256").digest(), .size = item.at("size").count()};
    if (!seen.insert(artifact.path).second) item.refuse(fmt::format("artifact `{}` is listed twice", artifact.path));
    lock.artifacts.push_back(std::move(artifact));
  }
  return reader.finish(std::move(lock));
}

std::string write_lock(const Lock& lock) {
  std::vector<const Artifact*> sorted;
  for (const Artifact& artifact : lock.artifacts) sorted.push_back(&artifact);
  std::sort(sorted.begin(), sorted.end(), [](const Artifact* a, const Artifact* b) { return a->path < b->path; });
  document::Value artifacts = document::Value::list();
  for (const Artifact* artifact : sorted)
    artifacts.add(document::Value::map().set("path", artifact->path).set("sha256", artifact->sha256.hex()).set("size", artifact->size));
  return document::to_yaml(document::Value::map().set("format", "lock/v1").set("artifacts", std::move(artifacts)));
}

}  // namespace mops::model
