#pragma once

#include <string>

namespace tonus {

/// The seam to libraries that are found at run time. One that was loaded stays: what it may have
/// started (threads, handlers) has no other place to be.
class SharedLibrary {
public:
    /// Throws Error (usage) with the loader's words when it is not there or cannot be loaded. A name
    /// without a slash is looked for where the system keeps libraries.
    explicit SharedLibrary(const std::string& path);

    /// Where a name of the library lies; null when it has none such.
    void* find(const char* symbol) const noexcept;

private:
    void* handle_;
};

}  // namespace tonus
