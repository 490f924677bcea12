#include "drivers/lsl/lsl_device.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "drivers/lsl/marker_device.hpp"
#include "drivers/lsl/metadata.hpp"
#include "drivers/lsl/resolve.hpp"
#include "drivers/lsl/sender_clock.hpp"
#include "drivers/lsl/stamp_counter.hpp"
#include "engine/formats/stream_plan.hpp"

namespace tonus::lsl {
namespace {

constexpr std::int32_t kBufferS = 10;
constexpr double kSilenceSMax = 1.0;  // reliability, "Loss of a source seen"
constexpr std::size_t kBlockValues = 32768;

/// liblsl's function for values of a type; narrower ones are widened by it.
template <class T>
auto puller(const Liblsl& api) noexcept {
    if constexpr (std::is_same_v<T, float>) return api.pull_chunk_f;
    else if constexpr (std::is_same_v<T, double>) return api.pull_chunk_d;
    else return api.pull_chunk_i;
}

template <class T>
class LslDevice final : public Device {
public:
    LslDevice(const Liblsl& api, std::string name, Inlet inlet, std::vector<formats::PlannedStream> planned, std::size_t n_channels,
              Clock& clock, bool is_steady)
        : api_(api), name_(std::move(name)), inlet_(inlet), planned_(std::move(planned)), streams_(formats::infos_of(planned_)),
          n_channels_(n_channels), clock_(clock), sender_(api, clock), is_steady_(is_steady), counter_(streams_.front().rate) {
        const std::size_t n_frames = std::max<std::size_t>(1, kBlockValues / n_channels_);
        values_.resize(n_frames * n_channels_);
        stamps_.resize(n_frames);
        picked_.resize(values_.size());
    }
    ~LslDevice() override { api_.destroy_inlet(inlet_); }

    std::span<const StreamInfo> streams() const noexcept override { return streams_; }
    std::string_view trouble() const noexcept override { return trouble_; }
    double age_s() const noexcept override { return age_s_; }

    void start() override {
        open_inlet(api_, inlet_, name_);
        trouble_.clear();
        sender_.start(inlet_);
        last_frame_ns_ = clock_.now_ns();
        api_.inlet_flush(inlet_);  // what came while the clocks were compared is old
        counter_.restart();
    }

    void stop() noexcept override { api_.close_stream(inlet_); }

    ReadStatus read(FrameSink& sink, std::chrono::milliseconds timeout) noexcept override {
        if (sender_.follow(inlet_)) counter_.restart();
        // The wait is for one frame: liblsl would otherwise wait until all the room is filled.
        std::size_t n_read = pull(1, static_cast<double>(timeout.count()) * 1e-3, sink);
        if (n_read == 0) return trouble_.empty() ? silence() : ReadStatus::lost;
        const std::size_t n_frames_max = stamps_.size();
        while (n_read > 0 && trouble_.empty() && (n_read = pull(n_frames_max, 0.0, sink)) == n_frames_max) {}
        last_frame_ns_ = clock_.now_ns();
        return trouble_.empty() ? ReadStatus::frames : ReadStatus::lost;
    }

private:
    ReadStatus silence() noexcept {
        const double silent_s = static_cast<double>(clock_.now_ns() - last_frame_ns_) * 1e-9;
        if (!is_steady_ || silent_s < kSilenceSMax) return ReadStatus::idle;
        give_up("nothing has come for a second: does its program still send, and is the network up?");
        return ReadStatus::lost;
    }

    /// Takes up to so many frames and hands them on. Returns how many.
    std::size_t pull(std::size_t n_frames, double timeout_s, FrameSink& sink) noexcept {
        std::int32_t status = 0;
        const unsigned long n_values = puller<T>(api_)(inlet_, values_.data(), stamps_.data(), n_frames * n_channels_, n_frames, timeout_s, &status);
        const std::size_t n = std::min<std::size_t>(n_values / n_channels_, n_frames);
        if (n > 0) hand_on(n, sink);
        const auto said = static_cast<Status>(status);
        if (said == Status::lost) give_up("its sender is gone: was its program ended?");
        else if (said != Status::ok && said != Status::timeout) give_up("liblsl reports an error of its own");
        return n;
    }

    void hand_on(std::size_t n, FrameSink& sink) noexcept {
        age_s_ = std::max(0.0, sender_.age_s(stamps_[n - 1]));
        std::size_t first = 0;
        std::uint64_t first_index = counter_.count(sender_.here_s(stamps_[0]));
        for (std::size_t i = 1; i < n; ++i) {
            const std::uint64_t index = counter_.count(sender_.here_s(stamps_[i]));
            if (index == first_index + (i - first)) continue;
            push(first, i, first_index, sink);
            first = i;
            first_index = index;
        }
        push(first, n, first_index, sink);
    }

