# mops_embed(TARGET NAMESPACE DIRECTORY): compiles every file below DIRECTORY into TARGET. The target gets a function
# `std::span<const mops::EmbeddedFile> mops::embedded::NAMESPACE()` (declared in base/embedded_file.h), sorted by path.
# gcc 12 has no #embed, so the bytes come in through the assembler's .incbin.
function(mops_embed target namespace directory)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS LIST_DIRECTORIES false RELATIVE ${directory} ${directory}/*)
  list(SORT files)
  set(assembly "")
  set(declarations "")
  set(rows "")
  set(paths "")
  set(index 0)
  foreach(file IN LISTS files)
    if(file MATCHES "(__pycache__|\\.pyc$|CMakeLists.txt$)")
      continue()
    endif()
    set(symbol mops_embedded_${namespace}_${index})
    string(APPEND assembly ".section .rodata\n.global ${symbol}\n.global ${symbol}_end\n${symbol}:\n.incbin \"${directory}/${file}\"\n${symbol}_end:\n.byte 0\n")
    string(APPEND declarations "extern const char ${symbol}[];\nextern const char ${symbol}_end[];\n")
    string(APPEND rows "    {\"${file}\", std::string_view(${symbol}, static_cast<size_t>(${symbol}_end - ${symbol}))},\n")
    list(APPEND paths ${directory}/${file})
    math(EXPR index "${index} + 1")
  endforeach()
  string(APPEND assembly ".section .note.GNU-stack,\"\",@progbits\n")
  set(base ${CMAKE_BINARY_DIR}/embedded/${namespace})
  file(CONFIGURE OUTPUT ${base}.s CONTENT "${assembly}" @ONLY)
  file(CONFIGURE OUTPUT ${base}.cpp CONTENT "#include \"base/embedded_file.h\"
extern \"C\" {
${declarations}}
namespace mops::embedded {
std::span<const EmbeddedFile> ${namespace}() {
  static const EmbeddedFile files[] = {
${rows}  };
  return files;
}
}  // namespace mops::embedded
" @ONLY)
  set_source_files_properties(${base}.s PROPERTIES OBJECT_DEPENDS "${paths}")
  set_source_files_properties(${base}.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  target_sources(${target} PRIVATE ${base}.s ${base}.cpp)
endfunction()
