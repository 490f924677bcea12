#pragma once

namespace tonus {

/// Makes this thread treat denormal numbers as zero while it lives. A filter fed with silence
/// decays into denormals, and they halve the speed of the vector units (performance, pitfall 4).
class FlushDenormals {
public:
    FlushDenormals() noexcept;
    ~FlushDenormals();

    FlushDenormals(const FlushDenormals&) = delete;
    FlushDenormals& operator=(const FlushDenormals&) = delete;

private:
    unsigned long saved_;
};

}  // namespace tonus
