# Flags that every target of the house shares. A git checkout is a developer's: there, warnings are errors.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wno-missing-field-initializers)
# gcc 12 reports these inside inlined standard-library code of -O2 builds (GCC bugs 105329, 107852).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds
                      -Wno-dangling-reference)
endif()
option(MOPS_FUZZ "build the fuzz targets, with clang" OFF)
if(MOPS_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
elseif(EXISTS ${CMAKE_SOURCE_DIR}/.git)
  add_compile_options(-Werror)
endif()

# Reproducible metrics on any machine: no contraction into fused multiply-add.
add_compile_options(-ffp-contract=off -fno-plt -ffunction-sections -fdata-sections -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
add_link_options(-Wl,--gc-sections -Wl,--as-needed)

set(MOPS_SANITIZE "" CACHE STRING "sanitizers to build with: `address,undefined` or `thread`")
if(MOPS_SANITIZE)
  add_compile_options(-fsanitize=${MOPS_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MOPS_SANITIZE})
endif()
