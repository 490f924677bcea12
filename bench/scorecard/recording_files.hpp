#pragma once

#include <string>

#include "engine/core/files.hpp"

namespace tonus::bench {

/// Recordings of 16 channels at 2 kHz to replay, of noise that repeats every second.
/// Both throw Error when the file cannot be written whole.
void write_edf(Files& files, const std::string& path, double seconds);
void write_npy(Files& files, const std::string& path, double seconds);

inline constexpr int kRecordingChannels = 16, kRecordingRateHz = 2000;

}  // namespace tonus::bench
