#include <algorithm>

#include <fmt/format.h>

#include "bench/scorecard/scorecard.hpp"

namespace tonus::bench {
namespace {

constexpr std::size_t kBarColumns = 24;

/// A bar of eighths of a column.
std::string bar(double fraction) {
    constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const double clamped = std::clamp(fraction, 0.0, 1.0);
    const auto n = static_cast<std::size_t>(clamped * kBarColumns * 8 + 0.5);
    std::string text;
    for (std::size_t i = 0; i < n / 8; ++i) text += "█";
    return text + kEighths[n % 8];
}

std::string machine_text(const Machine& m) {
    std::string text = fmt::format("{}\n", m.cpu);
    text += fmt::format("  {} core{}", m.n_cores, m.n_cores == 1 ? "" : "s");
    if (m.n_usable != m.n_cores) text += fmt::format(", {} usable by this process", m.n_usable);
    if (m.cpu_quota > 0.0) text += fmt::format(", time of {:.3g} allowed", m.cpu_quota);
    text += fmt::format("; {}; governor {}", m.instruction_set, m.governor);
    if (m.clock_mhz > 0.0) text += fmt::format(", {:.0f} MHz now", m.clock_mhz);
    if (m.clock_max_mhz > 0.0) text += fmt::format(" of {:.0f}", m.clock_max_mhz);
    text += fmt::format("\n  {:.0f} MiB; Linux {}{}{}\n", m.memory_mib, m.system, m.container.empty() ? "" : ", in ", m.container);
    return text + fmt::format("  Tonus {}, {}, {}\n", m.commit, m.compiler, m.build);
}

std::string capacity_text(const std::vector<Capacity>& capacity) {
    std::string text = "\nchannels held live, every stage on, without one late block\n";
    int most = 1;
    for (const Capacity& c : capacity) most = std::max(most, c.n_channels);
    for (const Capacity& c : capacity) {
        const std::string n = fmt::format("{}{}", c.n_channels, c.is_limit ? "" : "+");
        text += fmt::format("  {:>4.3g} kHz {:>6}  {}", 1e-3 * c.rate_hz, n, bar(static_cast<double>(c.n_channels) / most));
        if (c.n_channels > 0) text += fmt::format("  {:.0f} % of the core to spare, slowest {:.2f} ms", 100.0 * c.spare, c.slowest_ms);
        text += "\n";
    }
    return text;
}

std::string latency_row(const std::string& name, const Distribution& d) {
    // A machine that was asleep for a second has seven digits, and no use for a tenth.
    const auto us = [](double value) { return fmt::format("{:.{}f}", value, value < 1000.0 ? 1 : 0); };
    return fmt::format("  {:<26} {:>8} {:>8} {:>8} {:>8}\n", name, us(d.p50_us), us(d.p99_us), us(d.p999_us), us(d.max_us));
}

std::string latency_text(const std::vector<Latency>& latency) {
    std::string text = fmt::format("\ndelay of a result, µs        {:>8} {:>8} {:>8} {:>8}\n", "p50", "p99", "p99.9", "max");
    for (const Latency& l : latency) {
        text += latency_row(l.condition + ", arrival to row", l.to_row);
        text += latency_row("  the system's timer", l.timer_floor);
    }
    return text;
}

std::string stages_text(const Scorecard& card) {
    std::string text = fmt::format("\ncost of a channel-sample, {:.1f} ns in all\n", card.ns_per_channel_sample());
    for (const StageCost& s : card.stages) {
        text += fmt::format("  {:<22}{:>7.2f} ns {:>4.0f} %  {}\n", s.stage, s.ns_per_channel_sample, 100.0 * s.share, bar(s.share));
    }
    return text;
}

}  // namespace

double Scorecard::ns_per_channel_sample() const {
    double sum = 0.0;
    for (const StageCost& stage : stages) sum += stage.ns_per_channel_sample;
    return sum;
}

std::string verdict(const Scorecard& card) {
    const auto at_2k = std::find_if(card.capacity.begin(), card.capacity.end(), [](const Capacity& c) { return c.rate_hz == 2000.0; });
    if (at_2k == card.capacity.end() || at_2k->n_channels == 0) return "This machine does not hold 8 channels at 2 kHz without a late block.";
    return fmt::format("This machine holds {}{} channels at 2 kHz with {:.0f} % to spare.", at_2k->is_limit ? "" : "at least ", at_2k->n_channels,
                       100.0 * at_2k->spare);
}

std::string scorecard_text(const Scorecard& card) {
    std::string text = machine_text(card.machine) + capacity_text(card.capacity) + latency_text(card.latency) + stages_text(card);
    text += fmt::format("\n32 channels at 2 kHz and 8 motion sensors: {:.2f} % of one core, {:.1f} MiB resident, memory {},\n"
                        "  {} page faults of the engine after its start, {} late\n",
                        100.0 * card.rated.cpu_share, card.rated.resident_mib, card.rated.memory, card.rated.engine_page_faults, card.rated.n_late);
    text += card.ring ? fmt::format("ring between two cores: there and back {:.0f} ns, {:.0f} frames of 64 bytes a ms\n", card.ring->round_trip_ns,
                                    card.ring->frames_per_ms)
                      : "ring between two cores: not measured, this process may use only one\n";
    text += fmt::format("offline: {:.0f} times real time, 16 channels at 2 kHz, every stage on, on one core\n", card.offline_x_real_time);
    if (card.quick) text += "(--quick: short runs, so tails and capacity are rough, and live the hum is not found and cancelled yet)\n";
    return text + "\n" + verdict(card) + "\n";
}

}  // namespace tonus::bench
