#pragma once

#include <span>

#include "engine/sinks/result_ring.hpp"
#include "engine/sinks/sink.hpp"

namespace tonus {

/// Hands results to the sinks at once: they share the thread.
class DirectPort final : public ResultPort {
public:
    explicit DirectPort(std::span<Sink* const> sinks) noexcept : sinks_(sinks) {}
    void row(const ResultRow& row) noexcept override {
        for (Sink* sink : sinks_) sink->row(row);
    }
    void event(const Event& event) noexcept override {
        for (Sink* sink : sinks_) sink->event(event);
    }

private:
    std::span<Sink* const> sinks_;
};

/// Gives every sink its end, also when another fails; then throws the first failure.
void end_sinks(std::span<Sink* const> sinks, const RunSummary& summary);

}  // namespace tonus
