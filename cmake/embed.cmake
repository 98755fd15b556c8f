# embed(TARGET HEADER-FREE files): writes a .cc that holds each file as a string and adds it to TARGET.
#   embed(wharf_db NAMESPACE wharf::db FUNCTION embedded_migrations FILES a.sql b.sql)
# gives `std::span<const std::pair<std::string_view, std::string_view>> embedded_migrations();` (file name, content),
# declared by whoever uses it. Written anew when a file changes.
function(embed target)
  cmake_parse_arguments(E "" "NAMESPACE;FUNCTION;BASE" "FILES" ${ARGN})
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${E_FUNCTION}.cc)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DNAMESPACE=${E_NAMESPACE} -DFUNCTION=${E_FUNCTION} -DBASE=${E_BASE}
            "-DFILES=${E_FILES}" -P ${PROJECT_SOURCE_DIR}/cmake/embed_files.cmake
    DEPENDS ${E_FILES} ${PROJECT_SOURCE_DIR}/cmake/embed_files.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
  # A file of the web UI may be one literal of more than the 64 kB that every compiler takes; clang takes it.
  set_source_files_properties(${output} PROPERTIES SKIP_PRECOMPILE_HEADERS ON COMPILE_OPTIONS -Wno-overlength-strings)
endfunction()
