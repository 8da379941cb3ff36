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

# The archives that `pkg-config --static` names for a module found under PREFIX, but those named in `without`; nothing when one of
# them is missing.
function(mops_archives result prefix without)
  set(archives)
  foreach(name IN LISTS ${prefix}_STATIC_LIBRARIES)
    if(name MATCHES "^(rt|dl|pthread|${without})$")
      continue()
    endif()
    find_library(archive_${name} NAMES lib${name}.a HINTS ${${prefix}_STATIC_LIBRARY_DIRS} NO_CACHE)
    if(NOT archive_${name})
      message(STATUS "lib${name}.a is missing")
      set(archives)
      break()
    endif()
    list(APPEND archives ${archive_${name}})
  endforeach()
  set(${result} ${archives} PARENT_SCOPE)
endfunction()

mops_static_library(yaml libyaml.a)
mops_static_library(yaml_cpp libyaml-cpp.a)
# Debian 13's needs zlib and zstd.
pkg_check_modules(CRYPTO REQUIRED libcrypto)
mops_archives(crypto_needs CRYPTO crypto)
mops_static_library(crypto libcrypto.a ${crypto_needs} ${CMAKE_DL_LIBS} Threads::Threads)
# An imported library, so that the linker is given it before what it needs.
find_library(MOPS_ssl NAMES libssl.a REQUIRED)
add_library(third_party_ssl STATIC IMPORTED)
set_target_properties(third_party_ssl PROPERTIES IMPORTED_LOCATION ${MOPS_ssl} INTERFACE_LINK_LIBRARIES third_party_crypto)
mops_static_library(sqlite libsqlite3.a ${CMAKE_DL_LIBS} Threads::Threads m)
mops_static_library(pcre2 libpcre2-8.a)
mops_static_library(utf8proc libutf8proc.a)

# libgit2, static, without its network (lib/repository/without_network.c says why). What the archive needs is what pkg-config
# says, minus libssh2: TLS and SSH are cut out. Without an archive of all of it: dynamic, which only starts more slowly.
function(mops_git2_library)
  pkg_check_modules(GIT2 REQUIRED libgit2)
  mops_archives(archives GIT2 ssh2)
  if(NOT archives)
    message(STATUS "libgit2 is linked dynamically, each start costs 8 ms more")
  endif()

  add_library(third_party_git2 INTERFACE)
  target_include_directories(third_party_git2 SYSTEM INTERFACE ${GIT2_INCLUDE_DIRS})
  if(archives)
    set(stubs ${CMAKE_SOURCE_DIR}/lib/repository/without_network.c)
    add_library(mops_git2_without_network STATIC ${stubs})
    set_property(TARGET mops_git2_without_network PROPERTY COMPILE_OPTIONS "")
    file(STRINGS ${stubs} definitions REGEX "^int __wrap_.*{")
    list(TRANSFORM definitions REPLACE "^int __wrap_([a-z0-9_]+).*" "-Wl,--wrap=\\1")
    list(APPEND definitions -Wl,--undefined=git_http__expect_continue)  # takes the stubs in before libgit2 is searched
    target_link_libraries(third_party_git2 INTERFACE mops_git2_without_network ${archives} ${CMAKE_DL_LIBS} Threads::Threads)
    target_link_options(third_party_git2 INTERFACE ${definitions})
    # A release whose libgit2 needs more than this is found out here, not by whoever links the program.
    include(CheckCSourceCompiles)
    set(CMAKE_REQUIRED_INCLUDES ${GIT2_INCLUDE_DIRS})
    set(CMAKE_REQUIRED_LINK_OPTIONS ${definitions})
    set(CMAKE_REQUIRED_LIBRARIES ${archives} ${CMAKE_DL_LIBS} Threads::Threads)
    file(READ ${stubs} stub_text)
    check_c_source_compiles("${stub_text}
#include <git2.h>
int main(void) { git_repository* r; return git_libgit2_init() < 0 || git_repository_open_ext(&r, \".\", 0, 0); }" MOPS_GIT2_IS_STATIC)
  endif()
  if(NOT MOPS_GIT2_IS_STATIC)
    set_target_properties(third_party_git2 PROPERTIES INTERFACE_LINK_OPTIONS "" INTERFACE_LINK_LIBRARIES "${GIT2_LINK_LIBRARIES}")
  endif()
endfunction()
mops_git2_library()
