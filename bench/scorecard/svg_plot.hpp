#pragma once

#include <string>
#include <vector>

namespace tonus::bench {

/// A line of a plot: one point for each of the plot's columns.
struct PlotLine {
    std::string name;
    std::vector<double> values;
};

/// A plot of lines over named columns, its vertical axis logarithmic, as one SVG file that follows the
/// reader's light or dark colours.
struct Plot {
    std::string title = {};
    std::string x_name = {}, y_name = {};
    std::vector<std::string> columns = {};
    std::vector<PlotLine> lines = {};
};

/// Throws Error when there is nothing to draw, or a line has not a positive value for each column.
std::string svg_plot(const Plot& plot);

}  // namespace tonus::bench
