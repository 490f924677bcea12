#include <deque>
#include <utility>
#include <vector>

#include "drivers/driver/emulator.hpp"

namespace tonus {
namespace {

constexpr std::size_t kEmg = 0, kAcceleration = 1, kAngularRate = 2;  // streams of sim:

}  // namespace

/// What has come from the subject and was not felt yet: EMG frame by frame, motion the newest.
class EmulatedBody::Feelings final : public FrameSink {
public:
    explicit Feelings(std::span<const StreamInfo> streams) : scale_uv(streams[kEmg].channels[0].scale) {}

    void push(std::size_t stream, std::uint64_t, RawFrames frames) noexcept override {
        for (std::size_t f = 0; f < frames.n_frames; ++f) {
            if (stream == kEmg) {
                std::vector<double>& frame = coming.emplace_back();
                for (std::size_t ch = 0; ch < frames.n_channels; ++ch) frame.push_back(frames.at(f, ch) * scale_uv);
            } else if (stream == kAcceleration || stream == kAngularRate) {
                auto& newest = stream == kAcceleration ? acceleration : angular_rate;
                for (std::size_t axis = 0; axis < 3; ++axis) newest[axis] = frames.at(f, axis);
            }
        }
    }

    double scale_uv;
    std::deque<std::vector<double>> coming;
    std::vector<double> emg_uv;
    std::uint64_t next_frame = 0;
    std::array<double, 3> acceleration{}, angular_rate{};
};

EmulatedBody::EmulatedBody(std::unique_ptr<Device> subject)
    : subject_(std::move(subject)), feelings_(std::make_unique<Feelings>(subject_->streams())) {
    subject_->start();
}

EmulatedBody::~EmulatedBody() {
    if (subject_) subject_->stop();
}

EmulatedBody::EmulatedBody(EmulatedBody&&) noexcept = default;

void EmulatedBody::seek(std::uint64_t frame) {
    while (feelings_->next_frame <= frame) {
        while (feelings_->coming.empty()) {
            if (subject_->read(*feelings_, std::chrono::milliseconds{0}) != ReadStatus::frames) {
                throw run_error("the simulated subject has ended: give it no duration");
            }
        }
        feelings_->emg_uv = std::move(feelings_->coming.front());
        feelings_->coming.pop_front();
        ++feelings_->next_frame;
    }
}

double EmulatedBody::emg_uv(std::size_t channel) const noexcept {
    return feelings_->emg_uv[channel % feelings_->emg_uv.size()];
}

std::array<double, 3> EmulatedBody::acceleration_m_s2() const noexcept { return feelings_->acceleration; }
std::array<double, 3> EmulatedBody::angular_rate_rad_s() const noexcept { return feelings_->angular_rate; }

}  // namespace tonus
