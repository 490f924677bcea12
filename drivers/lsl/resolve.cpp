#include "drivers/lsl/resolve.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"

namespace tonus::lsl {
namespace {

constexpr std::uint32_t kInfosMax = 1024;
constexpr double kRoundS = 1.0;  // after half of it liblsl also asks those whom no multicast reaches
constexpr std::size_t kListed = 8;

std::string text(const char* (*get)(Info), Info info) {
    const char* const given = get(info);
    return formats::clean_text(given != nullptr ? given : "", formats::limits::kLabelBytes);
}

bool fits(const Liblsl& api, const SourceUrl& url, Info info) {
    const auto same = [&](const char* option, const std::string& value) { return !url.has(option) || url.text_option(option, "") == value; };
    const std::string name = text(api.get_name, info);
    return (url.address().empty() || url.address() == name) && same("name", name) && same("type", text(api.get_type, info)) &&
           same("source_id", text(api.get_source_id, info)) && same("host", text(api.get_hostname, info));
}

std::string listed(const Liblsl& api, const std::vector<OwnedInfo>& infos) {
    std::string list;
    for (std::size_t i = 0; i < std::min(infos.size(), kListed); ++i) list += "\n  " + described(api, infos[i].get());
    return infos.size() > kListed ? fmt::format("{}\n  and {} more", list, infos.size() - kListed) : list;
}

}  // namespace

std::vector<OwnedInfo> resolve_all(const Liblsl& api, double wait_s) {
    std::vector<Info> found(kInfosMax);
    const std::int32_t n = api.resolve_all(found.data(), kInfosMax, wait_s);
    std::vector<OwnedInfo> infos;
    for (std::int32_t i = 0; i < n; ++i) infos.emplace_back(api, found[static_cast<std::size_t>(i)]);
    return infos;
}

std::string described(const Liblsl& api, Info info) {
    return fmt::format("{} ({}) from {}, source_id={}", text(api.get_name, info), text(api.get_type, info), text(api.get_hostname, info),
                       text(api.get_source_id, info));
}

OwnedInfo resolve_one(const Liblsl& api, const SourceUrl& url, double wait_s) {
    std::vector<OwnedInfo> all;
    for (double waited_s = 0.0; waited_s < wait_s; waited_s += kRoundS) {
        all = resolve_all(api, std::min(kRoundS, wait_s - waited_s));
        std::vector<OwnedInfo> fitting;
        std::vector<OwnedInfo> others;
        for (OwnedInfo& info : all) (fits(api, url, info.get()) ? fitting : others).push_back(std::move(info));
        if (fitting.size() == 1) return std::move(fitting.front());
        if (fitting.size() > 1) {
            throw usage_error(fmt::format("{}: {} streams fit; name one by name=, type=, source_id= or host=:{}", url.text(), fitting.size(),
                                          listed(api, fitting)));
        }
        all = std::move(others);
    }
    if (all.empty()) {
        throw run_error(fmt::format("{}: no LSL stream is seen in this network: does its program run, and do the firewall and both machines' "
                                    "networks let UDP 16571 and ports 16572 to 16604 through?", url.text()));
    }
    throw run_error(fmt::format("{}: no such LSL stream; is it one of these?{}", url.text(), listed(api, all)));
}

}  // namespace tonus::lsl
