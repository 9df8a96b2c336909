#pragma once

// Whether this build, and with it the program under test, has a sanitizer that brings a malloc of
// its own and keeps what was freed: then memory says nothing.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define DOSELINE_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define DOSELINE_SANITIZED 1
#endif
#endif
#ifndef DOSELINE_SANITIZED
#define DOSELINE_SANITIZED 0
#endif

namespace doseline::test {

inline constexpr bool sanitized = DOSELINE_SANITIZED == 1;

}  // namespace doseline::test
