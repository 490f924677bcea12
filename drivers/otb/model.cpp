#include "drivers/otb/model.hpp"

#include <array>

#include <fmt/format.h>

namespace tonus::otb {
namespace {

constexpr double kNanovoltsGain8 = 286.1;

Setup muovi(const SourceUrl& url, bool plus) {
    const bool is_emg = url.choice("mode", "emg", {"emg", "eeg"}) == "emg";
    Setup setup{.port = 54321, .rate = Rate{is_emg ? 2000u : 500u, 1}, .nanovolts_per_count = kNanovoltsGain8};
    const auto command = static_cast<std::uint8_t>(is_emg ? 0x08 : 0x00);
    setup.start = {static_cast<std::uint8_t>(command | 1)};
    setup.stop = {command};
    setup.layouts = {{.n_bio = plus ? 64u : 32u, .has_quaternion = true, .sample_bytes = is_emg ? 2u : 3u}};
    return setup;
}

Setup sessantaquattro(const SourceUrl& url) {
    constexpr std::array<unsigned, 4> kRates{500, 1000, 2000, 4000}, kChannels{8, 16, 32, 64};
    const std::string rate = url.choice("rate", "2000", {"500", "1000", "2000", "4000"});
    const std::string channels = url.choice("channels", "64", {"8", "16", "32", "64"});
    const std::string mode = url.choice("input", "monopolar", {"monopolar", "bipolar", "differential"});
    const bool high_pass = url.flag("highpass", true);
    unsigned word = 0;
    for (unsigned code = 0; code < 4; ++code) {
        if (std::to_string(kRates[code]) == rate) word |= code << 13;
        if (std::to_string(kChannels[code]) == channels) word |= code << 11;
    }
    const unsigned mode_code = mode == "monopolar" ? 0 : mode == "bipolar" ? 1 : 2;
    word |= mode_code << 8 | (high_pass ? 0x40u : 0u);
    Setup setup{.port = 45454, .rate = Rate{static_cast<std::uint64_t>(std::stoi(rate)), 1}, .nanovolts_per_count = kNanovoltsGain8,
                .auxiliary_volts_per_count = 146.48e-6};
    setup.start = {static_cast<std::uint8_t>(word >> 8), static_cast<std::uint8_t>(word | 1)};
    setup.stop = {static_cast<std::uint8_t>(word >> 8), static_cast<std::uint8_t>(word)};
    const std::size_t n_bio = static_cast<std::size_t>(std::stoi(channels)) / (mode_code == 1 ? 2 : 1);
    setup.layouts = {{.n_bio = n_bio, .n_auxiliary = 2, .has_quaternion = true}, {.n_bio = n_bio, .n_auxiliary = 2},
                     {.n_bio = n_bio, .n_auxiliary = 4}};
    return setup;
}

Setup quattrocento(const SourceUrl& url) {
    constexpr std::array<unsigned, 4> kRates{512, 2048, 5120, 10240}, kChannels{120, 216, 312, 408};
    const std::string rate = url.choice("rate", "2048", {"512", "2048", "5120", "10240"});
    const std::string channels = url.choice("channels", "120", {"120", "216", "312", "408"});
    const std::string mode = url.choice("input", "monopolar", {"monopolar", "bipolar", "differential"});
    unsigned acquisition = 0x81;
    std::size_t n_channels = 0;
    for (unsigned code = 0; code < 4; ++code) {
        if (std::to_string(kRates[code]) == rate) acquisition |= code << 3;
        if (std::to_string(kChannels[code]) == channels) acquisition |= code << 1, n_channels = kChannels[code];
    }
    // 10 to 500 Hz, the filters of surface EMG.
    const unsigned input_setup = 0x14 | (mode == "monopolar" ? 0u : mode == "differential" ? 1u : 2u);
    Setup setup{.dials_in = false, .port = 23456, .rate = Rate{static_cast<std::uint64_t>(std::stoi(rate)), 1},
                .nanovolts_per_count = 5e9 / 65536.0 / 150.0, .auxiliary_volts_per_count = 5.0 / 65536.0 / 0.5};
    const auto start = quattrocento_command(static_cast<std::uint8_t>(acquisition), 0, static_cast<std::uint8_t>(input_setup));
    const auto stop = quattrocento_command(0x80, 0, 0);
    setup.start.assign(start.begin(), start.end());
    setup.stop.assign(stop.begin(), stop.end());
    setup.layouts = {{.n_bio = n_channels - 24, .n_auxiliary = 16, .n_accessory = 8, .counter_from_end = 8, .trigger_from_end = 7, .big_endian = false}};
    return setup;
}

}  // namespace

Setup parse_setup(const SourceUrl& url) {
    const std::string model =
        url.choice("model", "muovi", {"muovi", "muovi+", "sessantaquattro", "quattrocento"});
    const bool is_muovi = model.starts_with("muovi");
    for (const char* option : {"rate", "channels", "input"}) {
        if (is_muovi && url.has(option)) throw url.bad(option, "is fixed on a Muovi; mode= is all it has");
    }
    if (!is_muovi && url.has("mode")) throw url.bad("mode", "is of the Muovi only");
    if (model != "sessantaquattro" && url.has("highpass")) throw url.bad("highpass", "is of the Sessantaquattro only");
    Setup setup = is_muovi ? muovi(url, model == "muovi+") : model == "sessantaquattro" ? sessantaquattro(url) : quattrocento(url);
    setup.model = model;
    setup.port = static_cast<std::uint16_t>(url.number("port", setup.port, 1.0, 65535.0));
    setup.settings = fmt::format("nV={:.6g};{}", setup.nanovolts_per_count, url.text_option("input", "monopolar"));
    return setup;
}

}  // namespace tonus::otb
