#include "engine/pipeline/npy_taps.hpp"

#include <limits>

#include <fmt/format.h>

namespace tonus {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

std::string made_folder(Files& files, const std::string& folder) {
    files.make_folder(folder);
    return folder;
}

template <class Unit>
void write_tick(NpyWriter& file, std::vector<float>& row, const Tick<Unit>& tick) {
    row.assign(tick.value.begin(), tick.value.end());
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (tick.status[i].state != ValueState::valid) row[i] = kNaN;
    }
    file.write(row);
}

}  // namespace

NpyTaps::NpyTaps(Files& files, const std::string& folder, const SessionInfo& session)
    : files_(files),
      folder_(made_folder(files, folder)),
      streams_(session.streams),
      per_stream_(session.streams.size()),
      activation_(files, folder + "/activation.npy", session.channels.size()) {}

NpyTaps::StreamFiles& NpyTaps::files_of(std::size_t stream) {
    std::unique_ptr<StreamFiles>& found = per_stream_[stream];
    if (!found) {
        const std::size_t n_channels = streams_[stream].channels.size();
        const auto file = [&](const char* stage) {
            return NpyWriter{files_, fmt::format("{}/{}_{}_{}.npy", folder_, stream, streams_[stream].name, stage), n_channels};
        };
        found.reset(new StreamFiles{file("gated"), file("conditioned"), file("flags"), file("energy"), file("valid"), file("envelope")});
    }
    return *found;
}

void NpyTaps::gated(std::size_t stream, const Block<unit::Microvolt>& emg) {
    guarded([&] {
        for (std::size_t f = 0; f < emg.n_frames(); ++f) files_of(stream).gated.write(emg.frame(f));
    });
}

void NpyTaps::conditioned(std::size_t stream, const Block<unit::Microvolt>& emg) {
    guarded([&] {
        StreamFiles& to = files_of(stream);
        for (std::size_t f = 0; f < emg.n_frames(); ++f) {
            to.conditioned.write(emg.frame(f));
            const std::span<const std::uint8_t> flags = emg.flags(f);
            row_.assign(flags.begin(), flags.end());
            to.flags.write(row_);
        }
    });
}

void NpyTaps::skipped(std::size_t stream, std::size_t n_frames) {
    guarded([&] {
        StreamFiles& to = files_of(stream);
        const std::size_t n_values = n_frames * streams_[stream].channels.size();
        row_.assign(n_values, kNaN);
        to.gated.write(row_);
        to.conditioned.write(row_);
        if (to.path_b_samples) to.path_b_samples->write(row_);
        row_.assign(n_values, static_cast<float>(sample_flag::gap));
        to.flags.write(row_);
    });
}

void NpyTaps::energy(std::size_t stream, const EnergyTick& tick) {
    guarded([&] {
        StreamFiles& to = files_of(stream);
        row_.assign(tick.energy_uv2.begin(), tick.energy_uv2.end());
        to.energy.write(row_);
        for (std::size_t i = 0; i < row_.size(); ++i) row_[i] = static_cast<float>(tick.counts[i].n_valid);
        to.valid.write(row_);
    });
}

void NpyTaps::envelope(std::size_t stream, const Tick<unit::Microvolt>& tick) {
    guarded([&] { write_tick(files_of(stream).envelope, row_, tick); });
}

void NpyTaps::template_samples(std::size_t stream, const Block<unit::Microvolt>& emg) {
    guarded([&] {
        StreamFiles& to = files_of(stream);
        if (!to.path_b_samples) {
            to.path_b_samples.emplace(files_, fmt::format("{}/{}_{}_template_samples.npy", folder_, stream, streams_[stream].name), streams_[stream].channels.size());
        }
        for (std::size_t f = 0; f < emg.n_frames(); ++f) to.path_b_samples->write(emg.frame(f));
    });
}

void NpyTaps::template_tick(std::size_t stream, const EnergyTick&, const Tick<unit::Microvolt>& envelope) {
    guarded([&] {
        StreamFiles& to = files_of(stream);
        if (!to.path_b) {
            to.path_b.emplace(files_, fmt::format("{}/{}_{}_template.npy", folder_, stream, streams_[stream].name), streams_[stream].channels.size());
        }
        write_tick(*to.path_b, row_, envelope);
    });
}

void NpyTaps::activation(const Tick<unit::Mvc>& tick) {
    guarded([&] { write_tick(activation_, row_, tick); });
}

void NpyTaps::close() {
    if (failure_) std::rethrow_exception(failure_);
    for (const std::unique_ptr<StreamFiles>& files : per_stream_) {
        if (!files) continue;
        for (NpyWriter* file : {&files->gated, &files->conditioned, &files->flags, &files->energy, &files->valid, &files->envelope}) {
            file->close();
        }
        if (files->path_b) files->path_b->close();
        if (files->path_b_samples) files->path_b_samples->close();
    }
    activation_.close();
}

}  // namespace tonus
