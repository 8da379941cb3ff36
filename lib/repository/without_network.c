/* Linked behind a static libgit2 with -Wl,--wrap for each name (cmake/ThirdParty.cmake). libgit2 only reads repositories
   here: fetching and pushing are the git program's. Without these, each start of mops would parse the machine's CA bundle and
   prepare TLS and SSH (9 ms), and link mbedtls' TLS, libssh2, gcrypt and the Kerberos libraries, which have no archive.
   libgit2 1.5 and 1.9 name some of them differently; a name that libgit2 does not have costs nothing.
   The initialisers answer "done"; the transports, which nothing calls, answer GIT_ERROR. */
int __wrap_git_mbedtls_stream_global_init(void) { return 0; }
int __wrap_git_openssl_stream_global_init(void) { return 0; }
int __wrap_git_transport_ssh_global_init(void) { return 0; }
int __wrap_git_transport_ssh_libssh2_global_init(void) { return 0; }
int __wrap_git_mbedtls__set_cert_location(void) { return -1; }
int __wrap_git_openssl__set_cert_location(void) { return -1; }
int __wrap_git_mbedtls_stream_new(void) { return -1; }
int __wrap_git_mbedtls_stream_wrap(void) { return -1; }
int __wrap_git_openssl_stream_new(void) { return -1; }
int __wrap_git_openssl_stream_wrap(void) { return -1; }
int __wrap_git_smart_subtransport_http(void) { return -1; }
int __wrap_git_smart_subtransport_ssh(void) { return -1; }
/* A setting of the HTTP transport, which git_libgit2_opts would drag in for it. Defined instead of wrapped: binutils 2.40 crashes
   on wrapped data. */
int git_http__expect_continue = 0;

/* libgit2 asks a cut-off object for more for ever, because zlib's "no more input" is no error to it. Here it is one, as soon
   as there is neither input nor progress. Only this program's own zlib is concerned. */
#include <zlib.h>
int __real_inflate(z_stream* stream, int flush);
int __wrap_inflate(z_stream* stream, int flush);
int __wrap_inflate(z_stream* stream, int flush) {
  const int result = __real_inflate(stream, flush);
  return result == Z_BUF_ERROR && stream->avail_in == 0 && stream->avail_out > 0 ? Z_STREAM_ERROR : result;
}
