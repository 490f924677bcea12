#pragma once

#include <memory>
#include <string>
#include <vector>

#include "drivers/plugin/tonus_driver.h"
#include "engine/device/device.hpp"

namespace tonus {

/// The streams of an open plug-in device, checked. Throws Error (run) with what cannot be, without the
/// address, which the caller knows.
std::vector<StreamInfo> plugin_streams(const tonus_driver& functions, tonus_device* device);

/// A plug-in's device as Tonus has devices. What it pushes is checked, because it says where to read.
class PluginDevice final : public Device {
public:
    /// Takes the open device over.
    PluginDevice(const tonus_driver& functions, tonus_device* device, std::string name, std::vector<StreamInfo> streams)
        : functions_(functions), device_(device), name_(std::move(name)), streams_(std::move(streams)) {}
    ~PluginDevice() override { functions_.close(device_); }
    PluginDevice(const PluginDevice&) = delete;
    PluginDevice& operator=(const PluginDevice&) = delete;

    std::span<const StreamInfo> streams() const noexcept override { return streams_; }
    std::string_view trouble() const noexcept override { return trouble_; }
    void start() override;
    ReadStatus read(FrameSink& sink, std::chrono::milliseconds timeout) noexcept override;
    void stop() noexcept override { functions_.stop(device_); }

private:
    struct Reading {
        PluginDevice* device;
        FrameSink* sink;
        bool any;
    };
    static void push(void* reading, std::uint32_t stream, std::uint64_t first_index, const void* samples, std::uint64_t n_frames);
    void give_up(std::string_view why) noexcept;
    std::string last_error() const;

    tonus_driver functions_;
    tonus_device* device_;
    std::string name_;
    std::vector<StreamInfo> streams_;
    std::string trouble_;
};

}  // namespace tonus
