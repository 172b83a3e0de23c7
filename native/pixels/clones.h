// One build runs everywhere: the loader picks the AVX2 version of a loop on a machine that has AVX2.
// ThreadSanitizer would have the loader call it before it is there.
#pragma once

#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
#define RXGST_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define RXGST_CLONES
#endif
