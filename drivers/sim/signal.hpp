#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "drivers/sim/contaminants.hpp"
#include "drivers/sim/emg_source.hpp"
#include "drivers/sim/heart.hpp"
#include "drivers/sim/motor_units.hpp"
#include "drivers/sim/subject.hpp"
#include "drivers/sim/trunk.hpp"
#include "drivers/sim/vibration.hpp"

namespace tonus {

/// Half the converter's range, and one step of it: ±187.5 mV on 24 bits, as at a gain of 24.
inline constexpr double kFullScaleUv = 187'500.0;
inline constexpr double kStepUv = kFullScaleUv / 8'388'608.0;

/// What the electrodes of the simulated subject send, frame after frame: the muscles, and
/// everything that comes on top.
///
/// Source  domain 11.1, 11.4, 11.5.
class SimSignal {
public:
    SimSignal(const SimOptions& options, const SimulatedSubject& subject);

    /// The next frame: what the amplifier gives, in µV, clipped at its range; NaN where it is told.
    /// `muscle_uv` gets the muscles' own signal, without anything on top; the reflex to vibration
    /// is on top, because the activation does not hold it.
    void next(std::span<double> frame_uv, std::span<double> muscle_uv) noexcept;

private:
    struct Channel {
        EmgSource source;
        std::optional<MotorUnits> units;  ///< in place of `source`
        Random noise;
        Spikes spikes;
        double offset_uv;
        double heart_uv;
        double wander_turn;
        std::array<double, 2> motion_uv{};  ///< per m/s^2 forward and up
        std::optional<Vibration> vibration;
        double flat_uv = 0.0;
        bool dead = false;
    };

    double contraction_uv(std::size_t ch, double t_s) noexcept;
    void contract(double t_s, std::span<double> muscle_uv) noexcept;
    double moved_uv(std::size_t ch, double t_s, const Vector3& pelvis_m_s2) const noexcept;
    double electrode_uv(std::size_t ch, double t_s, double muscle_uv, double heart, double hum_uv, double moved_uv) noexcept;
    void exchange_cables(std::span<double> frame_uv) const noexcept;
    double amplified_uv(std::size_t ch, double t_s, double uv) noexcept;

    SimOptions options_;
    SimulatedSubject subject_;
    std::vector<Channel> channels_;
    std::vector<double> pure_uv_;
    Heart heart_;
    MainsHum hum_;
    TrunkMotion motion_;
    std::uint64_t frame_ = 0;
};

}  // namespace tonus
