#pragma once

#include <memory>
#include <string>
#include <vector>

#include "drivers/driver/source_url.hpp"
#include "drivers/lsl/liblsl.hpp"

namespace tonus::lsl {

/// A stream's description as liblsl hands it out, given back when it goes.
class OwnedInfo {
public:
    OwnedInfo(const Liblsl& api, Info info) noexcept : info_(info, Destroy{api.destroy_streaminfo}) {}
    Info get() const noexcept { return info_.get(); }

private:
    struct Destroy {
        void (*destroy)(Info);
        void operator()(Info info) const noexcept { destroy(info); }
    };
    std::unique_ptr<InfoTag, Destroy> info_;
};

/// What is sent in this network now.
std::vector<OwnedInfo> resolve_all(const Liblsl& api, double wait_s);

/// "gesture (EMG) from lab-pc, source_id=abc": cleaned for a terminal.
std::string described(const Liblsl& api, Info info);

/// The one stream that the address and its options name. Compared here and not by a query to the
/// network, which would be an XPath with a stranger's text in it.
/// Throws Error: none is found in time, or several are.
OwnedInfo resolve_one(const Liblsl& api, const SourceUrl& url, double wait_s);

}  // namespace tonus::lsl
