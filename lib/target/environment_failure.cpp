#include "target/environment_failure.h"

#include "base/text.h"
#include "http/url.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>

namespace mops::target {
namespace {

constexpr size_t k_shown_lines = 12;

/// What the C library and the usual network libraries say, in lower case, with what it means to a person.
struct Symptom {
  std::string_view text;
  std::string_view meaning;
};
constexpr std::array k_symptoms = {
    Symptom{"certificate verify failed", "its certificate is not trusted"},
    Symptom{"self-signed certificate", "its certificate is not trusted"},
    Symptom{"self signed certificate", "its certificate is not trusted"},
    Symptom{"certificate_verify_failed", "its certificate is not trusted"},
    Symptom{"proxy authentication required", "the proxy wants a user and a password"},
    Symptom{"cannot connect to proxy", "the proxy cannot be reached"},
    Symptom{"unable to connect to proxy", "the proxy cannot be reached"},
    Symptom{"tunnel connection failed", "the proxy refuses the connection"},
    Symptom{"proxyerror", "the proxy cannot be reached"},
    Symptom{"temporary failure in name resolution", "its name cannot be looked up"},
    Symptom{"name or service not known", "its name cannot be looked up"},
    Symptom{"no address associated with hostname", "its name cannot be looked up"},
    Symptom{"could not resolve", "its name cannot be looked up"},
    Symptom{"nodename nor servname", "its name cannot be looked up"},
    Symptom{"connection refused", "connection refused"},
    Symptom{"network is unreachable", "there is no network"},
    Symptom{"no route to host", "there is no route to it"},
    Symptom{"connection timed out", "it does not answer in time"},
    Symptom{"connect timeout", "it does not answer in time"},
    Symptom{"read timed out", "it does not answer in time"},
    Symptom{"connection reset by peer", "it closes the connection"},
    Symptom{"remote end closed connection", "it closes the connection"},
};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::vector<std::string> last_shown_lines(const ProcessResult& result) {
  std::vector<std::string> lines;
  for (const std::string* text : {&result.output, &result.errors})
    for (const std::string_view line : split(*text, '\n'))
      if (!trim(line).empty()) lines.emplace_back(http::redact_urls(trim(line)));
  if (lines.size() > k_shown_lines) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(k_shown_lines));
  return lines;
}

/// `NAME=https://…` of every network variable that is set to a URL.
std::string settings_in_use(const Environment& environment, const Variables& variables) {
  std::string out;
  for (const std::string& name : environment.network) {
    const auto value = variables.get(name);
    if (value && value->find("://") != std::string::npos) out += fmt::format("{}`{}={}`", out.empty() ? "" : ", ", name, http::redact_urls(*value));
  }
  return out;
}

std::string network_help(const Environment& environment) {
  if (!environment.help.empty()) return environment.help;
  if (environment.network.empty()) return "run the same command again where there is a network";
  return fmt::format("run the same command again where there is a network, or set one of {}", quoted_list(environment.network, "or"));
}

}  // namespace

Error creation_failure(const Environment& environment, const std::vector<std::string>& command, const ProcessResult& result,
                       const Variables& variables) {
  Error error{.code = ErrorCode::outside, .causes = last_shown_lines(result)};
  const std::string printed = lower(result.errors) + lower(result.output);
  if (printed.find("no space left on device") != std::string::npos || printed.find("disk quota exceeded") != std::string::npos) {
    error.message = fmt::format("the disk is full: the environment `{}` cannot be created", environment.name);
    error.help = "free some disk space, then run the same command again";
    return error;
  }
  const auto symptom = std::find_if(k_symptoms.begin(), k_symptoms.end(), [&](const Symptom& s) { return printed.find(s.text) != std::string::npos; });
  if (symptom != k_symptoms.end()) {
    error.message = fmt::format("the package index for the environment `{}` cannot be reached: {}", environment.name, symptom->meaning);
    const std::string in_use = settings_in_use(environment, variables);
    if (!in_use.empty()) error.causes.insert(error.causes.begin(), fmt::format("set now: {}", in_use));
    error.help = network_help(environment);
    error.transient = true;
    return error;
  }
  error.code = ErrorCode::refused;
  error.message = fmt::format("the environment `{}` cannot be created: `{}` ended with exit code {}", environment.name, join(command, " "), result.exit_code);
  error.help = "correct what it says, then run the same command again";
  return error;
}

}  // namespace mops::target
