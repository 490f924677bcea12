#include "drivers/lsl/marker_device.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include <fmt/format.h>

#include "drivers/lsl/sender_clock.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"

namespace tonus::lsl {
namespace {

constexpr std::size_t kTextBytesMax = 400;
constexpr double kBacklogSMax = 360.0;  // what liblsl keeps at most: an older stamp is of a clock that was set
constexpr int kMarkersPerRead = 256;    // so that a flood does not keep read() from returning

class MarkerDevice final : public Device {
public:
    MarkerDevice(const Liblsl& api, std::string name, Inlet inlet, const formats::XdfStream& stream, Clock& clock)
        : api_(api), name_(std::move(name)), inlet_(inlet), label_(stream.name), clock_(clock), sender_(api, clock),
          carries_texts_(stream.format == formats::XdfFormat::string), texts_(carries_texts_ ? stream.channels.size() : 0),
          numbers_(carries_texts_ ? 0 : stream.channels.size()) {}
    ~MarkerDevice() override { api_.destroy_inlet(inlet_); }

    std::span<const StreamInfo> streams() const noexcept override { return {}; }
    std::span<const RecordingNote> markers() const noexcept override { return markers_; }
    std::string_view trouble() const noexcept override { return trouble_; }

    void start() override {
        open_inlet(api_, inlet_, name_);
        trouble_.clear();
        sender_.start(inlet_);
    }

    void stop() noexcept override { api_.close_stream(inlet_); }

    ReadStatus read(FrameSink&, std::chrono::milliseconds timeout) noexcept override {
        sender_.follow(inlet_);
        double wait_s = static_cast<double>(timeout.count()) * 1e-3;
        for (int n = 0; n < kMarkersPerRead && take_next(wait_s); ++n) wait_s = 0.0;
        return trouble_.empty() ? ReadStatus::idle : ReadStatus::lost;
    }

private:
    /// False when none is there.
    bool take_next(double wait_s) noexcept {
        std::int32_t status = 0;
        double stamp_s = 0.0;
        const bool any = carries_texts_ ? pull_texts(wait_s, stamp_s, status) : pull_numbers(wait_s, stamp_s, status);
        if (any) keep(stamp_s);
        if (static_cast<Status>(status) == Status::lost) trouble_ = name_ + ": its sender is gone: was its program ended?";
        return any;
    }

    bool pull_texts(double wait_s, double& stamp_s, std::int32_t& status) {
        std::fill(texts_.begin(), texts_.end(), nullptr);
        stamp_s = api_.pull_sample_str(inlet_, texts_.data(), static_cast<std::int32_t>(texts_.size()), wait_s, &status);
        text_.clear();
        for (char* const text : texts_) {
            if (text == nullptr) continue;
            if (!text_.empty()) text_ += ", ";
            text_.append(text, strnlen(text, kTextBytesMax));
            api_.destroy_string(text);
        }
        return stamp_s != 0.0;
    }

    bool pull_numbers(double wait_s, double& stamp_s, std::int32_t& status) {
        if (api_.pull_chunk_d(inlet_, numbers_.data(), &stamp_s, numbers_.size(), 1, wait_s, &status) == 0) return false;
        text_ = label_ + ":";
        for (const double number : numbers_) text_ += fmt::format(" {:.15g}", number);
        return true;
    }

    void keep(double stamp_s) {
        if (markers_.size() >= formats::limits::kAnnotations) return;
        const double age_s = sender_.age_s(stamp_s);
        const double ago_s = age_s > 0.0 && age_s < kBacklogSMax ? age_s : 0.0;
        markers_.push_back({.onset_s = static_cast<double>(clock_.now_ns()) * 1e-9 - ago_s, .text = formats::clean_text(text_, kTextBytesMax)});
    }

    const Liblsl& api_;
    std::string name_;
    Inlet inlet_;
    std::string label_;
    Clock& clock_;
    SenderClock sender_;
    bool carries_texts_;
    std::vector<char*> texts_;     // one a channel
    std::vector<double> numbers_;
    std::string text_;
    std::vector<RecordingNote> markers_;
    std::string trouble_;
};

}  // namespace

std::unique_ptr<Device> make_marker_device(const Liblsl& api, std::string name, Inlet inlet, const formats::XdfStream& stream, Clock& clock) {
    return std::make_unique<MarkerDevice>(api, std::move(name), inlet, stream, clock);
}

}  // namespace tonus::lsl
