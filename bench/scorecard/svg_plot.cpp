#include "bench/scorecard/svg_plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus::bench {
namespace {

constexpr double kWidth = 720.0, kHeight = 380.0;
constexpr double kLeft = 60.0, kRight = 150.0, kTop = 44.0, kBottom = 52.0;

// Told apart by people who do not see red and green (Okabe and Ito 2008).
constexpr std::array kColours{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"};

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += c;
        }
    }
    return out;
}

/// Where values and columns come to lie.
class Axes {
public:
    explicit Axes(const Plot& plot) : n_columns_(plot.columns.size()) {
        double least = plot.lines[0].values[0], most = least;
        for (const PlotLine& line : plot.lines) {
            for (const double value : line.values) {
                least = std::min(least, value);
                most = std::max(most, value);
            }
        }
        low_ = std::floor(std::log10(least));
        high_ = std::max(low_ + 1.0, std::ceil(std::log10(most)));
    }

    double x(std::size_t column) const {
        const double share = n_columns_ > 1 ? static_cast<double>(column) / static_cast<double>(n_columns_ - 1) : 0.5;
        return kLeft + share * (kWidth - kLeft - kRight);
    }
    double y(double value) const { return kTop + (high_ - std::log10(value)) / (high_ - low_) * (kHeight - kTop - kBottom); }

    /// 1, 2 and 5 of each decade.
    std::vector<double> marks() const {
        std::vector<double> all;
        for (double decade = low_; decade <= high_; decade += 1.0) {
            for (const double step : {1.0, 2.0, 5.0}) {
                if (const double mark = step * std::pow(10.0, decade); std::log10(mark) <= high_ + 1e-9) all.push_back(mark);
            }
        }
        return all;
    }

private:
    std::size_t n_columns_;
    double low_, high_;
};

void check(const Plot& plot) {
    if (plot.columns.empty() || plot.lines.empty()) throw usage_error("a plot needs a column and a line at least");
    for (const PlotLine& line : plot.lines) {
        const bool drawable = std::all_of(line.values.begin(), line.values.end(), [](double v) { return v > 0.0 && std::isfinite(v); });
        if (line.values.size() != plot.columns.size() || !drawable) {
            throw usage_error(fmt::format("plot: line {} needs {} positive values, one a column", line.name, plot.columns.size()));
        }
    }
}

std::string grid(const Plot& plot, const Axes& axes) {
    std::string svg;
    for (const double mark : axes.marks()) {
        svg += fmt::format("<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{1:.1f}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>\n"
                           "<text x=\"{3:.1f}\" y=\"{4:.1f}\" text-anchor=\"end\">{5:g}</text>\n",
                           kLeft, kWidth - kRight, axes.y(mark), kLeft - 8.0, axes.y(mark) + 4.0, mark);
    }
    for (std::size_t i = 0; i < plot.columns.size(); ++i) {
        svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n", axes.x(i), kHeight - kBottom + 20.0, escaped(plot.columns[i]));
    }
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n", 0.5 * (kLeft + kWidth - kRight), kHeight - 12.0,
                       escaped(plot.x_name));
    return svg + fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", kLeft - 40.0, kTop - 10.0, escaped(plot.y_name));
}

/// The names stand at the ends of their lines, pushed apart where they would overlap.
std::string names(const Plot& plot, const Axes& axes) {
    constexpr double kApart = 16.0;
    std::vector<std::size_t> order(plot.lines.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    const auto end_y = [&](std::size_t i) { return axes.y(plot.lines[i].values.back()); };
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return end_y(a) < end_y(b); });
    std::string svg;
    double last = 0.0;
    for (const std::size_t i : order) {
        last = std::max(end_y(i) + 4.0, last + kApart);
        svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" style=\"fill: {}\">{}</text>\n", kWidth - kRight + 12.0, last, kColours[i % kColours.size()],
                           escaped(plot.lines[i].name));
    }
    return svg;
}

}  // namespace

std::string svg_plot(const Plot& plot) {
    check(plot);
    const Axes axes{plot};
    std::string svg = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:g} {1:g}\" font-family=\"sans-serif\" font-size=\"13\">\n"
        "<style>svg {{ background: #fff }} text {{ fill: #222 }} .grid {{ stroke: #8884 }}\n"
        "@media (prefers-color-scheme: dark) {{ svg {{ background: #161b22 }} text {{ fill: #ddd }} }}</style>\n"
        "<text x=\"{2:g}\" y=\"18\" font-weight=\"bold\">{3}</text>\n",
        kWidth, kHeight, kLeft - 40.0, escaped(plot.title));
    svg += grid(plot, axes);
    for (std::size_t i = 0; i < plot.lines.size(); ++i) {
        const char* colour = kColours[i % kColours.size()];
        std::string points, dots;
        for (std::size_t c = 0; c < plot.columns.size(); ++c) {
            const double x = axes.x(c), y = axes.y(plot.lines[i].values[c]);
            points += fmt::format("{}{:.1f},{:.1f}", c == 0 ? "" : " ", x, y);
            dots += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" fill=\"{}\"/>\n", x, y, colour);
        }
        svg += fmt::format("<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/>\n{}", points, colour, dots);
    }
    return svg + names(plot, axes) + "</svg>\n";
}

}  // namespace tonus::bench
