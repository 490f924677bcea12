#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/formats/byte_window.hpp"
#include "engine/formats/recording_format.hpp"

namespace tonus::formats {

/// A variable of a MATLAB file: a real matrix of numbers, or of characters.
struct MatVariable {
    std::string name = {};
    bool is_text = false;
    std::uint64_t n_rows = 0;
    std::uint64_t n_columns = 0;
    std::uint32_t type = 0;             ///< how the numbers are stored
    std::uint64_t at = 0;               ///< of the first, in `bytes`
    InputFile* bytes = nullptr;         ///< the file, or what was inflated from it

    std::uint64_t n_values() const noexcept { return n_rows * n_columns; }  // checked against the bytes
};

/// The variables of a MATLAB v5 to v7 file, by our own bounded parser: the library for it would open the
/// path itself, brings HDF5 along, and has had its share of holes. Cells, structures, sparse, complex and
/// larger than two-dimensional variables are passed over.
/// Source  file formats, section 7.
class MatFile {
public:
    /// Reads all heads; compressed variables are inflated within limits::kInflatedBytes.
    /// Throws Error (input) when it is none, or of another byte order.
    explicit MatFile(RecordingFile recording);

    const std::vector<MatVariable>& variables() const noexcept { return variables_; }
    const MatVariable* find(const std::string& name) const noexcept;
    const std::string& path() const noexcept { return recording_.path; }
    const std::string& trouble() const noexcept { return trouble_; }  ///< where the file breaks off

    /// Values [first, first + n) in the order of the file: column after column.
    void values(const MatVariable& variable, std::uint64_t first, std::uint64_t n, std::vector<double>& into) const;
    /// A variable's only value; nothing for others.
    std::optional<double> scalar(const std::string& name) const;
    /// The rows of a matrix of characters.
    std::vector<std::string> texts(const std::string& name) const;

private:
    void take(InputFile& bytes, std::uint64_t at, std::uint64_t n_bytes);
    void take_compressed(std::uint64_t at, std::uint64_t n_bytes);

    RecordingFile recording_;
    std::vector<std::unique_ptr<InputFile>> inflated_;
    std::uint64_t n_inflated_ = 0;
    std::vector<MatVariable> variables_;
    std::string trouble_;
};

}  // namespace tonus::formats
