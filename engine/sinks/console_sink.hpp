#pragma once

#include <cstdio>
#include <functional>
#include <string>

#include "engine/sinks/console_view.hpp"
#include "engine/sinks/marker_board.hpp"
#include "engine/sinks/sink.hpp"

namespace tonus {

struct ConsoleOptions {
    std::FILE* out = stdout;
    bool terminal = false;      ///< redraw a picture in place; otherwise a plain line a second
    std::size_t width = 80;
    double seconds_per_line = 1.0;
    const MarkerBoard* markers = nullptr;  ///< to show when their time comes; outlives the sink
    std::function<std::string()> recording = {};  ///< how the recording of this run fares
};

/// Shows a live session to the person who watches it. Only a view: it may skip rows.
class ConsoleSink final : public Sink {
public:
    explicit ConsoleSink(ConsoleOptions options = {});

    std::string_view name() const noexcept override { return "console"; }
    bool keeps_data() const noexcept override { return false; }

    void begin(const SessionInfo& session) override;
    void row(const ResultRow& row) noexcept override;
    void event(const Event& event) noexcept override;
    void idle(double age_s, std::uint64_t n_missed) noexcept override;
    void end(const RunSummary& summary) override;

private:
    void draw() noexcept;
    void show_markers() noexcept;

    ConsoleOptions options_;
    MarkerReader markers_;
    SessionInfo session_;
    KeptRow kept_;
    ConsoleState state_;
    bool has_row_ = false;
    double next_line_s_ = 0.0;
    double drawn_at_s_ = -1.0;     // row time of the picture on screen
    bool drawn_stale_ = false;
    std::size_t lines_on_screen_ = 0;
};

}  // namespace tonus
