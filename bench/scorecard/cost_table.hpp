#pragma once

#include <functional>
#include <string>
#include <vector>

namespace tonus::bench {

/// What a channel-sample costs through the whole pipeline, by channels and by the frames of a read.
struct CostTable {
    std::vector<int> n_channels;
    std::vector<int> n_frames;
    std::vector<std::vector<double>> ns;  ///< [frames][channels]
    double offline_ns = 0.0;              ///< an hour of 16 channels, from memory to a table
    double offline_x_real_time = 0.0;
};

/// @param progress  told what is measured and the part done
/// @param stop      asked between measurements; true ends with an Error
CostTable measure_costs(const std::function<void(const std::string&, double)>& progress = {}, const std::function<bool()>& stop = {});

/// As a Markdown table.
std::string cost_text(const CostTable& table);

/// As a plot. Throws Error for an empty table.
std::string cost_svg(const CostTable& table);

}  // namespace tonus::bench
