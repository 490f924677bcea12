#pragma once

#include <string>
#include <vector>

#include "engine/sinks/marker_board.hpp"
#include "engine/sinks/sink.hpp"
#include "engine/sinks/text_writer.hpp"

namespace tonus {

/// The events, one JSON object a line: gaps, flag changes, trouble.
class EventsFile final : public Sink {
public:
    /// @param markers  those of a recording, to stand among the events; outlives this
    /// Throws Error when the file cannot be made.
    EventsFile(Files& files, const std::string& path, const MarkerBoard* markers = nullptr) : out_(files, path), markers_(markers) {}

    std::string_view name() const noexcept override { return "events"; }
    void begin(const SessionInfo& session) override;
    void row(const ResultRow& row) noexcept override;
    void event(const Event& event) noexcept override;
    void end(const RunSummary&) override;

private:
    void write_markers(double until_s) noexcept;

    std::vector<std::string> streams_, channels_;
    TextWriter out_;
    const MarkerBoard* markers_;
    std::size_t n_markers_ = 0;
};

/// One event as a JSON object, without a line end. `streams` are the names of the streams.
std::string event_json(const Event& event, const std::vector<std::string>& streams, const std::vector<std::string>& channels);

/// Text as a JSON string, quotes included.
std::string json_string(std::string_view text);

}  // namespace tonus
