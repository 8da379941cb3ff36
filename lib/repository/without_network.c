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
/* A setting of the HTTP transport that git_libgit2_opts would drag it in for. */
int __wrap_git_http__expect_continue = 0;
