#!/bin/sh
# host-libraries.sh SOURCE FOLDER [OPTION...]: compiles the libraries that SOURCE lists into FOLDER, each from one part of it.
# A line "library PART NAME" lists one; its symbols have the version NAME, which JavaCPP's presets were linked against, unless
# the line ends with "unversioned". Options go to the compiler. Ends with status 77 if there is no C compiler.
set -eu

source=$1
folder=$2
shift 2
command -v cc >/dev/null || exit 77

mkdir -p "$folder"
sed -n 's/^ \* library //p' "$source" | while read -r part name unversioned; do
  version=$name
  [ -z "$unversioned" ] || version=
  echo "$version { global: *; };" >"$folder/versions"
  cc -shared -fPIC -O1 "-D$part" "$@" "-Wl,--version-script=$folder/versions" "-Wl,-soname,$name" \
    -o "$folder/$name" "$source"
done
