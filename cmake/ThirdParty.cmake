# Every third-party library of the house, each as one imported target. Static where Debian ships an archive: what is linked
# dynamically costs 10 to 14 ms before main (see ARCHITECTURE.md, Start-up).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(CLI11 REQUIRED)
find_package(doctest REQUIRED)
find_package(fmt REQUIRED)

function(mops_static_library target archive)
  find_library(MOPS_${target} NAMES ${archive} REQUIRED)
  add_library(third_party_${target} INTERFACE)
  target_link_libraries(third_party_${target} INTERFACE ${MOPS_${target}} ${ARGN})
endfunction()

mops_static_library(yaml libyaml.a)
mops_static_library(yaml_cpp libyaml-cpp.a)
mops_static_library(crypto libcrypto.a ${CMAKE_DL_LIBS} Threads::Threads)
mops_static_library(ssl libssl.a third_party_crypto)
mops_static_library(sqlite libsqlite3.a ${CMAKE_DL_LIBS} Threads::Threads m)
mops_static_library(pcre2 libpcre2-8.a)
mops_static_library(utf8proc libutf8proc.a)
