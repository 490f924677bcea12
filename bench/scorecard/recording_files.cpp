#include "bench/scorecard/recording_files.hpp"

#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/core/random.hpp"

namespace tonus::bench {
namespace {

constexpr double kNoiseUv = 40.0, kStepUv = 0.25;

void write(OutputFile& file, const std::string& path, std::span<const std::byte> bytes) {
    if (!file.write(bytes).ok()) throw run_error(path + " could not be written whole");
}

/// A second, channel after channel.
std::vector<std::int16_t> one_second() {
    Random random{1};
    std::vector<std::int16_t> counts(static_cast<std::size_t>(kRecordingChannels * kRecordingRateHz));
    for (std::int16_t& count : counts) count = static_cast<std::int16_t>(std::lround(kNoiseUv * random.normal() / kStepUv));
    return counts;
}

/// A field of every signal of an EDF header, left-aligned.
std::string of_all(const std::string& text, int width) {
    std::string all;
    for (int ch = 0; ch < kRecordingChannels; ++ch) all += fmt::format("{:<{}}", text, width);
    return all;
}

std::string edf_header(long n_records) {
    std::string labels;
    for (int ch = 0; ch < kRecordingChannels; ++ch) labels += fmt::format("{:<16}", fmt::format("EMG {}", ch + 1));
    return fmt::format("{:<8}{:<80}{:<80}{:<8}{:<8}{:<8}{:<44}{:<8}{:<8}{:<4}", 0, "X X X X", "Startdate X X X X", "01.01.26", "00.00.00",
                       256 * (kRecordingChannels + 1), "", n_records, 1, kRecordingChannels) +
           labels + of_all("", 80) + of_all("uV", 8) + of_all("-8192", 8) + of_all("8191.75", 8) + of_all("-32768", 8) + of_all("32767", 8) +
           of_all("", 80) + of_all(fmt::format("{}", kRecordingRateHz), 8) + of_all("", 32);
}

}  // namespace

void write_edf(Files& files, const std::string& path, double seconds) {
    const auto n_records = static_cast<long>(seconds);
    const std::string header = edf_header(n_records);
    const std::vector<std::int16_t> second = one_second();
    const auto file = files.create(path, IfExists::replace);
    write(*file, path, std::as_bytes(std::span{header.data(), header.size()}));
    for (long i = 0; i < n_records; ++i) write(*file, path, std::as_bytes(std::span{second}));
}

void write_npy(Files& files, const std::string& path, double seconds) {
    const auto n_seconds = static_cast<long>(seconds);
    std::string header = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", n_seconds * kRecordingRateHz, kRecordingChannels);
    constexpr std::size_t kMagic = 10, kAligned = 64;
    header += std::string(kAligned - (kMagic + header.size() + 1) % kAligned, ' ') + "\n";
    const std::string magic = std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size() % 256) + static_cast<char>(header.size() / 256);
    const std::string head = magic + header;

    const std::vector<std::int16_t> counts = one_second();
    std::vector<float> second(counts.size());
    for (std::size_t i = 0; i < second.size(); ++i) second[i] = static_cast<float>(kStepUv * counts[i]);
    const auto file = files.create(path, IfExists::replace);
    write(*file, path, std::as_bytes(std::span{head.data(), head.size()}));
    for (long i = 0; i < n_seconds; ++i) write(*file, path, std::as_bytes(std::span{second}));
}

}  // namespace tonus::bench
