#pragma once

#include <cstddef>
#include <memory>

namespace tonus::bench {

/// The spectra of a stream at 2 kHz. A call does a hop of every channel: copied, windowed, transformed, judged.
class SpectraHop {
public:
    explicit SpectraHop(std::size_t n_channels);
    ~SpectraHop();
    SpectraHop(SpectraHop&&) noexcept;
    void operator()();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Nothing but the transforms of such a hop by FFTW, of samples that lie ready.
class BareTransforms {
public:
    explicit BareTransforms(std::size_t n_channels);
    ~BareTransforms();
    BareTransforms(BareTransforms&&) noexcept;
    void operator()();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Channel-samples of a hop.
std::size_t hop_samples(std::size_t n_channels);

}  // namespace tonus::bench
