#pragma once

#include "cli/console.h"

namespace mops::fakes {

/// Keeps what was said, without colours, 80 columns wide.
class CollectingConsole final : public cli::Console {
 public:
  void out(std::string_view text) override { out_text += text; }
  void err(std::string_view text) override { err_text += text; }
  [[nodiscard]] bool is_interactive() const override { return false; }
  [[nodiscard]] size_t width() const override { return 80; }
  void use_colours(cli::Colours) override {}
  [[nodiscard]] std::string paint_out(cli::Colour, std::string_view text) const override { return std::string(text); }
  [[nodiscard]] std::string paint_err(cli::Colour, std::string_view text) const override { return std::string(text); }

  std::string out_text;
  std::string err_text;
};

}  // namespace mops::fakes
