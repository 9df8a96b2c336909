#include "tests/support/client_hello.hpp"

#include <openssl/bio.h>
#include <openssl/ssl.h>

namespace doseline::test {

std::string client_hello() {
    SSL_CTX* const context = ::SSL_CTX_new(::TLS_client_method());
    SSL* const tls = ::SSL_new(context);
    ::SSL_set_bio(tls, ::BIO_new(::BIO_s_mem()), ::BIO_new(::BIO_s_mem()));
    ::SSL_connect(tls);
    char* bytes = nullptr;
    const long size = ::BIO_get_mem_data(::SSL_get_wbio(tls), &bytes);
    const std::string hello(bytes, static_cast<std::size_t>(size));
    ::SSL_free(tls);
    ::SSL_CTX_free(context);
    return hello;
}

}  // namespace doseline::test
