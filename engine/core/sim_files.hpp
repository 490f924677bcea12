#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "engine/core/files.hpp"

namespace tonus {

/// A call of the simulated disk that goes wrong. Calls are counted over all files, from 1.
struct SimFault {
    enum class On { read, write, sync };

    On on = On::write;
    std::uint64_t call = 1;   ///< the first that fails
    int error_number = 5;     ///< errno's value; 5 is EIO
    bool from_then_on = false;  ///< every later one too, as a disk that died
};

/// A disk in memory whose faults are planned, and whose power can be cut.
///
/// Behaves as system_files() does (tests/core/files_test.cpp asks both the same): a write is all or
/// nothing, a failed sync is final for its file. Paths are compared after `.` and `..` are resolved.
///
/// Threads  one at a time; a simulated run has one.
class SimFiles final : public Files {
public:
    explicit SimFiles(std::vector<SimFault> faults = {}) : faults_(std::move(faults)) {}

    std::unique_ptr<InputFile> open(const std::string& path) override;
    std::unique_ptr<OutputFile> create(const std::string& path, IfExists if_exists) override;
    bool exists(const std::string& path) override;
    std::vector<std::string> names_in(const std::string& folder) override;
    void make_folder(const std::string& path) override;
    void rename(const std::string& from, const std::string& to) override;

    /// A write or a room kept that would take all files together beyond this fails with ENOSPC.
    void set_capacity(std::uint64_t n_bytes) noexcept { capacity_ = n_bytes; }

    /// Cuts the power: bytes and names not synced are gone, and files open now fail with EIO.
    void crash();

    /// Puts a file there as if it had always been, outside the fault plan.
    void put(const std::string& path, std::span<const std::byte> bytes);

    /// What a file holds now; Error (input) when there is none.
    std::vector<std::byte> content(const std::string& path) const;

    std::uint64_t used_bytes() const noexcept;
    std::uint64_t n_writes() const noexcept { return n_writes_; }
    std::uint64_t n_syncs() const noexcept { return n_syncs_; }

private:
    friend class SimInputFile;
    friend class SimOutputFile;

    struct Node {
        std::vector<std::byte> bytes;
        std::vector<std::byte> durable;
        std::uint64_t n_kept = 0;  ///< room behind the end that no other file gets
        int final_error = 0;  ///< of a failed sync or a power cut
    };
    using Names = std::map<std::string, std::shared_ptr<Node>>;

    int planned_error(SimFault::On on, std::uint64_t call) const noexcept;
    int missing_parent(const std::string& path) const;

    std::vector<SimFault> faults_;
    std::uint64_t capacity_ = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t n_reads_ = 0;
    std::uint64_t n_writes_ = 0;
    std::uint64_t n_syncs_ = 0;
    Names names_;
    Names durable_names_;
    std::set<std::string> folders_{"/", "."};
};

}  // namespace tonus
