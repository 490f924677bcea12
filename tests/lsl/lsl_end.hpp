#pragma once

#include <array>
#include <string>
#include <vector>

#include "drivers/lsl/liblsl.hpp"
#include "drivers/transport/shared_library.hpp"

namespace tonus::test {

/// The other end of a stream in the same process, through the same library as the driver.
class LslOutlet {
public:
    LslOutlet(const std::string& library, const std::string& name, const char* type, int n_channels, double rate_hz,
              lsl::ValueFormat format = lsl::ValueFormat::float32, const std::vector<std::array<std::string, 2>>& labels_and_units = {})
        : library_(library), api_(lsl::load_liblsl(library)) {
        const lsl::Info info = api_.create_streaminfo(name.c_str(), type, n_channels, rate_hz, format, (name + "-id").c_str());
        if (!labels_and_units.empty()) {
            const lsl::Node channels = api_.append_child(api_.get_desc(info), "channels");
            for (const auto& [label, unit] : labels_and_units) {
                const lsl::Node channel = api_.append_child(channels, "channel");
                api_.append_child_value(channel, "label", label.c_str());
                api_.append_child_value(channel, "unit", unit.c_str());
            }
        }
        outlet_ = api_.create_outlet(info, 0, 360);
        api_.destroy_streaminfo(info);
    }
    ~LslOutlet() { api_.destroy_outlet(outlet_); }
    LslOutlet(const LslOutlet&) = delete;
    LslOutlet& operator=(const LslOutlet&) = delete;

    double now_s() const { return api_.local_clock(); }
    void push(const std::vector<float>& values, double stamp_s) { api_.push_sample_ftp(outlet_, values.data(), stamp_s, 1); }
    void push(const std::vector<double>& values, double stamp_s) { call<double>("lsl_push_sample_dtp", values, stamp_s); }
    void push(const std::vector<std::int32_t>& values, double stamp_s) { call<std::int32_t>("lsl_push_sample_itp", values, stamp_s); }
    void push(const std::vector<const char*>& texts, double stamp_s) {
        std::vector<const char*> given{texts};
        api_.push_sample_strtp(outlet_, given.data(), stamp_s, 1);
    }

    // The stub's faults.
    void tell(const std::string& xml) { fault<void(lsl::Outlet, const char*)>("stub_set_xml")(outlet_, xml.c_str()); }
    void set_clock_ahead(double seconds) { fault<void(lsl::Outlet, double)>("stub_set_clock_ahead")(outlet_, seconds); }
    void hold_back(bool held) { fault<void(lsl::Outlet, int)>("stub_hold_back")(outlet_, held ? 1 : 0); }

private:
    template <class Function>
    Function* fault(const char* name) const { return reinterpret_cast<Function*>(library_.find(name)); }
    template <class T>
    void call(const char* name, const std::vector<T>& values, double stamp_s) const {
        fault<std::int32_t(lsl::Outlet, const T*, double, std::int32_t)>(name)(outlet_, values.data(), stamp_s, 1);
    }

    SharedLibrary library_;
    lsl::Liblsl api_;
    lsl::Outlet outlet_;
};

}  // namespace tonus::test
