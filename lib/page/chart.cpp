#include "page/chart.h"

#include "page/markup.h"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <limits>

namespace mops::page {
namespace {

constexpr double k_width = 480;
constexpr double k_height = 280;
constexpr double k_left = 60;
constexpr double k_right = 28;
constexpr double k_top = 12;
constexpr double k_bottom = 48;
constexpr size_t k_colours = 6;  ///< as many as page.cpp has

bool can_show(Scale scale, double value) { return std::isfinite(value) && (scale != Scale::logarithmic || value > 0) && (scale != Scale::percentile || (value >= 0 && value < 1)); }

class Drawing {
 public:
  explicit Drawing(const Chart& chart) : chart_(chart) {}

  std::string figure() {
    const Axis x = axis(chart_.x, [](const Point& p) { return p.x; }, false);
    const Axis y = axis(chart_.y, [](const Point& p) { return p.y; }, true);
    if (!any_) return fmt::format("<figure><figcaption>{}</figcaption><p class=\"quiet\">nothing was measured here</p></figure>\n", escaped(chart_.title));
    std::string svg = fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n", k_width, k_height, escaped(chart_.title + ": " + chart_.says));
    svg += grid(x, y);
    for (const Limit& limit : chart_.limits) svg += limit_line(limit, y);
    for (size_t i = 0; i < chart_.series.size(); ++i) svg += marks(chart_.series[i], i % k_colours, x, y);
    svg += "</svg>\n";
    return fmt::format("<figure><figcaption>{}</figcaption>\n<p class=\"quiet\">{}</p>\n{}{}{}</figure>\n", escaped(chart_.title), escaped(chart_.says), svg, legend(), numbers());
  }

 private:
  [[nodiscard]] bool is_shown(const Point& point) const { return can_show(chart_.x.scale, point.x) && can_show(chart_.y.scale, point.y); }

  template <typename Part>
  Axis axis(const AxisText& text, Part part, bool is_vertical) {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    const auto add = [&](double value) {
      low = std::min(low, value);
      high = std::max(high, value);
    };
    for (const Series& series : chart_.series)
      for (const Point& point : series.points)
        if (is_shown(point)) add(part(point));
    any_ = low <= high;
    if (!any_) return {Scale::linear, 0, 1};
    if (text.from_zero && text.scale == Scale::linear) add(0);
    if (is_vertical)
      for (const Limit& limit : chart_.limits)
        if (can_show(text.scale, limit.y)) add(limit.y);
    return {text.scale, low, high};
  }

  static double left_of(const Axis& x, double value) { return k_left + x.place(value) * (k_width - k_left - k_right); }
  static double top_of(const Axis& y, double value) { return k_height - k_bottom - y.place(value) * (k_height - k_top - k_bottom); }

  [[nodiscard]] std::string grid(const Axis& x, const Axis& y) const {
    std::string out;
    for (const Tick& tick : y.ticks()) {
      const double top = top_of(y, tick.value);
      out += fmt::format("<line class=\"grid\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>", k_left, k_width - k_right, top, top);
      out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n", k_left - 8, top + 4, escaped(tick.label));
    }
    for (const Tick& tick : x.ticks()) {
      const double left = left_of(x, tick.value);
      out += fmt::format("<line class=\"grid\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>", left, left, k_top, k_height - k_bottom);
      out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n", left, k_height - k_bottom + 18, escaped(tick.label));
    }
    out += fmt::format("<text class=\"label\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n", (k_left + k_width - k_right) / 2, k_height - 8, escaped(chart_.x.label));
    const double middle = (k_top + k_height - k_bottom) / 2;
    out += fmt::format("<text class=\"label\" transform=\"translate(14 {:.1f}) rotate(-90)\" text-anchor=\"middle\">{}</text>\n", middle, escaped(chart_.y.label));
    return out;
  }

  static std::string limit_line(const Limit& limit, const Axis& y) {
    const double top = top_of(y, limit.y);
    return fmt::format("<line class=\"limit\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/><text class=\"limit\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n", k_left,
                       k_width - k_right, top, top, k_width - k_right - 4, top < k_top + 16 ? top + 14 : top - 5, escaped(limit.label));
  }

  [[nodiscard]] std::string marks(const Series& series, size_t colour, const Axis& x, const Axis& y) const {
    std::string path;
    std::string out = fmt::format("<g class=\"s{}\">", colour);
    const double floor = k_height - k_bottom;
    const double thick = std::max(2.0, (k_width - k_left - k_right) / (1.5 * static_cast<double>(std::max<size_t>(series.points.size(), 1))));
    for (const Point& point : series.points) {
      if (!is_shown(point)) continue;
      const double left = left_of(x, point.x);
      const double top = top_of(y, point.y);
      const std::string hint = fmt::format("<title>{}{}{}, {}</title>", escaped(series.name), series.name.empty() ? "" : ": ", short_number(point.x), short_number(point.y));
      if (series.mark == Mark::line) path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", left, top);
      if (series.mark == Mark::dots) out += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.5\">{}</circle>", left, top, hint);
      if (series.mark == Mark::bars) out += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\">{}</rect>", left - thick / 2, top, thick, std::max(0.0, floor - top), hint);
    }
    if (!path.empty()) out += fmt::format("<path d=\"{}\"{}><title>{}</title></path>", path, series.stroke == Stroke::dashed ? " class=\"dashed\"" : "", escaped(series.name));
    return out + "</g>\n";
  }

  [[nodiscard]] std::string legend() const {
    if (chart_.series.size() < 2) return {};
    std::string out = "<ul class=\"legend\">";
    for (size_t i = 0; i < chart_.series.size(); ++i) out += fmt::format("<li class=\"s{}\">{}</li>", i % k_colours, escaped(chart_.series[i].name));
    return out + "</ul>\n";
  }

  [[nodiscard]] std::string numbers() const {
    std::string out = "<details><summary>the numbers</summary><table>\n";
    out += fmt::format("<tr><th></th><th class=\"number\">{}</th><th class=\"number\">{}</th></tr>\n", escaped(chart_.x.label), escaped(chart_.y.label));
    for (const Series& series : chart_.series)
      for (const Point& point : series.points)
        out += fmt::format("<tr><td>{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td></tr>\n", escaped(series.name), short_number(point.x), short_number(point.y));
    return out + "</table></details>\n";
  }

  const Chart& chart_;
  bool any_ = false;
};

}  // namespace

std::string figure(const Chart& chart) { return Drawing(chart).figure(); }

}  // namespace mops::page
