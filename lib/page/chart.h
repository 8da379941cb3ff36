#pragma once

#include "page/axis.h"

#include <string>
#include <vector>

namespace mops::page {

struct Point {
  double x = 0;
  double y = 0;
};

enum class Mark { line, dots, bars };
enum class Stroke { solid, dashed };

/// Points of one colour. Bars stand on the lower end of the vertical axis. Values that an axis cannot show (not finite; not positive on a
/// logarithmic one) are left out.
struct Series {
  std::string name;
  std::vector<Point> points;
  Mark mark = Mark::line;
  Stroke stroke = Stroke::solid;
};

/// A horizontal line across the chart: a limit.
struct Limit {
  double y = 0;
  std::string label;
};

struct AxisText {
  std::string label;
  Scale scale = Scale::linear;
  bool from_zero = false;
};

/// A figure with its numbers. `says`: what one sees in it, in a sentence, for those who do not see it as well.
struct Chart {
  std::string title;
  std::string says;
  AxisText x;
  AxisText y;
  std::vector<Series> series;
  std::vector<Limit> limits;
};

/// A `figure` with an SVG of its own colours (classes of page.h), a legend where there is more than one series, and the numbers in a table
/// that opens. Without a point to show: a `figure` that says so.
std::string figure(const Chart& chart);

}  // namespace mops::page
