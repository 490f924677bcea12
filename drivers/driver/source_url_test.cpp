#include "drivers/driver/source_url.hpp"

#include <functional>

#include <gtest/gtest.h>

#include "drivers/driver/driver.hpp"

namespace tonus {
namespace {

std::string said(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

TEST(SourceUrl, TakesAnAddressApart) {
    const SourceUrl url{"cyton:/dev/ttyUSB0?gain=24&name=a%26b"};
    EXPECT_EQ(url.scheme(), "cyton");
    EXPECT_EQ(url.address(), "/dev/ttyUSB0");
    EXPECT_EQ(url.number("gain", 1.0, 1.0, 24.0), 24.0);
    EXPECT_EQ(url.text_option("name", ""), "a&b");
    EXPECT_EQ(url.text_option("missing", "fallback"), "fallback");
}

TEST(SourceUrl, KeepsColonsAndEncodedSignsOfAPath) {
    EXPECT_EQ(SourceUrl{"file:C:/data/a%3Fb.csv"}.address(), "C:/data/a?b.csv");
    EXPECT_EQ(SourceUrl{"file:50%.csv"}.address(), "50%.csv") << "a percent sign that begins no code stays";
}

TEST(SourceUrl, RefusesWhatIsNoAddress) {
    EXPECT_NE(said([] { SourceUrl{"squat.edf"}; }).find("write scheme:address"), std::string::npos);
    EXPECT_NE(said([] { SourceUrl{":x"}; }).find("is no source"), std::string::npos);
    EXPECT_NE(said([] { SourceUrl{"sim:?fast"}; }).find("option 'fast' has no value"), std::string::npos);
}

TEST(SourceUrl, SaysWhatANumberCanBe) {
    const SourceUrl url{"sim:?rate=x&on=yes&n=7"};
    EXPECT_NE(said([&] { url.number("rate", 1.0, 0.0, 5.0); }).find("rate 'x' is not a number from 0 to 5"), std::string::npos);
    EXPECT_NE(said([&] { url.number("n", 1.0, 0.0, 5.0); }).find("from 0 to 5"), std::string::npos);
    EXPECT_NE(said([&] { url.flag("on", true); }).find("is not one of on off"), std::string::npos);
}

TEST(OpenDevice, NamesTheNearestDriver) {
    const std::string message = said([] { open_device("smi:?subject=1"); });
    EXPECT_NE(message.find("sim"), std::string::npos) << message;
}

TEST(Drivers, SayHowTheyAreUsed) {
    ASSERT_GE(drivers().size(), 2u);
    for (const Driver* driver : drivers()) {
        EXPECT_FALSE(driver->summary.empty());
        EXPECT_EQ(driver->url_syntax.substr(0, driver->scheme.size()), driver->scheme);
        EXPECT_FALSE(driver->loss_detection.empty());
        EXPECT_FALSE(driver->clock.empty());
        for (const DriverOption& option : driver->options) EXPECT_FALSE(option.summary.empty()) << driver->scheme << ": " << option.name;
    }
}

}  // namespace
}  // namespace tonus
