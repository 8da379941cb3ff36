#include "cli/render.h"
#include "cli/visible.h"

namespace mops::cli {
namespace {

Colour colour_of(Severity severity) {
  switch (severity) {
    case Severity::error: return Colour::red;
    case Severity::warning: return Colour::yellow;
    case Severity::note: return Colour::cyan;
  }
  return Colour::plain;
}

std::string place_of(const Location& location) {
  const std::string path = visible(location.path);
  if (!location.span) return path;
  return fmt::format("{}:{}:{}", path, location.span->begin.line, location.span->begin.column);
}

std::string headline(const Diagnostic& finding, const Painter& paint) {
  return fmt::format("{}: {}: {}\n", paint(Colour::bold, place_of(finding.location)),
                     paint(colour_of(finding.severity), fmt::format("{}[{}]", word_of(finding.severity), finding.rule)), visible(finding.message));
}

Painter painter_of(const Console& console) {
  return [&console](Colour colour, std::string_view text) { return console.paint_out(colour, text); };
}

class FullRenderer final : public FindingsRenderer {
 public:
  explicit FullRenderer(const Console& console) : style_{.width = console.width(), .paint = painter_of(console)} {}

  std::string add(const ModelFindings& model) override {
    std::string out;
    for (const Diagnostic& finding : model.findings) out += full_text(finding, model.texts, style_) + "\n";
    return out;
  }

 private:
  ExcerptStyle style_;
};

class ConciseRenderer final : public FindingsRenderer {
 public:
  explicit ConciseRenderer(const Console& console) : paint_(painter_of(console)) {}

  std::string add(const ModelFindings& model) override {
    std::string out;
    for (const Diagnostic& finding : model.findings) out += headline(finding, paint_);
    return out;
  }

 private:
  Painter paint_;
};

}  // namespace

std::string full_text(const Diagnostic& finding, const SourceTexts& texts, const ExcerptStyle& style) {
  std::string out = headline(finding, style.paint);
  out += excerpt(finding.location, colour_of(finding.severity), "", texts, style);
  for (const Label& label : finding.labels) {
    const std::string shown = excerpt(label.location, Colour::cyan, label.message, texts, style);
    out += shown.empty() ? fmt::format("  {}: {}\n", place_of(label.location), visible(label.message)) : shown;
  }
  if (!finding.help.empty()) out += fmt::format("  {}: {}\n", style.paint(Colour::cyan, "help"), visible(finding.help));
  return out;
}

std::unique_ptr<FindingsRenderer> make_full_renderer(const Console& console) { return std::make_unique<FullRenderer>(console); }
std::unique_ptr<FindingsRenderer> make_concise_renderer(const Console& console) { return std::make_unique<ConciseRenderer>(console); }

}  // namespace mops::cli
