#include "cli/drift_view.h"

#include "base/text.h"

namespace mops::cli {
namespace {

Colour colour_of(scaffold::DriftKind kind) {
  switch (kind) {
    case scaffold::DriftKind::damaged: return Colour::red;
    case scaffold::DriftKind::yours: return Colour::cyan;
    default: return Colour::yellow;
  }
}

std::string place_of(const std::string& path, const std::optional<Span>& place) {
  return place ? fmt::format("{}:{}:{}", path, place->begin.line, place->begin.column) : path;
}

std::string painted(std::string_view diff, const Console& console) {
  std::string out;
  while (!diff.empty()) {
    const size_t end = diff.find('\n');
    const std::string_view line = diff.substr(0, end);
    diff.remove_prefix(end == std::string_view::npos ? diff.size() : end + 1);
    Colour colour = Colour::plain;
    if (line.starts_with("@@")) colour = Colour::cyan;
    else if (line.starts_with("--- ") || line.starts_with("+++ ") || line.starts_with("diff ")) colour = Colour::bold;
    else if (line.starts_with('-')) colour = Colour::red;
    else if (line.starts_with('+')) colour = Colour::green;
    out += colour == Colour::plain ? std::string(line) : console.paint_out(colour, line);
    out += '\n';
  }
  return out;
}

}  // namespace

std::string render_drift(std::span<const scaffold::FileDrift> drifts, const std::string& prefix, const Console& console) {
  std::string out;
  for (const scaffold::FileDrift& drift : drifts) {
    for (const scaffold::DriftFinding& finding : drift.findings) {
      out += fmt::format("{}: {}: {}\n", console.paint_out(colour_of(finding.kind), to_string(finding.kind)),
                         console.paint_out(Colour::bold, place_of(prefix + drift.path, finding.place)), finding.message);
      if (!finding.reason.empty()) out += fmt::format("  {}: {}\n", console.paint_out(Colour::cyan, "why"), finding.reason);
      if (!finding.help.empty()) out += fmt::format("  {}: {}\n", console.paint_out(Colour::cyan, "help"), finding.help);
    }
    out += painted(drift.diff, console);
    out += '\n';
  }
  return out;
}

std::vector<Diagnostic> drift_diagnostics(std::span<const scaffold::FileDrift> drifts, model::Level level, const std::string& prefix) {
  const Severity drifted = level == model::Level::production ? Severity::error : Severity::warning;
  std::vector<Diagnostic> out;
  for (const scaffold::FileDrift& drift : drifts)
    for (const scaffold::DriftFinding& finding : drift.findings)
      out.push_back({.severity = finding.kind == scaffold::DriftKind::yours ? Severity::note : drifted,
                     .rule = "template/drift",
                     .message = finding.message,
                     .location = {.path = prefix + drift.path, .span = finding.place},
                     .help = help_of(finding)});
  return out;
}

}  // namespace mops::cli
