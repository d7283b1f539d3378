# JavaCPP's glue between the C ABI and Java. It finds the kernel library beside itself, or one that was loaded before.
if(NOT EXISTS ${SURPRISAL_JDK}/include/jni.h)
  message(FATAL_ERROR "no jni.h in ${SURPRISAL_JDK}/include: set SURPRISAL_JDK to a JDK")
endif()
file(GLOB glue ${SURPRISAL_GLUE}/*.cpp)
add_library(jnisurprisal SHARED ${glue})
set_source_files_properties(${glue} PROPERTIES COMPILE_OPTIONS -w)
target_include_directories(jnisurprisal PRIVATE include ${SURPRISAL_JDK}/include ${SURPRISAL_JDK}/include/linux)
target_link_libraries(jnisurprisal PRIVATE surprisal)
set_target_properties(jnisurprisal PROPERTIES BUILD_RPATH "$ORIGIN" BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN"
                      CXX_VISIBILITY_PRESET hidden)
