#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tonus::formats {

/// Records to which several streams add, each at its own pace. Only records that have a sample exist.
class RecordAssembly {
public:
    static constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();

    /// `empty` is a record before anything was added.
    RecordAssembly(std::string empty, std::size_t n_streams) : empty_(std::move(empty)), done_(n_streams) {}

    std::string& record(std::uint64_t number) { return records_.try_emplace(number, empty_).first->second; }

    /// The stream adds no more to records before `number`.
    void done(std::size_t stream, std::uint64_t number) { done_[stream] = number; }

    struct Record {
        std::uint64_t number;
        std::string bytes;
    };
    /// The next record that is finished; nothing while the first is not.
    std::optional<Record> next() {
        const std::uint64_t least = done_.empty() ? kAll : *std::min_element(done_.begin(), done_.end());
        if (records_.empty() || (records_.begin()->first >= least && least != kAll)) return std::nullopt;
        auto first = records_.extract(records_.begin());
        return Record{first.key(), std::move(first.mapped())};
    }

private:
    std::string empty_;
    std::map<std::uint64_t, std::string> records_;
    std::vector<std::uint64_t> done_;
};

}  // namespace tonus::formats
