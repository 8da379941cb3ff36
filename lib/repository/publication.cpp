#include "repository/publication.h"

#include "base/text.h"
#include "repository/git_program_repository.h"
#include "repository/problems.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace mops::repository {
namespace {

constexpr std::string_view k_tags = "refs/tags/";

/// `https://name:secret@host` → `https://***@host`.
std::string without_passwords(std::string_view text) {
  std::string out;
  while (true) {
    const size_t scheme = text.find("://");
    if (scheme == std::string_view::npos) return out.append(text);
    const size_t begin = scheme + 3;
    const size_t end = text.find_first_of("/ '\"\t\n", begin);
    const size_t at = text.substr(0, end).rfind('@');
    out.append(text.substr(0, begin));
    text.remove_prefix(begin);
    if (at == std::string_view::npos || at < begin) continue;
    out.append("***");
    text.remove_prefix(at - begin);
  }
}

/// The first line that says something, without git's word in front.
std::string reason_in(std::string_view errors) {
  for (std::string_view line : split(errors, '\n')) {
    line = trim(line);
    if (line.empty() || line.starts_with("warning:") || line.starts_with("hint:")) continue;
    for (const std::string_view word : {"fatal: ", "error: ", "remote: "})
      if (line.starts_with(word)) line.remove_prefix(word.size());
    return without_passwords(line);
  }
  return "git does not say why";
}

/// The host (or a hook) answered, and the answer was no. Anything else that ends a push before it starts is about reaching it.
bool is_refusal(std::string_view errors) {
  constexpr std::array signs = {"Authentication failed", "Permission denied",     "could not read Username", "could not read Password",
                                "Host key verification", "error: 403",            "Repository not found",    "repository not found",
                                "access denied",         "Permission to ",        "not allowed to push",     "failed to push some refs"};
  return std::any_of(signs.begin(), signs.end(), [&](const char* sign) { return errors.find(sign) != std::string_view::npos; });
}

/// One line of --porcelain: flag, `from:to`, summary, parted by tabs.
void read_line(std::string_view line, std::vector<PushedTag>& tags, std::vector<bool>& answered) {
  const std::vector<std::string_view> parts = split(line, '\t');
  if (parts.size() < 3 || parts[0].size() != 1) return;
  const size_t colon = parts[1].rfind(':');
  if (colon == std::string_view::npos || !parts[1].substr(colon + 1).starts_with(k_tags)) return;
  const std::string_view name = parts[1].substr(colon + 1 + k_tags.size());
  for (size_t i = 0; i < tags.size(); ++i) {
    if (tags[i].name != name) continue;
    answered[i] = true;
    const bool failed = parts[0] == "!";
    tags[i].outcome = parts[0] == "=" ? PushOutcome::already_there : failed ? PushOutcome::rejected : PushOutcome::pushed;
    if (failed && parts[2].starts_with("[remote failure]")) tags[i].outcome = PushOutcome::host_away;
    if (failed) tags[i].reason = without_passwords(parts[2]);
  }
}

}  // namespace

std::string_view to_string(PushOutcome outcome) {
  switch (outcome) {
    case PushOutcome::pushed: return "pushed";
    case PushOutcome::already_there: return "already there";
    case PushOutcome::rejected: return "rejected";
    case PushOutcome::host_away: return "host away";
  }
  return "";
}

Result<std::vector<PushedTag>> push_tags(const Path& root, std::string_view remote, std::span<const std::string> tags,
                                         const Variables& variables, std::stop_token stop) {
  std::vector<PushedTag> pushed;
  if (tags.empty()) return pushed;
  if (!find_program("git", variables)) return fail(problems::no_git_program("to publish tags"));
  const Variables own = git_variables(variables);

  MOPS_ASSIGN(const ProcessResult known, run_process({.arguments = {"git", "remote", "get-url", "--", std::string(remote)}, .folder = root, .variables = own}, stop));
  if (known.exit_code != 0)
    return fail(ErrorCode::not_found, fmt::format("there is no remote `{}` in `{}`", remote, root.string()),
                fmt::format("type `git remote add {} URL`", remote));

  std::vector<std::string> arguments = {"git", "push", "--porcelain", "--", std::string(remote)};
  for (const std::string& tag : tags) {
    arguments.push_back(fmt::format("{0}{1}:{0}{1}", k_tags, tag));
    pushed.push_back({.name = tag, .outcome = PushOutcome::host_away});
  }
  MOPS_ASSIGN(const ProcessResult result,
              run_process({.arguments = std::move(arguments), .folder = root, .variables = own, .group = ProcessGroup::inherited}, stop));

  std::vector<bool> answered(pushed.size(), false);
  for (const std::string_view line : split(result.output, '\n')) read_line(line, pushed, answered);
  for (size_t i = 0; i < pushed.size(); ++i) {
    if (answered[i]) continue;
    if (result.errors.find(fmt::format("src refspec {}{} does not match any", k_tags, pushed[i].name)) != std::string::npos)
      return fail(ErrorCode::not_found, fmt::format("there is no tag `{}` in `{}`", pushed[i].name, root.string()), "type `git tag` to see those that are");
    pushed[i].outcome = is_refusal(result.errors) ? PushOutcome::rejected : PushOutcome::host_away;
    pushed[i].reason = reason_in(result.errors);
  }
  return pushed;
}

}  // namespace mops::repository
