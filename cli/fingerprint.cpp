#include "cli/fingerprint.h"

#include "base/digest.h"

#include <algorithm>
#include <map>

namespace mops::cli {
namespace {

std::string without_blanks(std::string_view text) {
  std::string out(text);
  std::erase_if(out, [](char c) { return c == ' ' || c == '\t'; });
  return out;
}

std::string_view first_quoted(std::string_view message) {
  const size_t begin = message.find('`');
  if (begin == std::string_view::npos) return {};
  const size_t end = message.find('`', begin + 1);
  return end == std::string_view::npos ? std::string_view() : message.substr(begin + 1, end - begin - 1);
}

}  // namespace

std::vector<std::string> fingerprints(const ModelFindings& model) {
  std::vector<std::string> prints;
  std::map<std::string, size_t> seen;
  for (const Diagnostic& finding : model.findings) {
    const Location& place = finding.location;
    const auto line = place.span ? model.texts.line(place.path, place.span->begin.line) : std::nullopt;
    const char separator = '\0';
    std::string identity = "mops/v1";
    for (const std::string& part : {finding.rule, model.path_in_repository(place.path), without_blanks(line.value_or("")), std::string(first_quoted(finding.message))})
      identity += separator + part;
    const size_t number = seen[identity]++;
    prints.push_back(sha256(identity + separator + std::to_string(number)).hex().substr(0, 32));
  }
  return prints;
}

}  // namespace mops::cli
