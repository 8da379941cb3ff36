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

std::optional<double> metric_value(const evidence::Certificate& certificate, const std::string& name) {
  const auto found = certificate.metrics.find(name);
  return found == certificate.metrics.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> metric_names(const evidence::Certificate& certificate) {
  std::vector<std::string> names;
  for (const auto& [name, value] : certificate.metrics) names.push_back(name);
  return names;
}

/// `before` and `after`: what the certificates measured.
void check_difference(const model::Notes& notes, const std::string& path, const std::string& name, const model::WrittenNumber& written,
                      const std::optional<double>& before, const std::optional<double>& after, const std::vector<std::string>& known,
                      std::vector<Diagnostic>& findings) {
  const std::string against = notes.changes->against.to_string();
  if (!before || !after) {
    const auto near = after ? std::nullopt : nearest(name, known);
    findings.push_back(false_fact(path, written.span, fmt::format("the certificate of {} has no `{}`", after ? against : notes.version.to_string(), name),
                                  near ? fmt::format("did you mean `{}`?", *near) : "remove it: only what both measured can be compared"));
  } else if (!model::equal_at_written_digits(written.text, *after - *before)) {
    findings.push_back(false_fact(path, written.span, fmt::format("`{}` says {}, but it went from {} in {} to {}: {:+.4g}", name, written.text, *before, against, *after, *after - *before),
                                  "`mops notes draft` copies the changes from the certificates"));
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
  for (const auto& [name, written] : notes.metrics) check_number(path, name, written, metric_value(certificate, name), metric_names(certificate), findings);
  for (const auto& [name, written] : notes.performance)
    check_number(path, name, written, performance_value(certificate.performance, name), performance_names(), findings);
  return findings;
}

std::vector<Diagnostic> check_changes(const model::Notes& notes, const std::string& path, const evidence::Certificate& certificate, const Earlier& earlier) {
  std::vector<Diagnostic> findings;
  const model::NotesChanges& changes = *notes.changes;
  const std::string against = changes.against.to_string();
  const auto unchecked = [&](const Span& span, std::string message, std::string help) {
    findings.push_back({.severity = Severity::warning, .rule = "notes/unchecked-fact", .message = std::move(message), .location = {.path = path, .span = span}, .help = std::move(help)});
  };
  if (!(changes.against < notes.version)) {
    findings.push_back(false_fact(path, changes.against_span, fmt::format("the changes are against {}, which is not before {}", against, notes.version.to_string()),
                                  "compare with the version that people have now"));
    return findings;
  }
  if (earlier.certificate != nullptr) {
    for (const auto& [name, written] : changes.metrics)
      check_difference(notes, path, name, written, metric_value(*earlier.certificate, name), metric_value(certificate, name), metric_names(certificate), findings);
    for (const auto& [name, written] : changes.performance)
      check_difference(notes, path, name, written, performance_value(earlier.certificate->performance, name), performance_value(certificate.performance, name),
                       performance_names(), findings);
  } else if (!changes.metrics.empty() || !changes.performance.empty()) {
    unchecked(changes.against_span, fmt::format("the certificate of {} is not here, so the changes since then are not checked", against),
              "`git fetch --tags` if it was released elsewhere; else its notes name no certificate");
  }
  if (!changes.interface) return findings;
  if (!earlier.interface) {
    unchecked(changes.interface_span.value_or(changes.against_span), fmt::format("the interface of {} is not here, so how it changed is not checked", against),
              "type `git fetch --tags`, if its tag is missing");
  } else if (earlier.interface->compatibility != *changes.interface) {
    const model::InterfaceChange* reason = earlier.interface->decisive_change();
    findings.push_back(false_fact(path, changes.interface_span,
                                  fmt::format("`interface` says {}, the change since {} is {}{}", to_string(*changes.interface), against, to_string(earlier.interface->compatibility),
                                              reason == nullptr ? "" : fmt::format(": {}", reason->sentence)),
                                  fmt::format("`mops diff {}` shows every change", against)));
  }
  return findings;
}

}  // namespace mops::policy
