#pragma once

namespace tonus::bench {

/// How many times faster than real time 16 channels at 2 kHz go from memory through every stage into a
/// results table, on this thread. The table's text goes to /dev/null: no disk is in the figure.
double measure_offline(double data_s);

}  // namespace tonus::bench
