#include "drivers/transport/shared_library.hpp"

#include <dlfcn.h>

#include "engine/core/error.hpp"

namespace tonus {

SharedLibrary::SharedLibrary(const std::string& path) : handle_(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    if (handle_ != nullptr) return;
    const char* const why = dlerror();
    throw usage_error(path + " cannot be loaded: " + (why != nullptr ? why : "no reason is given"));
}

void* SharedLibrary::find(const char* symbol) const noexcept { return dlsym(handle_, symbol); }

}  // namespace tonus
