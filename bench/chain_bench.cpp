// The reference chain (band-pass of order 4, notch, rectify, 5 Hz low-pass, scale; 2 kHz) by each
// means, in blocks of 32 frames: million channel-samples per second of one core.

#include <cmath>
#include <vector>

#include <Eigen/Core>

#include "bench/race.hpp"
#include "bench/table.hpp"
#include "bench/yardstick.hpp"
#include "engine/condition/section_cascade.hpp"
#include "engine/core/denormals.hpp"
#include "engine/core/random.hpp"
#include "engine/envelope/linear_chain.hpp"
#include "engine/envelope/linear_envelope.hpp"

namespace tonus {
namespace {

constexpr double kRateHz = 2000.0;
constexpr std::size_t kBlocks = 8;  // different ones, in turn

std::vector<Section> reference_sections() {
    std::vector<Section> sections = butterworth_band_pass(4, 20.0, 450.0, kRateHz);
    sections.push_back(notch(50.0, 30.0, kRateHz));
    return sections;
}

/// Sample by sample, one channel after the other, as a first version is written.
template <class T>
struct ScalarChain {
    explicit ScalarChain(std::size_t n_channels) : sections(n_channels, SectionCascade<T>{reference_sections()}),
        envelopes(n_channels, LinearEnvelope<T>{1, 5.0, kRateHz}) {}

    void process(const float* in, float* out, std::size_t stride) {
        for (std::size_t ch = 0; ch < sections.size(); ++ch) {
            for (std::size_t f = 0; f < kBlockFrames; ++f) {
                T x = static_cast<T>(in[f * stride + ch]);
                sections[ch].process({&x, 1});
                envelopes[ch].process({&x, 1});
                out[f * stride + ch] = static_cast<float>(x);
            }
        }
    }

    std::vector<SectionCascade<T>> sections;
    std::vector<LinearEnvelope<T>> envelopes;
};

/// Channels as the elements of Eigen's arrays, one section after the other.
struct EigenChain {
    using Array = Eigen::ArrayXf;

    explicit EigenChain(std::size_t n_channels) : states(2 * sections.size(), Array::Zero(size(n_channels))), x1(states[0]), x2(x1), w(x1), y(x1) {}
    static Eigen::Index size(std::size_t n) { return static_cast<Eigen::Index>(n); }

    void process(const float* in, float* out, std::size_t stride) {
        for (std::size_t f = 0; f < kBlockFrames; ++f) {
            Array x = Eigen::Map<const Array>(in + f * stride, y.size());
            for (std::size_t s = 0; s < sections.size(); ++s) {
                const auto b0 = static_cast<float>(sections[s].b0), b1 = static_cast<float>(sections[s].b1),
                           b2 = static_cast<float>(sections[s].b2), a1 = static_cast<float>(sections[s].a1),
                           a2 = static_cast<float>(sections[s].a2);
                out_of_section = b0 * x + states[2 * s];
                states[2 * s] = b1 * x - a1 * out_of_section + states[2 * s + 1];
                states[2 * s + 1] = b2 * x - a2 * out_of_section;
                x = out_of_section;
            }
            x = x.abs();
            w = static_cast<float>(low_pass.a2) * w + static_cast<float>(low_pass.b0) * (x + 2.0f * x1 + x2 - 4.0f * y);
            y += w;
            x2 = x1;
            x1 = x;
            Eigen::Map<Array>(out + f * stride, y.size()) = 0.01f * y.max(0.0f);
        }
    }

    std::vector<Section> sections = reference_sections();
    Section low_pass = butterworth_low_pass(2, 5.0, kRateHz)[0];
    std::vector<Array> states;
    Array x1, x2, w, y, out_of_section;
};

struct Row {
    double ours = 0.0, yardstick = 0.0, eigen = 0.0, in_float = 0.0, in_double = 0.0;
};

Row measure(std::size_t n_channels, bool quick) {
    const std::size_t stride = padded_lanes(n_channels), n_block = kBlockFrames * stride;
    AlignedVector<float> signal(kBlocks * n_block), result(n_block);
    Random random{1};
    for (float& x : signal) x = static_cast<float>(100.0 * random.normal());

    LinearChain ours{std::vector<LinearChain::Channel>(n_channels, {reference_sections(), 0.01}), 5.0, kRateHz};
    EigenChain eigen{n_channels};
    ScalarChain<float> in_float{n_channels};
    ScalarChain<double> in_double{n_channels};
    std::size_t turn = 0;
    const auto next = [&] { return signal.data() + turn++ % kBlocks * n_block; };
    const double items = static_cast<double>(kBlockFrames * n_channels);
    std::vector<bench::Contender> all{
        {"ours", [&] { ours.process({next(), result.data(), stride, kBlockFrames}); }, items},
        {"Eigen", [&] { eigen.process(next(), result.data(), stride); }, items},
        {"float", [&] { in_float.process(next(), result.data(), stride); }, items},
        {"double", [&] { in_double.process(next(), result.data(), stride); }, items}};
    for (const bench::Yardstick& y : bench::yardsticks(n_channels, kBlockFrames, kRateHz)) {
        all.push_back({y.name, [&, y] { y.block(next(), result.data()); }, items});
    }
    bench::race(all, quick ? 3 : 15);
    Row row{all[0].best_per_s, 0.0, all[1].best_per_s, all[2].best_per_s, all[3].best_per_s};
    for (std::size_t i = 4; i < all.size(); ++i) row.yardstick = std::max(row.yardstick, all[i].best_per_s);
    return row;
}

int run(bool quick) {
    const FlushDenormals flush;
    bench::Table table{{"channels", "ours", "yardstick", "share", "Eigen float", "scalar float", "scalar double", "ours / scalar float", "ns per sample"}};
    for (const std::size_t n : {1u, 4u, 8u, 16u, 24u, 32u, 40u, 64u, 128u, 256u, 384u, 512u, 1000u, 1024u}) {
        const Row r = measure(n, quick);
        const auto mega = [](double rate) { return fmt::format("{:.0f}", rate * 1e-6); };
        table.add({fmt::format("{}", n), mega(r.ours), r.yardstick > 0.0 ? mega(r.yardstick) : "-",
                   r.yardstick > 0.0 ? fmt::format("{:.2f}", r.ours / r.yardstick) : "-", mega(r.eigen), mega(r.in_float),
                   mega(r.in_double), fmt::format("{:.1f}", r.ours / r.in_float), fmt::format("{:.2f}", 1e9 / r.ours)});
    }
    table.print();
    return 0;
}

}  // namespace
}  // namespace tonus

int main(int argc, char** argv) { return tonus::bench::table_main(argc, argv, tonus::run); }
