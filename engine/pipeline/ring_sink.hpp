#pragma once

#include <optional>
#include <span>

#include "engine/device/device.hpp"
#include "engine/pipeline/pipeline.hpp"
#include "engine/ring/frame_ring.hpp"
#include "engine/sinks/sink.hpp"

namespace tonus {

/// The device's end of its ring, in a run whose frames bring their stamps; and of the recorder's, where there
/// is one.
class RingSink : public FrameSink {
public:
    explicit RingSink(FrameRing& ring, FrameRing* recorded = nullptr) : writer_(ring) {
        if (recorded != nullptr) recorded_.emplace(*recorded);
    }

    void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override {
        if (frames.n_frames == 0) return;
        // First, so that what the engine has made a result of is there to be recorded.
        if (recorded_) recorded_->push(stream, first_index, frames, frames.arrival_ns);
        writer_.push(stream, first_index, frames, frames.arrival_ns);
    }
    void heard_until(std::int64_t session_ns) noexcept { writer_.heard_until(session_ns); }
    void finish() noexcept { writer_.finish(); }

protected:
    FrameRing::Writer writer_;

private:
    std::optional<FrameRing::Writer> recorded_;
};

/// Ends a run that is over: puts the devices' troubles into its account and hands that to every
/// sink. Every sink gets its end even when another fails; then throws the first failure.
RunSummary finish_run(RunSummary summary, std::span<Device* const> devices, std::span<Sink* const> sinks);

}  // namespace tonus
