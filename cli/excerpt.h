#pragma once

#include "base/diagnostic.h"
#include "cli/console.h"
#include "cli/source_texts.h"

#include <functional>
#include <string>
#include <string_view>

namespace mops::cli {

/// Puts a colour round a text, or does not.
using Painter = std::function<std::string(Colour, std::string_view)>;

struct ExcerptStyle {
  size_t width = 80;  ///< columns of the terminal; a longer line is cut around the place
  Painter paint;
};

/// The line of a place with carets below the span, and `message` behind them. A span of several lines is underlined to the end of
/// its first. Empty when the text is not known. Columns are those of a terminal: wide characters take two, a tab is shown as four
/// blanks.
std::string excerpt(const Location& location, Colour colour, std::string_view message, const SourceTexts& texts, const ExcerptStyle& style);

}  // namespace mops::cli
