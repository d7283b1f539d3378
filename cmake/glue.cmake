# JavaCPP's glue between the C ABI and Java. It needs the C++ that Maven generates and a JDK's headers. At run time it finds
# the kernel library beside itself, or uses one that was loaded before.
set(made ${CMAKE_CURRENT_SOURCE_DIR}/../target/generated-sources/jni)
file(GLOB glue CONFIGURE_DEPENDS ${made}/*.cpp)
if(NOT glue)
  message(STATUS "Without the Java binding: run mvn process-classes first, which generates its C++")
  return()
endif()

find_program(SURPRISAL_JAVAC javac HINTS $ENV{JAVA_HOME}/bin)
file(REAL_PATH "${SURPRISAL_JAVAC}" javac)
cmake_path(GET javac PARENT_PATH bin)
find_path(SURPRISAL_JNI jni.h HINTS ${bin}/../include NO_DEFAULT_PATH)
if(NOT SURPRISAL_JNI)
  message(STATUS "Without the Java binding: no JDK with jni.h on the PATH or in JAVA_HOME")
  return()
endif()

add_library(jnisurprisal SHARED ${glue})
set_source_files_properties(${glue} PROPERTIES COMPILE_OPTIONS -w)
target_include_directories(jnisurprisal PRIVATE include ${SURPRISAL_JNI} ${SURPRISAL_JNI}/linux)
target_link_libraries(jnisurprisal PRIVATE surprisal)
set_target_properties(jnisurprisal PROPERTIES BUILD_RPATH "$ORIGIN" BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN"
                      CXX_VISIBILITY_PRESET hidden)
