#pragma once

#include <string>

namespace doseline::test {

// A client hello as OpenSSL writes it.
std::string client_hello();

}  // namespace doseline::test