    void push(std::size_t from, std::size_t to, std::uint64_t first_index, FrameSink& sink) noexcept {
        for (std::size_t s = 0; s < planned_.size(); ++s) {
            const std::vector<std::size_t>& columns = planned_[s].signals;
            std::size_t n = 0;
            for (std::size_t f = from; f < to; ++f) {
                for (const std::size_t column : columns) picked_[n++] = values_[f * n_channels_ + column];
            }
            sink.push(s, first_index, raw_frames(std::span<const T>{picked_.data(), n}, columns.size()));
        }
    }

    void give_up(std::string_view why) noexcept {
        if (trouble_.empty()) trouble_.append(name_).append(": ").append(why);
    }

    const Liblsl& api_;
    std::string name_;
    Inlet inlet_;
    std::vector<formats::PlannedStream> planned_;
    std::vector<StreamInfo> streams_;
    std::size_t n_channels_;
    Clock& clock_;
    SenderClock sender_;
    bool is_steady_;
    StampCounter counter_;
    std::vector<T> values_, picked_;
    std::vector<double> stamps_;
    std::string trouble_;
    double age_s_ = 0.0;
    std::int64_t last_frame_ns_ = 0;
};

/// The whole description, read and bounded. Throws Error naming the stream.
Metadata description_of(const Liblsl& api, const SourceUrl& url, Info info) {
    char* const xml = info != nullptr ? api.get_xml(info) : nullptr;
    if (xml == nullptr) throw run_error(url.text() + ": its description does not come: does a firewall stand between?");
    const std::string text{xml, strnlen(xml, kXmlBytesMax + 1)};
    api.destroy_string(xml);
    try {
        return read_metadata(text);
    } catch (const Error& error) {
        throw input_error(url.text() + ": the stream " + error.what());
    }
}

SampleType sample_type_of(formats::XdfFormat format) noexcept {
    using formats::XdfFormat;
    switch (format) {
        case XdfFormat::float32: return SampleType::float32;
        case XdfFormat::double64:
        case XdfFormat::int64: return SampleType::float64;
        default: return SampleType::int32;
    }
}

/// Texts, and numbers that come when they come: what others write beside a measurement. Numbers with a rate,
/// or with one that the user gives, are samples; so are floats, which nobody marks with.
bool is_markers(const formats::XdfStream& stream, const ReadOptions& options) noexcept {
    using formats::XdfFormat;
    if (stream.format == XdfFormat::string) return true;
    return !stream.rate && !options.rate && stream.format != XdfFormat::float32 && stream.format != XdfFormat::double64;
}

ReadOptions wishes(const SourceUrl& url) {
    ReadOptions options;
    if (url.has("rate")) options.rate = parse_rate(url.text_option("rate", ""));
    if (url.has("scale_uv")) options.scale_uv = url.number("scale_uv", 1.0, 1e-12, 1e12);
    if (url.has("unit")) options.unit = url.text_option("unit", "");
    return options;
}

}  // namespace

std::unique_ptr<Device> open_inlet(const Liblsl& api, const SourceUrl& url, Clock& clock) {
    const OwnedInfo found = resolve_one(api, url, url.number("wait", 3.0, 0.5, 60.0));
    // Without recovery of its own: it would take whoever calls himself the same, and mark no gap.
    constexpr std::int32_t kNoRecovery = 0;
    const auto destroy = [&api](Inlet inlet) { api.destroy_inlet(inlet); };
    std::unique_ptr<InletTag, decltype(destroy)> inlet{api.create_inlet(found.get(), kBufferS, 0, kNoRecovery), destroy};
    if (!inlet) throw run_error(url.text() + ": liblsl cannot make an inlet for it");
    std::int32_t status = 0;
    const OwnedInfo full{api, api.get_fullinfo(inlet.get(), kOpenS, &status)};
    const Metadata metadata = description_of(api, url, full.get());
    const formats::XdfStream& stream = metadata.stream;
    const SampleType type = sample_type_of(stream.format);
    const ReadOptions options = wishes(url);
    if (is_markers(stream, options)) return make_marker_device(api, url.text(), inlet.release(), stream, clock);
    if (!stream.rate && !options.rate) {
        throw usage_error(url.text() + ": this stream has no fixed rate, and levels need one: say how often it comes on average, such as rate=50");
    }
    std::vector<std::string> notes = metadata.notes;
    std::vector<formats::PlannedStream> planned =
        formats::plan_streams({{stream.rate.value_or(options.rate.value_or(Rate{})), type, stream.name, stream.channels}}, options, url.text(), notes);
    for (formats::PlannedStream& plan : planned) {
        plan.info.device_id = metadata.identity();
        plan.info.jump_cause = GapCause::device;
    }
    const auto make = [&](auto sample) -> std::unique_ptr<Device> {
        return std::make_unique<LslDevice<decltype(sample)>>(api, url.text(), inlet.release(), std::move(planned), stream.channels.size(), clock,
                                                             stream.rate.has_value());
    };
    return type == SampleType::float32 ? make(float{}) : type == SampleType::float64 ? make(double{}) : make(std::int32_t{});
}

}  // namespace tonus::lsl
