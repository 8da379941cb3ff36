#include "page/page.h"

#include "page/markup.h"

#include <fmt/format.h>

namespace mops::page {
namespace {

constexpr std::string_view k_style = R"css(
:root { color-scheme: light dark; --paper: #fff; --ink: #1c2024; --quiet: #5b6570; --line: #dde2e7; --tint: #f4f6f8;
  --good: #14713d; --warn: #8a5a00; --bad: #b3261e; --open: #4b5563;
  --c0: #2563ad; --c1: #c2571a; --c2: #23845b; --c3: #8b4aa8; --c4: #a3342f; --c5: #6b7280; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181c; --ink: #e6e9ec; --quiet: #9aa5b1; --line: #333b43; --tint: #1d2329;
  --good: #58c98a; --warn: #e0ad4b; --bad: #ff8a80; --open: #a9b4c0;
  --c0: #6aa9f0; --c1: #f0955c; --c2: #5fcb9c; --c3: #c792e4; --c4: #f08a85; --c5: #a9b4c0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 60rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
p { margin: .4rem 0; }
a { color: var(--c0); }
code { font: .9em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); font-size: .9rem; }
.lead { font-size: 1.05rem; }
.PASSED, .WARNED, .FAILED, .INCONCLUSIVE { font-weight: 600; white-space: nowrap; }
.PASSED { color: var(--good); } .WARNED { color: var(--warn); } .FAILED { color: var(--bad); } .INCONCLUSIVE { color: var(--open); }
.badge { display: inline-block; border: 2px solid currentColor; border-radius: .4rem; padding: .05rem .6rem; margin-left: .5rem; font-size: 1rem; vertical-align: .2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--quiet); font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
figure { margin: 1.25rem 0; break-inside: avoid; }
figcaption { font-weight: 600; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 0 2rem; }
svg { width: 100%; max-width: 36rem; height: auto; display: block; }
svg text { font: 12.5px system-ui, sans-serif; fill: var(--quiet); }
svg text.limit { fill: var(--bad); }
svg .grid { stroke: var(--line); }
svg .limit { stroke: var(--bad); stroke-dasharray: 5 4; }
svg text.limit { stroke: none; }
svg path { fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; }
svg path.dashed { stroke-dasharray: 6 4; }
svg circle, svg rect { fill: currentColor; }
svg rect { opacity: .75; }
.s0 { color: var(--c0); } .s1 { color: var(--c1); } .s2 { color: var(--c2); } .s3 { color: var(--c3); } .s4 { color: var(--c4); } .s5 { color: var(--c5); }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: .25rem 0; padding: 0; font-size: .9rem; }
.legend li::before { content: ""; display: inline-block; width: .9rem; height: .2rem; margin-right: .4rem; background: currentColor; vertical-align: middle; }
details { margin: .4rem 0; font-size: .9rem; }
summary { cursor: pointer; color: var(--quiet); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: .5rem 0; font-size: .92rem; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 34rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } }
@media print { :root { color-scheme: light; --paper: #fff; --ink: #000; --quiet: #444; --line: #bbb; }
  body { max-width: none; padding: 0; font-size: 11pt; } details { display: none; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
)css";

}  // namespace

std::string table(const Table& table) {
  const auto cell = [&](std::string_view tag, size_t column, std::string_view content) {
    return fmt::format("<{}{}>{}</{}>", tag, table.columns[column].second == Column::number ? " class=\"number\"" : "", content, tag);
  };
  std::string out = "<div class=\"scroll\"><table>\n<thead><tr>";
  for (size_t i = 0; i < table.columns.size(); ++i) out += cell("th", i, table.columns[i].first);
  out += "</tr></thead>\n<tbody>\n";
  for (const std::vector<std::string>& row : table.rows) {
    out += "<tr>";
    for (size_t i = 0; i < row.size(); ++i) out += cell("td", i, row[i]);
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string document(std::string_view title, std::string_view body) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n{}</body>\n</html>\n",
      escaped(title), k_style, body);
}

}  // namespace mops::page
