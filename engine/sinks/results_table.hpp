#pragma once

#include <string>

#include "engine/sinks/sink.hpp"
#include "engine/sinks/text_writer.hpp"

namespace tonus {

/// The results as CSV: one row per 10 ms, activations as fractions of MVC, an empty cell where
/// something is undefined. The columns are those of the design page, "Command line"; with ECG path B
/// a column <channel>_mvc_template for each channel stands at the end, delayed by its 200 ms.
class ResultsTable final : public Sink {
public:
    /// Throws Error when the file cannot be made.
    ResultsTable(Files& files, const std::string& path) : out_(files, path) {}

    std::string_view name() const noexcept override { return "table"; }
    void begin(const SessionInfo& session) override;
    void row(const ResultRow& row) noexcept override;
    void event(const Event&) noexcept override {}
    void end(const RunSummary&) override { out_.close(); }

private:
    void value(const Status& status, float value);
    void group(const GroupEstimate& group);

    TextWriter out_;
    bool with_template_ = false;
};

}  // namespace tonus
