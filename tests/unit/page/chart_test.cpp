#include "page/chart.h"

#include "page/markup.h"
#include "page/page.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace mops::page;

TEST_CASE("escaped: nothing of a text is markup") {
  CHECK(escaped("a < b && \"c\"\n\x01") == "a &lt; b &amp;&amp; &quot;c&quot;\n\xEF\xBF\xBD");
  CHECK(escaped("a\xC3<\xFF") == "a\xEF\xBF\xBD&lt;\xEF\xBF\xBD");
}

TEST_CASE("figure: series, a limit, a legend and the numbers") {
  const std::string html = figure({.title = "Latency <ms>",
                                   .says = "p99 is 8 ms",
                                   .x = {.label = "share", .scale = Scale::percentile},
                                   .y = {.label = "ms", .scale = Scale::logarithmic},
                                   .series = {{.name = "1.1.0", .points = {{0, 1}, {0.5, 2}, {0.99, 8}}}, {.name = "1.0.0", .points = {{0.5, 3}}, .mark = Mark::dots}},
                                   .limits = {{.y = 10, .label = "limit 10 ms"}}});
  CHECK(html.find("<figcaption>Latency &lt;ms&gt;</figcaption>") != std::string::npos);
  CHECK(html.find("<path d=\"M60.0 ") != std::string::npos);
  CHECK(html.find("limit 10 ms") != std::string::npos);
  CHECK(html.find("<ul class=\"legend\"><li class=\"s0\">1.1.0</li><li class=\"s1\">1.0.0</li></ul>") != std::string::npos);
  CHECK(html.find("<td>1.1.0</td><td class=\"number\">0.99</td><td class=\"number\">8</td>") != std::string::npos);
}

TEST_CASE("figure: what an axis cannot show is left out, and nothing at all is said") {
  const Chart chart{.title = "Residuals", .says = "none", .x = {.label = "x"}, .y = {.label = "y", .scale = Scale::logarithmic}, .series = {{.name = "a", .points = {{1, -1}, {NAN, 2}}}}, .limits = {}};
  CHECK(figure(chart) == "<figure><figcaption>Residuals</figcaption><p class=\"quiet\">nothing was measured here</p></figure>\n");
}

TEST_CASE("document: stands alone") {
  const std::string html = document("a & b", "<p>x</p>\n");
  CHECK(html.starts_with("<!DOCTYPE html>"));
  CHECK(html.find("<title>a &amp; b</title>") != std::string::npos);
  CHECK(html.find("default-src 'none'") != std::string::npos);
  CHECK(html.find("http") == html.find("http-equiv"));
  CHECK(table({.columns = {{"name", Column::text}, {"n", Column::number}}, .rows = {{"a", "1"}}}) ==
        "<div class=\"scroll\"><table>\n<thead><tr><th>name</th><th class=\"number\">n</th></tr></thead>\n<tbody>\n<tr><td>a</td><td class=\"number\">1</td></tr>\n</tbody></table></div>\n");
}
