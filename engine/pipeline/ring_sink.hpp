#pragma once

#include <span>

#include "engine/device/device.hpp"
#include "engine/pipeline/pipeline.hpp"
#include "engine/ring/frame_ring.hpp"
#include "engine/sinks/sink.hpp"

namespace tonus {

/// The device's end of its ring: stamps what has no stamp yet.
class RingSink final : public FrameSink {
public:
    explicit RingSink(FrameRing& ring) : writer_(ring) {}

    void set_now(std::int64_t session_ns) noexcept { now_ns_ = session_ns; }

    void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override {
        if (frames.n_frames > 0) writer_.push(stream, first_index, frames, now_ns_);
    }
    void heard_until(std::int64_t session_ns) noexcept { writer_.heard_until(session_ns); }
    void finish() noexcept { writer_.finish(); }

private:
    FrameRing::Writer writer_;
    std::int64_t now_ns_ = 0;
};

/// The account of a run that is over, handed to every sink. Every sink gets its end even when
/// another fails; then throws the first failure.
RunSummary finish_run(std::span<Device* const> devices, Pipeline& pipeline,
                      std::span<Sink* const> sinks);

}  // namespace tonus
