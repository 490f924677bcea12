#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/formats/recording_format.hpp"

namespace tonus::formats {

/// How a C3D file's computer wrote its numbers.
enum class C3dProcessor : std::uint8_t { intel = 84, dec = 85, mips = 86 };

/// Numbers as that computer wrote them; nothing beyond the end.
std::optional<std::uint16_t> c3d_word(const ByteView& bytes, std::size_t at, C3dProcessor processor) noexcept;
std::optional<float> c3d_real(const ByteView& bytes, std::size_t at, C3dProcessor processor) noexcept;

/// The parameter section of a C3D file. A parameter that reaches beyond it does not count.
class C3dParameters {
public:
    /// Reads the section that begins in 512-byte block `block`, from 1. Throws Error (input) when it is not
    /// there or its processor is none.
    C3dParameters(const RecordingFile& recording, std::uint8_t block);

    C3dProcessor processor() const noexcept { return processor_; }

    /// Numbers of a parameter ("ANALOG:SCALE"); words are signed. Empty where absent.
    std::vector<double> numbers(const std::string& name) const;
    std::optional<double> number(const std::string& name) const;

    /// Its texts, without the blanks that fill them up.
    std::vector<std::string> texts(const std::string& name) const;

private:
    struct Parameter {
        int type = 0;  ///< -1 characters, 1 bytes, 2 words, 4 reals
        std::vector<std::size_t> sizes = {};
        std::size_t at = 0;
        std::size_t n_values = 1;
    };
    void read_entries();
    std::optional<Parameter> parameter_at(std::size_t at) const;
    ByteView view() const noexcept { return ByteView{bytes_}; }

    std::vector<std::byte> bytes_;
    C3dProcessor processor_ = C3dProcessor::intel;
    std::map<std::string, Parameter> parameters_;
};

}  // namespace tonus::formats
