#include "bench/scorecard/svg_plot.hpp"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "bench/scorecard/cost_table.hpp"
#include "engine/core/error.hpp"

namespace tonus::bench {
namespace {

/// The first thing that an XML reader would stop at; empty when there is none. Knows as much of XML as
/// our pictures use: elements, attributes in double quotes, text, entities.
std::string flaw(const std::string& xml) {
    std::vector<std::string> open;
    for (std::size_t at = 0; at < xml.size();) {
        const std::size_t tag = std::min(xml.find('<', at), xml.size());
        for (std::size_t amp = xml.find('&', at); amp < tag; amp = xml.find('&', amp + 1)) {
            if (xml.compare(amp, 4, "&lt;") != 0 && xml.compare(amp, 4, "&gt;") != 0 && xml.compare(amp, 5, "&amp;") != 0 &&
                xml.compare(amp, 6, "&quot;") != 0) {
                return "a bare & in " + xml.substr(at, 40);
            }
        }
        if (tag == xml.size()) break;
        const std::size_t end = xml.find('>', tag);
        if (end == std::string::npos) return "a tag without end";
        const std::string inside = xml.substr(tag + 1, end - tag - 1);
        if (std::count(inside.begin(), inside.end(), '"') % 2 != 0 || inside.find('<') != std::string::npos) return "broken tag " + inside;
        const std::string name = inside.substr(0, inside.find_first_of(" /", 1));
        if (inside.front() == '/') {
            if (open.empty() || open.back() != name.substr(1)) return "unexpected " + inside;
            open.pop_back();
        } else if (inside.back() != '/') {
            open.push_back(name);
        }
        at = end + 1;
    }
    return open.empty() ? "" : "never closed: " + open.back();
}

TEST(SvgPlot, IsWellFormedWhateverTheNamesHold) {
    const Plot plot{.title = "a < b & \"c\" > d", .x_name = "n", .y_name = "ns", .columns = {"1", "<2>"}, .lines = {{"x & y", {1.0, 300.0}}, {"z", {5.0, 5.0}}}};
    EXPECT_EQ(flaw(svg_plot(plot)), "");
    EXPECT_EQ(flaw("<svg><text>a & b</text></svg>").substr(0, 8), "a bare &");
    EXPECT_EQ(flaw("<svg><text>a</svg>"), "unexpected /svg");
}

TEST(SvgPlot, DrawsEveryPointOfEveryLineInsideThePicture) {
    const CostTable table{.n_channels = {8, 1024}, .n_frames = {1, 256}, .ns = {{90.0, 60.0}, {12.0, 15.0}}};
    const std::string svg = cost_svg(table);
    EXPECT_EQ(flaw(svg), "");
    std::size_t n_points = 0;
    for (std::size_t at = svg.find("<circle"); at != std::string::npos; at = svg.find("<circle", at + 1), ++n_points) {
        double x = 0.0, y = 0.0;
        ASSERT_EQ(std::sscanf(svg.c_str() + at, "<circle cx=\"%lf\" cy=\"%lf\"", &x, &y), 2);
        EXPECT_TRUE(x >= 0.0 && x <= 720.0 && y >= 0.0 && y <= 380.0) << x << " " << y;
    }
    EXPECT_EQ(n_points, 4u);
    EXPECT_NE(cost_text(table).find("| 256 | 12.0 | 15.0 |"), std::string::npos);
}

TEST(SvgPlot, RefusesWhatCannotBeDrawn) {
    EXPECT_THROW(svg_plot({}), Error);
    EXPECT_THROW(svg_plot({.columns = {"1"}, .lines = {{"a", {0.0}}}}), Error);
    EXPECT_THROW(svg_plot({.columns = {"1"}, .lines = {{"a", {1.0, 2.0}}}}), Error);
    EXPECT_THROW(svg_plot({.columns = {"1"}, .lines = {{"a", {std::numeric_limits<double>::infinity()}}}}), Error);
}

}  // namespace
}  // namespace tonus::bench
