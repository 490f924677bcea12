#pragma once

#include <string>

#include "engine/sinks/sink.hpp"
#include "engine/sinks/text_writer.hpp"

namespace tonus {

/// The results as CSV: one row per 10 ms, activations as fractions of MVC, an empty cell where
/// something is undefined. The columns are those of the design page, "Command line"; with ECG path B
/// a column <channel>_mvc_template for each channel stands at the end, delayed by its 200 ms. Where a
/// vibration of the body is looked for or known, a column estimate (0 or 1) follows, and for each channel,
/// filled while it is 1, <channel>_mvc_combed and <channel>_mvc_uncombed: the muscle is between (domain 2.8). Rows
/// that were made with knowledge of the future say so, whatever they are pasted into: a last column `form`.
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
    void value(bool valid, float value, int digits = 7);
    void value(const Status& status, float number);
    void bounds(const ResultRow& row);
    void group(const GroupEstimate& group);

    TextWriter out_;
    std::string line_;
    bool with_vibration_ = false;
    std::vector<std::size_t> muscles_;  // a channel of each that several share
    bool with_unmixed_ = false;
    bool with_template_ = false;
    std::string form_;  // the cell at the end of a row; empty for the causal form
};

}  // namespace tonus
