#include "cli/render.h"

#include "base/text.h"
#include "document/value.h"

namespace mops::cli {
namespace {

using document::Value;

std::string_view word_of(Severity severity) {
  switch (severity) {
    case Severity::error: return "error";
    case Severity::warning: return "warning";
    case Severity::note: return "note";
  }
  return "";
}

Colour colour_of(Severity severity) {
  switch (severity) {
    case Severity::error: return Colour::red;
    case Severity::warning: return Colour::yellow;
    case Severity::note: return Colour::cyan;
  }
  return Colour::plain;
}

std::string place_of(const Location& location) {
  if (!location.span) return location.path;
  return fmt::format("{}:{}:{}", location.path, location.span->begin.line, location.span->begin.column);
}

std::string headline(const Diagnostic& finding, const Console& console) {
  return fmt::format("{}: {}: {}\n", console.paint_out(Colour::bold, place_of(finding.location)),
                     console.paint_out(colour_of(finding.severity), fmt::format("{}[{}]", word_of(finding.severity), finding.rule)),
                     finding.message);
}

std::string_view line_of(std::string_view text, uint32_t number) {
  for (uint32_t line = 1; line < number; ++line) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  std::string_view found = text.substr(0, text.find('\n'));
  if (found.ends_with('\r')) found.remove_suffix(1);
  return found;
}

/// The first `count` code points of `text`.
std::string_view first_code_points(std::string_view text, size_t count) {
  size_t i = 0;
  for (; i < text.size(); ++i) {
    if ((text[i] & 0xC0) == 0x80) continue;
    if (count-- == 0) break;
  }
  return text.substr(0, i);
}

std::string without_tabs(std::string_view text) { return replace_all(text, "\t", " "); }

/// The line with carets below the span; a span of several lines is underlined to the end of its first.
std::string excerpt(const Location& location, Colour colour, std::string_view message, const ExcerptSource& source, const Console& console) {
  if (!location.span) return {};
  const std::optional<std::string> text = source(location.path);
  if (!text) return {};
  const Span& span = *location.span;
  const std::string_view whole = line_of(*text, span.begin.line);
  constexpr size_t k_widest_line = 160;
  const std::string line = without_tabs(first_code_points(whole, k_widest_line));
  const std::string before = without_tabs(first_code_points(whole, span.begin.column - 1));
  if (before.size() > line.size()) return {};
  const size_t length = count_code_points(whole);
  const size_t end = span.end.line == span.begin.line ? span.end.column : length + 1;
  const std::string_view marked = first_code_points(whole.substr(first_code_points(whole, span.begin.column - 1).size()),
                                                    end > span.begin.column ? end - span.begin.column : 0);
  const size_t carets = std::clamp<size_t>(display_width(marked), 1, k_widest_line);
  const std::string number = std::to_string(span.begin.line);
  const std::string gutter(number.size(), ' ');
  const std::string bar = console.paint_out(Colour::cyan, "|");
  std::string out = fmt::format(" {} {}\n", gutter, bar);
  out += fmt::format(" {} {} {}\n", console.paint_out(Colour::cyan, number), bar, line);
  out += fmt::format(" {} {} {}{}", gutter, bar, std::string(display_width(before), ' '), console.paint_out(colour, std::string(carets, '^')));
  if (!message.empty()) out += " " + console.paint_out(colour, message);
  return out + "\n";
}

std::string full(const Diagnostic& finding, const ExcerptSource& source, const Console& console) {
  std::string out = headline(finding, console);
  out += excerpt(finding.location, colour_of(finding.severity), "", source, console);
  for (const Label& label : finding.labels) {
    const std::string shown = excerpt(label.location, Colour::cyan, label.message, source, console);
    out += shown.empty() ? fmt::format("  {}: {}\n", place_of(label.location), label.message) : shown;
  }
  if (!finding.help.empty()) out += fmt::format("  {}: {}\n", console.paint_out(Colour::cyan, "help"), finding.help);
  return out + "\n";
}

Value place_value(const Location& location) {
  Value value = Value::map();
  value.set("path", location.path);
  if (!location.span) return value;
  const auto position = [](const Position& p) { return Value::map().set("line", p.line).set("column", p.column); };
  value.set("begin", position(location.span->begin)).set("end", position(location.span->end));
  return value;
}

std::string json(std::span<const Diagnostic> findings) {
  Value list = Value::list();
  for (const Diagnostic& finding : findings) {
    Value value = Value::map();
    value.set("rule", finding.rule).set("severity", word_of(finding.severity)).set("message", finding.message);
    value.set("location", place_value(finding.location));
    if (!finding.help.empty()) value.set("help", finding.help);
    list.add(std::move(value));
  }
  return to_json(Value::map().set("format_version", 1).set("findings", std::move(list)), document::JsonLayout::indented);
}

/// docs.github.com, workflow commands: %, CR and LF are escaped everywhere, `:` and `,` in properties as well.
std::string github_escape(std::string_view text, bool is_property) {
  std::string out = replace_all(replace_all(replace_all(text, "%", "%25"), "\r", "%0D"), "\n", "%0A");
  if (is_property) out = replace_all(replace_all(out, ":", "%3A"), ",", "%2C");
  return out;
}

std::string github(const Diagnostic& finding) {
  const std::string_view command = finding.severity == Severity::note ? "notice" : word_of(finding.severity);
  std::string out = fmt::format("::{} file={}", command, github_escape(finding.location.path, true));
  if (finding.location.span) out += fmt::format(",line={},col={}", finding.location.span->begin.line, finding.location.span->begin.column);
  out += fmt::format(",title={}::{}", github_escape(finding.rule, true), github_escape(finding.message, false));
  if (!finding.help.empty()) out += "%0Ahelp: " + github_escape(finding.help, false);
  return out + "\n";
}

std::string counted(size_t count, std::string_view word) { return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s"); }

}  // namespace

DiagnosticFormat parse_diagnostic_format(std::string_view word) {
  if (word == "concise") return DiagnosticFormat::concise;
  if (word == "json") return DiagnosticFormat::json;
  if (word == "github") return DiagnosticFormat::github;
  return DiagnosticFormat::full;
}

std::string render_diagnostics(std::span<const Diagnostic> findings, DiagnosticFormat format, const ExcerptSource& source,
                               const Console& console) {
  if (format == DiagnosticFormat::json) return json(findings);
  std::string out;
  for (const Diagnostic& finding : findings) {
    switch (format) {
      case DiagnosticFormat::full: out += full(finding, source, console); break;
      case DiagnosticFormat::concise: out += headline(finding, console); break;
      case DiagnosticFormat::github: out += github(finding); break;
      case DiagnosticFormat::json: break;
    }
  }
  return out;
}

std::string count_of(std::span<const Diagnostic> findings) {
  const auto count = [&](Severity severity) {
    return static_cast<size_t>(std::count_if(findings.begin(), findings.end(), [&](const auto& f) { return f.severity == severity; }));
  };
  const size_t errors = count(Severity::error);
  const size_t warnings = count(Severity::warning);
  if (errors == 0 && warnings == 0) return "no errors";
  if (warnings == 0) return counted(errors, "error");
  if (errors == 0) return counted(warnings, "warning");
  return counted(errors, "error") + " and " + counted(warnings, "warning");
}

}  // namespace mops::cli
