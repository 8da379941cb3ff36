#include "cli/release_tag.h"

#include "base/text.h"

namespace mops::cli {

std::string to_message(const ReleaseMessage& message) {
  return fmt::format("{} {}\n\n{}\n\nPayload: {}\nCertificate: {}\nPath: {}\n", message.name, message.version.to_string(), message.summary, message.payload.hex(),
                     message.certificate.hex(), message.folder.empty() ? "." : message.folder);
}

ReleaseTrailers read_trailers(std::string_view message) {
  ReleaseTrailers trailers;
  for (const std::string_view line : split(message, '\n')) {
    const size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    const std::string_view key = line.substr(0, colon);
    const std::string_view value = trim(line.substr(colon + 2));
    const auto digest = Digest::parse(value);
    if (key == "Payload" && digest) trailers.payload = *digest;
    if (key == "Certificate" && digest) trailers.certificate = *digest;
    if (key == "Path") trailers.folder = value == "." ? std::string() : std::string(value);
  }
  return trailers;
}

Result<std::vector<model::Version>> released_versions(Workspace& workspace, const std::string& name) {
  MOPS_ASSIGN(const std::vector<std::string> tags, workspace.repository().tag_names(name + "@v"));
  std::vector<model::Version> versions;
  for (size_t i = 0; i < tags.size(); ++i) {
    // `!` comes before whatever else could follow the same beginning.
    const bool is_taken_back = i + 1 < tags.size() && tags[i + 1].size() == tags[i].size() + 1 && tags[i + 1].starts_with(tags[i]) && tags[i + 1].ends_with('!');
    if (is_taken_back) continue;
    if (auto parsed = model::parse_version_tag(tags[i])) versions.push_back(std::move(parsed->version));
  }
  return versions;
}

Result<repository::Tag> find_tag(Workspace& workspace, const std::string& name) {
  MOPS_ASSIGN(std::vector<repository::Tag> tags, workspace.repository().tags(name));
  for (repository::Tag& tag : tags)
    if (tag.name == name) return std::move(tag);
  const auto wanted = model::parse_version_tag(name);
  if (workspace.repository().resolve("refs/tags/" + name))
    return fail(ErrorCode::refused, fmt::format("the tag `{}` has no message (a lightweight tag), so nobody knows who made it, and when", name),
                fmt::format("if nobody has fetched it, type `git tag -d {}`, then `mops release {}`", name, wanted ? wanted->version.to_string() : "VERSION"));
  return fail(ErrorCode::not_found, fmt::format("this repository has no annotated tag `{}`", name),
              fmt::format("`mops release {}` makes it; if it was made elsewhere: `git fetch --tags`", wanted ? wanted->version.to_string() : "VERSION"));
}

}  // namespace mops::cli
