#include "bench/scorecard/offline_speed.hpp"

#include "bench/scorecard/load_device.hpp"
#include "engine/pipeline/run.hpp"
#include "engine/sinks/results_table.hpp"

namespace tonus::bench {

double measure_offline(double data_s) {
    SystemClock clock;
    LoadDevice device{{.read_frames = 2000, .duration_s = data_s, .pacing = Pacing::stamped}, clock};
    const std::span<const StreamInfo> streams = device.streams();
    Pipeline pipeline{streams, session_with_everything({&streams, 1})};
    ResultsTable table{system_files(), "/dev/null"};
    const std::int64_t begin_ns = clock.now_ns();
    run_offline(device, pipeline, table);
    return data_s / (1e-9 * static_cast<double>(clock.now_ns() - begin_ns));
}

}  // namespace tonus::bench
