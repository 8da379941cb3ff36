#include "cli/console.h"

#include <cerrno>
#include <charconv>
#include <sys/ioctl.h>
#include <unistd.h>

namespace mops::cli {
namespace {

std::string_view code_of(Colour colour) {
  switch (colour) {
    case Colour::plain: return "";
    case Colour::red: return "\x1b[31m";
    case Colour::green: return "\x1b[32m";
    case Colour::yellow: return "\x1b[33m";
    case Colour::cyan: return "\x1b[36m";
    case Colour::bold: return "\x1b[1m";
    case Colour::dim: return "\x1b[2m";
  }
  return "";
}

std::string paint(bool has_colours, Colour colour, std::string_view text) {
  if (!has_colours || colour == Colour::plain) return std::string(text);
  return fmt::format("{}{}\x1b[0m", code_of(colour), text);
}

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return;  // Nobody is left to tell.
    text.remove_prefix(static_cast<size_t>(n));
  }
}

}  // namespace

TerminalConsole::TerminalConsole(const Variables& variables)
    : dumb_(variables.get("TERM") == "dumb"),
      no_colour_wanted_(!variables.get("NO_COLOR").value_or("").empty()),
      err_is_terminal_(::isatty(STDERR_FILENO) == 1 && !dumb_) {
  use_colours(Colours::automatic);
  if (const auto columns = variables.get("COLUMNS")) {
    size_t value = 0;
    const auto [end, error] = std::from_chars(columns->data(), columns->data() + columns->size(), value);
    if (error == std::errc() && value >= 20) columns_ = value;
  }
}

void TerminalConsole::use_colours(Colours when) {
  const bool possible = when == Colours::automatic && !dumb_ && !no_colour_wanted_;
  out_has_colours_ = when == Colours::always || (possible && ::isatty(STDOUT_FILENO) == 1);
  err_has_colours_ = when == Colours::always || (possible && ::isatty(STDERR_FILENO) == 1);
}

void TerminalConsole::out(std::string_view text) { write_all(STDOUT_FILENO, text); }
void TerminalConsole::err(std::string_view text) { write_all(STDERR_FILENO, text); }

size_t TerminalConsole::width() const {
  if (columns_) return *columns_;
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20) return size.ws_col;
  return 80;
}

std::string TerminalConsole::paint_out(Colour colour, std::string_view text) const { return paint(out_has_colours_, colour, text); }
std::string TerminalConsole::paint_err(Colour colour, std::string_view text) const { return paint(err_has_colours_, colour, text); }

}  // namespace mops::cli
