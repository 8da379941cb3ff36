#include "policy/facts.h"

#include "base/text.h"

#include <fmt/format.h>

namespace mops::policy {
namespace {

Diagnostic false_fact(const std::string& path, const std::optional<Span>& span, std::string message, std::string help) {
  return {.rule = "notes/false-fact", .message = std::move(message), .location = {.path = path, .span = span}, .help = std::move(help)};
}

void check_number(const std::string& path, std::string_view name, const model::WrittenNumber& written, const std::optional<double>& measured,
                  std::vector<std::string> known, std::vector<Diagnostic>& findings) {
  if (!measured) {
    const auto near = nearest(name, known);
    findings.push_back(false_fact(path, written.span, fmt::format("the certificate has no `{}`", name),
                                  near ? fmt::format("did you mean `{}`?", *near) : "remove it, or measure it"));
  } else if (!model::equal_at_written_digits(written.text, *measured)) {
    findings.push_back(false_fact(path, written.span, fmt::format("`{}` says {}, the certificate measured {}", name, written.text, *measured),
                                  "`mops notes draft` copies the facts from the certificate"));
  }
}

}  // namespace

const std::vector<std::string>& performance_names() {
  static const std::vector<std::string> names = {"p50_ms", "p99_ms", "max_ms", "throughput_per_second", "error_share", "requests", "errors"};
  return names;
}

std::optional<double> performance_value(const evidence::Performance& performance, std::string_view name) {
  if (name == "p50_ms") return performance.p50_ms;
  if (name == "p99_ms") return performance.p99_ms;
  if (name == "max_ms") return performance.max_ms;
  if (name == "throughput_per_second") return performance.throughput_per_second;
  if (name == "error_share") return performance.error_share;
  if (name == "requests") return static_cast<double>(performance.requests);
  if (name == "errors") return static_cast<double>(performance.errors);
  return std::nullopt;
}

std::vector<Diagnostic> check_facts(const model::Notes& notes, const std::string& path, const evidence::Certificate& certificate,
                                    const Digest& certificate_digest) {
  std::vector<Diagnostic> findings;
  if (notes.payload && *notes.payload != certificate.payload)
    findings.push_back(false_fact(path, notes.payload_span, fmt::format("the notes are about payload {}, the certificate about {}", notes.payload->short_hex(), certificate.payload.short_hex()),
                                  "run `mops certify`, then `mops notes draft` again"));
  if (notes.certificate && *notes.certificate != certificate_digest)
    findings.push_back(false_fact(path, notes.certificate_span, fmt::format("the notes name certificate {}, the one of this payload is {}", notes.certificate->short_hex(), certificate_digest.short_hex()),
                                  "run `mops notes draft` again"));
  std::vector<std::string> metric_names;
  for (const auto& [name, value] : certificate.metrics) metric_names.push_back(name);
  for (const auto& [name, written] : notes.metrics) {
    const auto measured = certificate.metrics.find(name);
    check_number(path, name, written, measured == certificate.metrics.end() ? std::nullopt : std::optional(measured->second), metric_names, findings);
  }
  for (const auto& [name, written] : notes.performance)
    check_number(path, name, written, performance_value(certificate.performance, name), performance_names(), findings);
  return findings;
}

}  // namespace mops::policy
