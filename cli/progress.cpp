#include "cli/progress.h"

#include "base/text.h"

namespace mops::cli {

using namespace std::chrono_literals;

Progress::Progress(Console& console, Clock& clock, Display display) : console_(console), clock_(clock), display_(display), started_(clock.steady()) {}

Progress::~Progress() { clear(); }

void Progress::show(std::string_view what, uint64_t done, uint64_t total) {
  const SteadyTime now = clock_.steady();
  if (display_ == Display::hidden || now - started_ < 1s) return;
  const bool new_step = what != last_step_;
  if (!console_.is_interactive()) {
    if (new_step) console_.err(fmt::format("{} …\n", what));
    last_step_ = what;
    return;
  }
  if (!new_step && now - drawn_ < 100ms) return;
  last_step_ = what;
  drawn_ = now;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - started_).count();
  std::string line = total > 0 ? fmt::format("{} {}/{} ({} s)", what, done, total, seconds) : fmt::format("{} ({} s)", what, seconds);
  if (total > 0) {
    const size_t width = std::min<size_t>(30, console_.width() / 3);
    const size_t filled = static_cast<size_t>(static_cast<double>(width) * static_cast<double>(std::min(done, total)) / static_cast<double>(total));
    std::string bar;
    for (size_t i = 0; i < width; ++i) bar += i < filled ? "█" : "░";
    line = bar + " " + line;
  }
  while (display_width(line) >= console_.width() && !line.empty()) line.pop_back();
  console_.err("\r\x1b[K" + line);
  line_is_open_ = true;
}

void Progress::clear() {
  if (line_is_open_) console_.err("\r\x1b[K");
  line_is_open_ = false;
}

}  // namespace mops::cli
