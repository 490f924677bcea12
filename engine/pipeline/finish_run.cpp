#include <exception>

#include "engine/pipeline/direct_port.hpp"
#include "engine/pipeline/ring_sink.hpp"

namespace tonus {

void end_sinks(std::span<Sink* const> sinks, const RunSummary& summary) {
    std::exception_ptr first_failure;
    for (Sink* sink : sinks) {
        try {
            sink->end(summary);
        } catch (...) {
            if (!first_failure) first_failure = std::current_exception();
        }
    }
    if (first_failure) std::rethrow_exception(first_failure);
}

RunSummary finish_run(RunSummary summary, std::span<Device* const> devices, std::span<Sink* const> sinks) {
    std::size_t stream = 0;
    for (const Device* device : devices) {
        for (std::size_t s = 0; s < device->streams().size(); ++s) {
            summary.streams[stream++].trouble = device->trouble();
        }
    }
    end_sinks(sinks, summary);
    return summary;
}

}  // namespace tonus
