#pragma once

#include "base/process.h"

#include <string>
#include <string_view>

namespace mops::cli {

enum class Colours { automatic, always, never };
enum class Colour { plain, red, green, yellow, cyan, bold, dim };

/// Where a verb talks: data on `out`, talk on `err`. Tests give one that collects.
class Console {
 public:
  virtual ~Console() = default;

  virtual void out(std::string_view text) = 0;
  virtual void err(std::string_view text) = 0;
  /// A person watches `err`: progress may redraw lines.
  [[nodiscard]] virtual bool is_interactive() const = 0;
  [[nodiscard]] virtual size_t width() const = 0;

  virtual void use_colours(Colours when) = 0;
  /// `text` in `colour` where the stream it will go to shows colours, else `text`.
  [[nodiscard]] virtual std::string paint_out(Colour colour, std::string_view text) const = 0;
  [[nodiscard]] virtual std::string paint_err(Colour colour, std::string_view text) const = 0;
};

/// The terminal of this process. NO_COLOR, TERM=dumb and `--color` are honoured. What cannot be written (a pager that
/// left) is dropped.
class TerminalConsole final : public Console {
 public:
  explicit TerminalConsole(const Variables& variables);

  void out(std::string_view text) override;
  void err(std::string_view text) override;
  [[nodiscard]] bool is_interactive() const override { return err_is_terminal_; }
  [[nodiscard]] size_t width() const override;
  void use_colours(Colours when) override;
  [[nodiscard]] std::string paint_out(Colour colour, std::string_view text) const override;
  [[nodiscard]] std::string paint_err(Colour colour, std::string_view text) const override;

 private:
  bool dumb_;
  bool no_colour_wanted_;
  bool err_is_terminal_;
  bool out_has_colours_ = false;
  bool err_has_colours_ = false;
  std::optional<size_t> columns_;
};

}  // namespace mops::cli
