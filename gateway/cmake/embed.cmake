# veilgate_embed(target NAMESPACE_HEADER file...): puts text files into a library as string literals (see the header for
# how they are read). As a script (cmake -P) it writes the .cc.
if(CMAKE_SCRIPT_MODE_FILE)
  set(text "// Made from profiles/ by cmake/embed.cmake.\n#include \"${HEADER}\"\n\nnamespace veilgate::deidentify {\n")
  string(APPEND text "const std::vector<EmbeddedFile>& embedded_files() {\n  static const std::vector<EmbeddedFile> kFiles = {\n")
  string(REPLACE "|" ";" FILES "${FILES}")
  foreach(file ${FILES})
    get_filename_component(name ${file} NAME)
    file(READ ${file} content)
    # A compiler may limit one literal to 64 KiB; adjacent literals are joined.
    string(LENGTH "${content}" length)
    set(literal "")
    set(at 0)
    while(at LESS length)
      string(SUBSTRING "${content}" ${at} 8000 part)
      string(APPEND literal "R\"=vg=(${part})=vg=\"\n")
      math(EXPR at "${at} + 8000")
    endwhile()
    string(APPEND text "      {\"${name}\",\n${literal}},\n")
  endforeach()
  string(APPEND text "  };\n  return kFiles;\n}\n}  // namespace veilgate::deidentify\n")
  file(WRITE ${OUT} "${text}")
  return()
endif()

set(VEILGATE_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
function(veilgate_embed target header)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${target}_embedded.cc)
  list(JOIN ARGN "|" files)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DHEADER=${header} "-DFILES=${files}" -P ${VEILGATE_EMBED_SCRIPT}
    DEPENDS ${ARGN} ${VEILGATE_EMBED_SCRIPT}
    VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()
