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
    /// @param markers  of a recording or of live devices, to stand among the events; outlives this
    /// Throws Error when the file cannot be made.
    EventsFile(Files& files, const std::string& path, const MarkerBoard* markers = nullptr) : out_(files, path), markers_(markers) {}

    std::string_view name() const noexcept override { return "events"; }
    void begin(const SessionInfo& session) override;
    void row(const ResultRow& row) noexcept override;
    void event(const Event& event) noexcept override;
    void end(const RunSummary&) override;

private:
    void write(const RecordingNote& marker) noexcept;

    std::vector<std::string> streams_, channels_;
    TextWriter out_;
    MarkerReader markers_;
};

/// One event as a JSON object, without a line end. `streams` are the names of the streams.
std::string event_json(const Event& event, const std::vector<std::string>& streams, const std::vector<std::string>& channels);

/// A marker likewise, as what happened at its time.
std::string marker_json(const RecordingNote& marker);

/// Text as a JSON string, quotes included.
std::string json_string(std::string_view text);

}  // namespace tonus
